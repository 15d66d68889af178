// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// Objects and slabs are called by what made them, never by where they lie.
#include "conformance/trace/names.h"

#include "gtest/gtest.h"

namespace slabbed::conf {
namespace {

Event alloc(uint32_t op, uint64_t address, uint8_t thread = 1) {
  Event event;
  event.kind = EventKind::kAlloc;
  event.thread = thread;
  event.op = op;
  event.object = address;
  return event;
}

TEST(ObjectNames, ObjectIsOperationAndIndexWithinIt) {
  ObjectNames names;
  names.observe(alloc(7, 0x1000));
  names.observe(alloc(7, 0x2000));
  names.observe(alloc(9, 0x3000));
  EXPECT_EQ(names.object(0x1000).op, 7u);
  EXPECT_EQ(names.object(0x1000).index, 0u);
  EXPECT_EQ(names.object(0x2000).index, 1u);
  EXPECT_EQ(names.object(0x3000).op, 9u);
  EXPECT_EQ(names.object(0x3000).index, 0u);
}

TEST(ObjectNames, IndexCountsWithinTheOperationWhateverOtherThreadsDo) {
  ObjectNames names;
  names.observe(alloc(7, 0x1000, 1));
  names.observe(alloc(8, 0x2000, 2));
  names.observe(alloc(7, 0x3000, 1));
  EXPECT_EQ(names.object(0x3000).op, 7u);
  EXPECT_EQ(names.object(0x3000).index, 1u);
}

TEST(ObjectNames, ReusedAddressNamesItsNewestObject) {
  ObjectNames names;
  names.observe(alloc(1, 0x1000));
  names.observe(alloc(5, 0x1000));
  EXPECT_EQ(names.object(0x1000).op, 5u);
}

TEST(ObjectNames, SlabAndItsFirstObjectAreTwoThings) {
  ObjectNames names;
  Event slab;
  slab.kind = EventKind::kSlabNew;
  slab.object = 0x1000;
  names.observe(slab);
  names.observe(alloc(3, 0x1000));
  EXPECT_EQ(names.of(slab).index, 0u);
  EXPECT_EQ(names.of(slab).op, kNoOperation);
  EXPECT_EQ(names.object(0x1000).op, 3u);
}

TEST(ObjectNames, UnknownAddressAndNullHaveNoName) {
  ObjectNames names;
  EXPECT_FALSE(names.object(0x1000).known);
  EXPECT_FALSE(names.object(0).known);
  names.observe(alloc(1, 0));
  EXPECT_FALSE(names.object(0).known);
}

TEST(ObjectNames, GrowsAndForgetsEverythingWhenCleared) {
  ObjectNames names;
  for (uint32_t i = 0; i < 5000; ++i) names.observe(alloc(i, 0x1000 + 64 * uint64_t{i}));
  for (uint32_t i = 0; i < 5000; ++i) ASSERT_EQ(names.object(0x1000 + 64 * uint64_t{i}).op, i);
  names.clear();
  for (uint32_t i = 0; i < 5000; ++i) {
    ASSERT_FALSE(names.object(0x1000 + 64 * uint64_t{i}).known);
  }
  names.observe(alloc(7, 0x1000));
  EXPECT_EQ(names.object(0x1000).index, 0u);
}

}  // namespace
}  // namespace slabbed::conf
