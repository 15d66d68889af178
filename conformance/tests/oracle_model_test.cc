// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// The model remembers what is certain, and when it became so.
// Method: feed it lines of a trace and look.
#include "conformance/oracle/model.h"

#include <string>

#include "conformance/trace/parse.h"
#include "gtest/gtest.h"

namespace slabbed::conf {
namespace {

class ModelTest : public testing::Test {
 protected:
  // Each call starts anew: a model is never fed by halves.
  void feed(const std::string &text) {
    std::string error;
    ASSERT_TRUE(parse_trace(text, trace_, &error)) << error;
    model_.begin(trace_);
    for (const Event &event : trace_.events) {
      model_.advance();
      model_.apply(event);
    }
  }

  Trace trace_;
  Model model_;
};

const std::string kOneObject = R"(t1 0 cache_create cache=1 size=64 slab_size=64 "a"
t1 1 slab_new object=0x10000 cache=1 bytes=4096 objects=64
t1 1 invoke op=alloc cache=1
t1 1 alloc object=0x10040 cache=1 bytes=64 align=8
t1 1 return op=alloc
)";

TEST_F(ModelTest, AllocatedObjectIsHeldAndKnowsItsSlabsCache) {
  feed(kOneObject);
  const Object *object = model_.held_at(0x10040);
  ASSERT_NE(object, nullptr);
  EXPECT_EQ(object->cache, 1u);
  EXPECT_TRUE(object->in_slab);
  EXPECT_EQ(object->alloc_at, 4u);
  EXPECT_EQ(model_.held_overlapping(0x1007f, 0x10080), object);
  EXPECT_EQ(model_.held_overlapping(0x10080, 0x10090), nullptr);
  EXPECT_EQ(model_.held_in(1), 1u);
}

TEST_F(ModelTest, FreedObjectIsCertainlyBackOnlyAfterTheCallReturned) {
  std::string free = kOneObject + "t1 2 invoke op=free\nt1 2 free object=0x10040 cache=1\n";
  feed(free);
  EXPECT_EQ(model_.held_at(0x10040), nullptr);
  EXPECT_EQ(model_.last_at(0x10040)->back_at, kNever);
  feed(free + "t1 2 return op=free\n");
  EXPECT_EQ(model_.last_at(0x10040)->back_at, 8u);
}

TEST_F(ModelTest, KfreeRcuObjectIsHeldUntilReclaimedAndBackWhenItsBatchIsDone) {
  std::string queued = kOneObject +
                       "t1 2 invoke op=kfree_rcu\nt1 2 kfree_rcu object=0x10040\n"
                       "t1 2 return op=kfree_rcu\n";
  feed(queued);
  EXPECT_EQ(model_.held_at(0x10040)->state, ObjectState::kPending);
  EXPECT_EQ(model_.held_at(0x10040)->returned_at, 8u);
  queued += "t16 - batch_queued batch=1 objects=1\nt16 - reclaimed object=0x10040\n";
  feed(queued);
  EXPECT_EQ(model_.held_at(0x10040), nullptr);
  EXPECT_EQ(model_.last_at(0x10040)->back_at, kNever);
  feed(queued + "t16 - batch_freed batch=1 objects=1\n");
  EXPECT_EQ(model_.last_at(0x10040)->back_at, 11u);
}

TEST_F(ModelTest, GracePeriodCountsFromItsStartOnlyWhenItHasEnded) {
  feed("t33 - gp_start gp=1\nt33 - gp_start gp=2\n");
  EXPECT_EQ(model_.ended_gp_start(), 0u);
  feed("t33 - gp_start gp=1\nt33 - gp_start gp=2\nt33 - gp_end gp=1\n");
  EXPECT_EQ(model_.ended_gp_start(), 1u);
  feed("t33 - gp_start gp=1\nt33 - gp_start gp=2\nt33 - gp_end gp=2\nt33 - gp_end gp=1\n");
  EXPECT_EQ(model_.ended_gp_start(), 2u);
  EXPECT_EQ(model_.gp_ended_at(), 4u);
}

TEST_F(ModelTest, OldestReaderIsFoundUntilItCloses) {
  feed("t1 0 reader_lock section=1\nt2 1 reader_lock section=2\n");
  EXPECT_EQ(model_.reader_older_than(1), nullptr);
  ASSERT_NE(model_.reader_older_than(2), nullptr);
  EXPECT_EQ(model_.reader_older_than(2)->section, 1u);
  feed("t1 0 reader_lock section=1\nt2 1 reader_lock section=2\nt1 2 reader_unlock section=1\n");
  EXPECT_EQ(model_.reader_older_than(2), nullptr);
  EXPECT_EQ(model_.reader_older_than(3)->section, 2u);
}

TEST_F(ModelTest, CacheAdoptsTheDirectoryAndTheCtorOfTheCreateThatMakesIt) {
  feed(
      "t1 0 invoke op=create size=64 flags=constructed \"a\"\nt1 0 sysfs_add cache=7 \"a\"\n"
      "t1 0 cache_create cache=2 size=64 \"a\"\n");
  EXPECT_EQ(model_.cache(2).flags, kConstructed);
  ASSERT_EQ(model_.directories().size(), 1u);
  EXPECT_EQ(model_.directories()[0].cache, 2u);
  EXPECT_EQ(model_.name(2), "2 \"a\"");
}

TEST_F(ModelTest, ReusedNumberOfDirectoryEntryFollowsTheNewestCache) {
  feed(
      "t1 0 cache_create cache=1 \"a\"\nt1 0 sysfs_add cache=1 \"a\"\n"
      "t1 1 sysfs_remove cache=1 \"a\"\nt1 2 sysfs_add cache=2 \"a\"\n");
  ASSERT_EQ(model_.directories().size(), 1u);
  EXPECT_TRUE(model_.directories()[0].present);
  EXPECT_EQ(model_.directories()[0].cache, 2u);
  EXPECT_EQ(model_.directories()[0].removed_at, 3u);
}

TEST_F(ModelTest, SettledOnlyBetweenTheBarrierAndTheNextChange) {
  feed(kOneObject + "t0 - quiescent after=drain\n");
  EXPECT_FALSE(model_.settled());
  feed(kOneObject + "t0 - quiescent after=barrier\n");
  EXPECT_TRUE(model_.settled());
  feed(kOneObject + "t0 - quiescent after=barrier\nt1 2 free object=0x10040 cache=1\n");
  EXPECT_FALSE(model_.settled());
}

TEST_F(ModelTest, SlabsAreCountedWhileTheyExist) {
  feed(kOneObject + "t1 2 slab_new object=0x20000 cache=1 bytes=8192 objects=128\n");
  EXPECT_EQ(model_.cache(1).slabs, 2u);
  EXPECT_EQ(model_.cache(1).slab_objects, 192u);
  EXPECT_EQ(model_.slab_pages(), 3u);
  feed(kOneObject + "t1 2 slab_free object=0x10000 cache=1 bytes=4096\n");
  EXPECT_EQ(model_.cache(1).slabs, 0u);
  EXPECT_EQ(model_.slab_at(0x10040), nullptr);
}

TEST_F(ModelTest, BrokenTracesDoNoHarm) {
  feed(
      "t1 0 free object=0x1\nt1 0 reclaimed object=0x1\nt1 0 slab_free object=0x1000\n"
      "t1 0 cache_released cache=4294967295\nt1 0 reader_unlock section=9\n"
      "t1 0 gp_end gp=9\nt1 0 return op=free\nt1 0 leaked_object cache=3 object=0x99\n"
      "t1 0 alloc object=0xffffffffffffffff bytes=100\nt1 0 batch_freed batch=8\n");
  EXPECT_EQ(model_.now(), 10u);
}

}  // namespace
}  // namespace slabbed::conf
