// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// exec_operations_test.cc - what each operation does to the public API, seen in the trace of a
// small program; and that whatever a program says, it never misuses the allocator.
#include "fuzz/exec/sim_run.h"
#include "fuzz/tests/exec_bed.h"

namespace slabbed::fuzz {
namespace {

using conf::EventKind;

class Operations : public testing::Test {
 protected:
  Ran run(const std::string &lines) { return run_text(runner_, lines); }
  SimRunner runner_;
};

TEST_F(Operations, WithoutTheirOperandsDoNothing) {
  Ran ran = run("t1: kmem_cache_free(o0)\n"
                "t1: kfree_rcu(o1)\n"
                "t1: o2 = kmem_cache_alloc(c3)\n"
                "t1: kmem_cache_destroy(c3)\n"
                "t1: kmem_cache_shrink(c3)\n"
                "t1: rcu_dereference(p0)\n"
                "t1: rcu_read_unlock()\n"
                "t1: kfree_rcu(rcu_replace_pointer(p0, o0))\n"
                "t1: module_unload(c0)\n");
  for (uint32_t op = 0; op < 9; ++op) EXPECT_EQ(ran.type_of(op), conf::kOpOther) << op;
  EXPECT_EQ(ran.count(EventKind::kAlloc), 0u);
  EXPECT_EQ(ran.count(EventKind::kFree), 0u);
  EXPECT_EQ(ran.count(EventKind::kKfreeRcu), 0u);
}

TEST_F(Operations, ThatMayBlockDoNothingInsideAReader) {
  Ran ran = run("t1: c0 = kmem_cache_create(\"a\", 64)\n"
                "t1: rcu_read_lock()\n"
                "t1: synchronize_rcu()\n"
                "t1: rcu_barrier()\n"
                "t1: kvfree_rcu_barrier()\n"
                "t1: kvfree_rcu_barrier_on_cache(c0)\n"
                "t1: schedule_timeout(5)\n"
                "t1: kmem_cache_shrink(c0)\n"
                "t1: kmem_cache_destroy(c0)\n"
                "t1: rcu_read_unlock()\n"
                "t1: kmem_cache_destroy(c0)\n");
  for (uint32_t op = 2; op <= 8; ++op) EXPECT_EQ(ran.type_of(op), conf::kOpOther) << op;
  EXPECT_EQ(ran.type_of(10), conf::kOpDestroy);
}

TEST_F(Operations, AllocInsideAReaderDoesNotWait) {
  Ran ran = run("t1: c0 = kmem_cache_create(\"a\", 64)\n"
                "t1: rcu_read_lock()\n"
                "t1: o0 = kmem_cache_alloc(c0)\n"
                "t1: o1 = kmalloc(100)\n"
                "t1: rcu_read_unlock()\n");
  EXPECT_EQ(ran.count(EventKind::kAlloc), 2u);
}

TEST_F(Operations, AnOccupiedSlotIsNotAllocatedInto) {
  Ran ran = run("t1: o0 = kmalloc(32)\n"
                "t1: o0 = kmalloc(64)\n");
  EXPECT_EQ(ran.count(EventKind::kAlloc), 1u);
  EXPECT_EQ(ran.type_of(1), conf::kOpOther);
}

TEST_F(Operations, KmallocPromisesTheAlignmentOfItsClass) {
  Ran ran = run("t1: o0 = kmalloc(8)\n"
                "t1: o1 = kmalloc(90)\n"
                "t1: o2 = kmalloc(180)\n"
                "t1: o3 = kmalloc(9000)\n");
  std::vector<conf::Event> allocs = ran.events(EventKind::kAlloc);
  ASSERT_EQ(allocs.size(), 4u);
  EXPECT_EQ(allocs[0].b, 8u);
  EXPECT_EQ(allocs[1].b, 32u);
  EXPECT_EQ(allocs[2].b, 64u);
  EXPECT_EQ(allocs[3].b, 4096u);
}

TEST_F(Operations, KmallocOfNothingIsFreedByKfreeOnly) {
  Ran ran = run("t1: o0 = kmalloc(0)\n"
                "t1: kfree_rcu(o0)\n"
                "t1: rcu_assign_pointer(p0, o0)\n"
                "t1: check(o0)\n"
                "t1: kfree(o0)\n");
  EXPECT_EQ(ran.type_of(0), conf::kOpAlloc);
  EXPECT_EQ(ran.count(EventKind::kAlloc), 0u);  // no memory that anybody could own
  for (uint32_t op = 1; op <= 3; ++op) EXPECT_EQ(ran.type_of(op), conf::kOpOther) << op;
  EXPECT_EQ(ran.type_of(4), conf::kOpFree);
}

TEST_F(Operations, BulkFillsTheEmptySlotsOnlyAndFreesOneCache) {
  Ran ran = run("t1: c0 = kmem_cache_create(\"a\", 40)\n"
                "t1: o1 = kmalloc(24)\n"
                "t1: kmem_cache_alloc_bulk(c0, 4, o0)\n"
                "t1: kmem_cache_free_bulk(4, o0)\n"
                "t1: check(o1)\n");
  EXPECT_EQ(ran.count(EventKind::kAlloc), 4u);  // o1, then o0, o2, o3
  EXPECT_EQ(ran.count(EventKind::kFree), 3u);
  EXPECT_EQ(ran.events(EventKind::kContent).back().a, 1u);
}

TEST_F(Operations, ARefusedRequestIsMarkedAndLosesNothing) {
  Ran ran = run("t1: c0 = kmem_cache_create(\"a\", 64, SLAB_NO_MERGE)\n"
                "t1: o0 = kmem_cache_alloc(c0) [fail_nth=1]\n"
                "t1: o0 = kmem_cache_alloc(c0)\n"
                "t1: c1 = kmem_cache_create(\"b\", 64, SLAB_NO_MERGE) [fail_nth=1]\n");
  EXPECT_TRUE(ran.return_of(1).flags & conf::kFaultInjected);
  EXPECT_EQ(ran.return_of(2).b, 0u);
  EXPECT_FALSE(ran.return_of(2).flags & conf::kFaultInjected);
  EXPECT_EQ(ran.return_of(3).b, 1u);
  ASSERT_EQ(ran.count(EventKind::kCacheCreateFailed), 1u);
  EXPECT_EQ(ran.events(EventKind::kCacheCreateFailed)[0].a, 1u);
}

TEST_F(Operations, ObjectsOfADestroyedCacheAreGivenUpAndReported) {
  Ran ran = run("t1: c0 = kmem_cache_create(\"gone\", 64, SLAB_NO_MERGE)\n"
                "t1: o0 = kmem_cache_alloc(c0)\n"
                "t1: o1 = kmem_cache_alloc(c0)\n"
                "t1: kmem_cache_free(o1)\n"
                "t1: kmem_cache_destroy(c0)\n"
                "t1: kmem_cache_free(o0)\n"
                "t1: check(o0)\n");
  EXPECT_EQ(ran.type_of(5), conf::kOpOther);
  EXPECT_EQ(ran.events(EventKind::kContent).back().a, 1u);  // leaked memory keeps its content
  EXPECT_EQ(ran.count(EventKind::kLeakedObject), 1u);
  EXPECT_TRUE(ran.reported("Objects remaining"));
}

TEST_F(Operations, DestroyOfAnAliasDropsAReferenceOnly) {
  Ran ran = run("t1: c0 = kmem_cache_create(\"a\", 64)\n"
                "t1: c1 = kmem_cache_create(\"b\", 64)\n"
                "t1: o0 = kmem_cache_alloc(c1)\n"
                "t1: kmem_cache_destroy(c0)\n"
                "t1: kmem_cache_free(o0)\n"
                "t1: kmem_cache_destroy(c1)\n");
  std::vector<conf::Event> calls = ran.events(EventKind::kCacheDestroyCall);
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[0].a, 0u);
  EXPECT_EQ(calls[1].a, 1u);
  EXPECT_EQ(ran.count(EventKind::kCacheAlias), 1u);
  EXPECT_EQ(ran.count(EventKind::kCacheReleased), 1u);
}

TEST_F(Operations, DestroyWaitsForTheCallersOwnCallbacksFirst) {
  Ran ran = run("t1: c0 = kmem_cache_create(\"a\", 64, SLAB_NO_MERGE)\n"
                "t1: o0 = kmem_cache_alloc(c0)\n"
                "t1: rcu_assign_pointer(p0, o0)\n"
                "t1: call_rcu(rcu_replace_pointer(p0, o1))\n"
                "t1: kmem_cache_destroy(c0)\n");
  EXPECT_EQ(ran.type_of(4), conf::kOpRcuBarrier);  // what it does first
  EXPECT_EQ(ran.count(EventKind::kCallRcuFree), 1u);
  ASSERT_EQ(ran.count(EventKind::kFree), 1u);
  EXPECT_EQ(ran.events(EventKind::kFree)[0].op, conf::kNoOperation);
  EXPECT_EQ(ran.count(EventKind::kCacheLinger), 0u);
}

TEST_F(Operations, SyncDestroyBlocksAndAsyncDoesNot) {
  const std::string lines = "t1: c0 = kmem_cache_create(\"a\", 64, SLAB_NO_MERGE)\n"
                            "t1: o0 = kmem_cache_alloc(c0)\n"
                            "t1: kfree_rcu(o0)\n"
                            "t1: kmem_cache_destroy(c0)\n";
  EXPECT_EQ(run("boot destroy=async\n" + lines).return_of(3).b, 0u);
  EXPECT_EQ(run("boot destroy=sync\n" + lines).return_of(3).b, 1u);
}

TEST_F(Operations, UnloadPoisonsTheModuleAfterDestroyOnly) {
  Ran ran = run("t1: c0 = kmem_cache_create(\"mod\", 64, ctor)\n"
                "t1: o0 = kmem_cache_alloc(c0)\n"
                "t1: module_unload(c0)\n"
                "t1: kfree_rcu(o0)\n"
                "t1: kmem_cache_destroy(c0)\n"
                "t1: module_unload(c0)\n"
                "t1: c0 = kmem_cache_create(\"mod\", 64, ctor)\n"
                "t1: o1 = kmem_cache_alloc(c0)\n");
  EXPECT_EQ(ran.count(EventKind::kModuleTouched), 0u);
  EXPECT_EQ(ran.return_of(6).b, 0u);
  EXPECT_EQ(ran.count(EventKind::kAlloc), 2u);
}

TEST_F(Operations, AReaderLooksAtUnlockAgain) {
  Ran ran = run("t1: c0 = kmem_cache_create(\"a\", 64)\n"
                "t1: o0 = kmem_cache_alloc(c0)\n"
                "t1: rcu_assign_pointer(p0, o0)\n"
                "t2: rcu_read_lock()\n"
                "t2: rcu_dereference(p0)\n"
                "t1: kfree_rcu(rcu_replace_pointer(p0, o1))\n"
                "t1: o2 = kmem_cache_alloc(c0)\n"
                "t2: rcu_read_unlock()\n");
  std::vector<conf::Event> reads = ran.events(EventKind::kRead);
  ASSERT_EQ(reads.size(), 2u);
  EXPECT_EQ(reads[0].op, 4u);
  EXPECT_EQ(reads[1].op, 7u);
  EXPECT_EQ(reads[0].object, reads[1].object);
  EXPECT_EQ(reads[1].b, 1u);
  EXPECT_EQ(ran.count(EventKind::kReclaimed), 1u);
  EXPECT_NE(ran.events(EventKind::kAlloc)[1].object, reads[0].object);
}

TEST_F(Operations, AThreadsEndClosesItsReaders) {
  Ran ran = run("t1: rcu_read_lock()\n"
                "t1: rcu_read_lock()\n"
                "t2: synchronize_rcu()\n");
  EXPECT_EQ(ran.count(EventKind::kReaderLock), 1u);
  EXPECT_EQ(ran.count(EventKind::kReaderUnlock), 1u);
  EXPECT_EQ(ran.return_of(2).b, 0u);
}

TEST_F(Operations, TypesafeObjectsAreFreedUnderTheirReaders) {
  Ran ran = run("t1: c0 = kmem_cache_create(\"a\", 64, SLAB_TYPESAFE_BY_RCU, ctor)\n"
                "t1: o0 = kmem_cache_alloc(c0)\n"
                "t1: rcu_assign_pointer(p0, o0)\n"
                "t2: rcu_read_lock()\n"
                "t2: typesafe_lookup(p0)\n"
                "t1: call_rcu(rcu_replace_pointer(p0, o1))\n"
                "t1: o2 = kmem_cache_alloc(c0)\n"
                "t2: rcu_read_unlock()\n");
  std::vector<conf::Event> reads = ran.events(EventKind::kRead);
  ASSERT_EQ(reads.size(), 2u);
  EXPECT_EQ(ran.type_of(5), conf::kOpFree);
  EXPECT_EQ(ran.events(EventKind::kAlloc)[1].object, reads[0].object);  // owned anew at once
  EXPECT_EQ(reads[1].b, 1u);                                            // and still of its type
}

TEST_F(Operations, AnObjectTooSmallForAHeadIsFreedByCallbackInsideAReader) {
  Ran ran = run("t1: o0 = kmalloc(16)\n"
                "t1: rcu_assign_pointer(p0, o0)\n"
                "t1: o1 = kmalloc(16)\n"
                "t1: rcu_read_lock()\n"
                "t1: kfree_rcu(o1)\n"
                "t1: kfree_rcu(rcu_replace_pointer(p0, o2))\n"
                "t1: rcu_read_unlock()\n"
                "t1: kfree_rcu(o1)\n");
  EXPECT_EQ(ran.type_of(4), conf::kOpOther);
  EXPECT_EQ(ran.count(EventKind::kCallRcuFree), 1u);
  EXPECT_EQ(ran.type_of(7), conf::kOpKfreeRcu);
}

TEST_F(Operations, RunInTheOrderOfTheListWithoutASchedule) {
  Ran ran = run("t2: c0 = kmem_cache_create(\"a\", 64)\n"
                "t1: o0 = kmem_cache_alloc(c0)\n"
                "t3: kmem_cache_free(o0)\n"
                "t1: kmem_cache_destroy(c0)\n");
  EXPECT_TRUE(ran.result.schedule.empty());
  for (uint32_t op = 0; op < 3; ++op) {
    EXPECT_LT(ran.position(EventKind::kReturn, op), ran.position(EventKind::kInvoke, op + 1));
  }
}

TEST_F(Operations, OnOnePlaceTakeTurnsUnderEverySchedule) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    Ran ran = run("strategy random seed=" + std::to_string(seed) + "\n" +
                  "t1: c0 = kmem_cache_create(\"a\", 64)\n"
                  "t2: o0 = kmem_cache_alloc(c0)\n"
                  "t3: kmem_cache_free(o0)\n"
                  "t4: o0 = kmem_cache_alloc(c0)\n"
                  "t1: kfree_rcu(o0)\n"
                  "t2: kmem_cache_destroy(c0)\n");
    EXPECT_EQ(ran.count(EventKind::kAlloc), 2u);
    EXPECT_EQ(ran.count(EventKind::kFree), 1u);
    EXPECT_EQ(ran.count(EventKind::kKfreeRcu), 1u);
    EXPECT_EQ(ran.count(EventKind::kCacheReleased), 1u);
  }
}

TEST_F(Operations, EndInThreeQuietMomentsAndCounters) {
  Ran ran = run("t1: c0 = kmem_cache_create(\"a\", 64)\n"
                "t1: o0 = kmem_cache_alloc(c0)\n"
                "t1: o1 = kmem_cache_alloc(c0)\n"
                "t1: kfree_rcu(o1)\n");
  std::vector<conf::Event> quiet = ran.events(EventKind::kQuiescent);
  ASSERT_EQ(quiet.size(), 3u);
  EXPECT_EQ(quiet[0].a, conf::kProgramDone);
  EXPECT_EQ(quiet[1].a, conf::kDrained);
  EXPECT_EQ(quiet[2].a, conf::kBarrier);
  std::vector<conf::Event> counters = ran.events(EventKind::kCounters);
  ASSERT_EQ(counters.size(), 2u);
  EXPECT_TRUE(counters[1].flags & conf::kAfterShrink);
  EXPECT_EQ(counters[1].a, 1u);
  EXPECT_EQ(ran.result.trace.events.back().kind, EventKind::kEnd);
}

}  // namespace
}  // namespace slabbed::fuzz
