// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// sheaf_test.cc - sheaves and the barn: limits, closing, draining.
#include "core/sheaf.h"

#include <gtest/gtest.h>

#include <vector>

#include "allocator/tests/system_fixture.h"

namespace slabbed {
namespace {

using testing::Faults;

class BarnTest : public ::testing::Test {
 protected:
  BarnTest() { testing::start_death_tests_anew(); }
  ~BarnTest() override {
    for (slabbed_sheaf *sheaf : sheaves_) {
      sheaf->size = 0;
      sheaf_free(sheaf);
    }
  }
  slabbed_sheaf *empty() {
    sheaves_.push_back(sheaf_alloc(nullptr, 4));
    return sheaves_.back();
  }
  slabbed_sheaf *full() {
    slabbed_sheaf *sheaf = empty();
    sheaf->size = sheaf->capacity;
    return sheaf;
  }
  static unsigned length(slabbed_sheaf *list) {
    unsigned n = 0;
    for (; list; list = list->next) n++;
    return n;
  }

  Barn barn_;
  std::vector<slabbed_sheaf *> sheaves_;
};

TEST_F(BarnTest, NewSheafIsEmptyWithTheCapacityAskedFor) {
  slabbed_sheaf *sheaf = empty();
  EXPECT_EQ(sheaf->size, 0u);
  EXPECT_EQ(sheaf->capacity, 4u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(sheaf) % 64, 0u);
}

TEST_F(BarnTest, RefusedMemoryGivesNoSheaf) {
  Faults faults(Faults::kEveryMeta);
  EXPECT_EQ(sheaf_alloc(nullptr, 4), nullptr);
  EXPECT_EQ(faults.refused(), 1u);
}

TEST_F(BarnTest, TheEmptySheafOfSlotsWithoutOneHasNeitherObjectsNorRoom) {
  EXPECT_EQ(slabbed_empty_sheaf.size, 0u);
  EXPECT_EQ(slabbed_empty_sheaf.capacity, 0u);
}

TEST_F(BarnTest, KeepsTenFullAndTenEmptySheaves) {
  for (unsigned i = 0; i < 10; i++) EXPECT_TRUE(barn_.put_full(full()));
  EXPECT_FALSE(barn_.put_full(full()));
  for (unsigned i = 0; i < 10; i++) EXPECT_TRUE(barn_.put_empty(empty()));
  EXPECT_FALSE(barn_.put_empty(empty()));
  for (unsigned i = 0; i < 10; i++) EXPECT_EQ(barn_.get_full()->size, 4u);
  EXPECT_EQ(barn_.get_full(), nullptr);
  for (unsigned i = 0; i < 10; i++) EXPECT_EQ(barn_.get_empty()->size, 0u);
  EXPECT_EQ(barn_.get_empty(), nullptr);
}

TEST_F(BarnTest, LastSheafInIsTheFirstOut) {
  slabbed_sheaf *first = full(), *second = full();
  barn_.put_full(first);
  barn_.put_full(second);
  EXPECT_EQ(barn_.get_full(), second);
  EXPECT_EQ(barn_.get_full(), first);
}

TEST_F(BarnTest, DrainTakesEverythingAndTheBarnGoesOn) {
  barn_.put_full(full());
  barn_.put_full(full());
  barn_.put_empty(empty());
  EXPECT_EQ(length(barn_.drain(false)), 3u);
  for (unsigned i = 0; i < 10; i++) EXPECT_TRUE(barn_.put_empty(empty()));  // counts from 0 again
  EXPECT_EQ(length(barn_.drain(false)), 10u);
  EXPECT_EQ(barn_.drain(false), nullptr);
  EXPECT_TRUE(barn_.put_full(full()));
}

TEST_F(BarnTest, ClosedBarnTakesNothingUntilReopened) {
  barn_.put_full(full());
  EXPECT_EQ(length(barn_.drain(true)), 1u);
  EXPECT_FALSE(barn_.put_full(full()));
  EXPECT_FALSE(barn_.put_empty(empty()));
  EXPECT_EQ(barn_.get_full(), nullptr);
  barn_.reopen();
  EXPECT_TRUE(barn_.put_full(full()));
}

using BarnDeathTest = BarnTest;

TEST_F(BarnDeathTest, OnlyAnEmptySheafCanBeFreed) {
  EXPECT_DEATH(sheaf_free(full()), "check failed: sheaf->size == 0");
  EXPECT_DEATH(sheaf_free(&slabbed_empty_sheaf), "check failed: sheaf != &slabbed_empty_sheaf");
}

}  // namespace
}  // namespace slabbed
