// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// program_sketch_test.cc - goal: the guess of what exists follows each operation, and draws aim at
// what exists. Method: apply operations one by one and look at what can be drawn afterwards.
#include "fuzz/program/sketch.h"

#include <gtest/gtest.h>

#include "fuzz/program/draw_schedule.h"
#include "fuzz/program/generate.h"
#include "fuzz/program/normalize.h"
#include "fuzz/program/point_name.h"
#include "fuzz/program/step_name.h"
#include "fuzz/program/text.h"

namespace slabbed::fuzz {
namespace {

OpSet only(OpCode code) { return OpSet{1} << static_cast<unsigned>(code); }

// The sketch after the operations of `text`, on one thread unless the text has more.
Sketch after(const char *text) {
  TextProgram out;
  std::string error;
  EXPECT_TRUE(parse_text(text, "x", &out, &error)) << error;
  return Sketch(out.program, out.program.operations.size());
}

bool possible(const Sketch &sketch, OpCode code) {
  Random random(1);
  for (int i = 0; i < 64; ++i) {  // a draw begins with a thread, and not every thread may do it
    if (sketch.draw(&random, only(code)).code == code) return true;
  }
  return false;
}

// How many of 200 draws aim at this cache, pointer or slot.
unsigned aimed(const Sketch &sketch, OpCode code, uint8_t Operation::*field, unsigned at) {
  Random random(2);
  unsigned count = 0;
  for (int i = 0; i < 200; ++i) count += sketch.draw(&random, only(code)).*field == at;
  return count;
}

TEST(Sketch, NothingExistsInTheBeginning) {
  Sketch empty(1);
  for (OpCode code : {OpCode::kCacheCreate, OpCode::kKmalloc, OpCode::kReadLock, OpCode::kSleep}) {
    EXPECT_TRUE(possible(empty, code));
  }
  for (OpCode code : {OpCode::kAlloc, OpCode::kFree, OpCode::kFreeBulk,
                      OpCode::kCacheDestroy, OpCode::kPublish, OpCode::kDeref,
                      OpCode::kReadUnlock, OpCode::kReplaceKfreeRcu, OpCode::kTypesafeLookup}) {
    EXPECT_FALSE(possible(empty, code)) << static_cast<int>(code);
  }
}

TEST(Sketch, CachesComeWithCreateAndGoWithDestroy) {
  Sketch with = after("t1: c5 = kmem_cache_create(\"a\", 64)");
  EXPECT_TRUE(possible(with, OpCode::kAlloc));
  EXPECT_GT(aimed(with, OpCode::kCacheDestroy, &Operation::cache, 5), 170u);
  EXPECT_GT(aimed(with, OpCode::kAlloc, &Operation::cache, 5), 170u);
  Sketch without = after("t1: c5 = kmem_cache_create(\"a\", 64)\nt1: kmem_cache_destroy(c5)");
  EXPECT_FALSE(possible(without, OpCode::kAlloc));
}

TEST(Sketch, ObjectsComeWithAllocationAndGoWithEveryKindOfFree) {
  const std::string start =
      "t1: c0 = kmem_cache_create(\"a\", 64)\nt1: o9 = kmem_cache_alloc(c0)\n";
  EXPECT_GT(aimed(after(start.c_str()), OpCode::kFree, &Operation::slot, 9), 170u);
  for (const char *end : {"kmem_cache_free(o9)", "kfree(o9)", "kfree_rcu(o9)",
                          "kfree_rcu_mightsleep(o9)", "kmem_cache_free_bulk(3, o7)",
                          "rcu_assign_pointer(p0, o9)", "kfree_rcu(rcu_replace_pointer(p0, o9))"}) {
    EXPECT_FALSE(possible(after((start + "t1: " + end).c_str()), OpCode::kFree)) << end;
  }
  EXPECT_FALSE(possible(after("t1: o9 = kmem_cache_alloc(c0)"), OpCode::kFree));
  EXPECT_TRUE(possible(after("t1: o9 = kmalloc(0)"), OpCode::kKfree));
}

TEST(Sketch, BulkFillsAndEmptiesNeighboursAcrossTheEnd) {
  Sketch bulk = after("t1: c0 = kmem_cache_create(\"a\", 64)\n"
                      "t1: kmem_cache_alloc_bulk(c0, 3, o31)\n"
                      "t1: kmem_cache_free_bulk(2, o31)");
  EXPECT_GT(aimed(bulk, OpCode::kFree, &Operation::slot, 1), 170u);
}

TEST(Sketch, PublishingIntoATakenPointerKeepsTheObject) {
  Sketch taken = after("t1: o1 = kmalloc(8)\nt1: o2 = kmalloc(8)\n"
                       "t1: rcu_assign_pointer(p3, o1)\nt1: rcu_assign_pointer(p3, o2)");
  EXPECT_GT(aimed(taken, OpCode::kFree, &Operation::slot, 2), 170u);
  EXPECT_GT(aimed(taken, OpCode::kReplaceCallRcu, &Operation::cache, 3), 170u);
  Sketch emptied = after("t1: o1 = kmalloc(8)\nt1: rcu_assign_pointer(p3, o1)\n"
                         "t1: call_rcu(rcu_replace_pointer(p3, o2))");
  EXPECT_FALSE(possible(emptied, OpCode::kReplaceCallRcu));
}

TEST(Sketch, DereferenceNeedsAReaderOfTheSameThreadAndSomethingPublished) {
  const std::string start = "t1: o1 = kmalloc(8)\nt1: rcu_assign_pointer(p3, o1)\n";
  EXPECT_FALSE(possible(after(start.c_str()), OpCode::kDeref));
  Sketch reader = after((start + "t2: rcu_read_lock()").c_str());
  Random random(3);
  for (int i = 0; i < 100; ++i) {
    Operation op = reader.draw(&random, only(OpCode::kDeref));
    if (op.code == OpCode::kDeref) {
      EXPECT_EQ(op.thread, 1);
    }
  }
  EXPECT_TRUE(possible(reader, OpCode::kDeref));
  EXPECT_FALSE(possible(after((start + "t2: rcu_read_lock()\nt2: rcu_read_unlock()").c_str()),
                        OpCode::kDeref));
}

TEST(Sketch, DrawsOnlyWhatIsAllowedAndNothingIfNothingFits) {
  Random random(8);
  Sketch empty(2);
  OpSet only_free = OpSet{1} << static_cast<unsigned>(OpCode::kFree);
  EXPECT_EQ(empty.draw(&random, only_free).code, OpCode::kNop);
  empty.apply({OpCode::kKmalloc, 0, 0, 9, 64, 0, 0});
  unsigned aimed = 0;
  for (int i = 0; i < 100; ++i) {
    Operation op = empty.draw(&random, only_free);
    EXPECT_EQ(op.code, OpCode::kFree);
    aimed += op.slot == 9;
  }
  EXPECT_GT(aimed, 80u);
}

TEST(Sketch, ReadersDrawNothingThatBlocks) {
  Random random(9);
  Sketch reader(1);
  reader.apply({OpCode::kCacheCreate, 0, 0, 0, 64, 0, 0});
  reader.apply({OpCode::kReadLock, 0, 0, 0, 0, 0, 0});
  for (int i = 0; i < 500; ++i) {
    OpCode code = reader.draw(&random, kAllOperations).code;
    EXPECT_NE(code, OpCode::kSynchronizeRcu);
    EXPECT_NE(code, OpCode::kCacheDestroy);
    EXPECT_NE(code, OpCode::kSleep);
  }
}

TEST(Sketch, RedrawKeepsKindAndThread) {
  Random random(4);
  Sketch sketch = after("t1: c0 = kmem_cache_create(\"a\", 64)\nt2: o9 = kmem_cache_alloc(c0)");
  Operation free{OpCode::kFree, 1, 0, 3, 0, 0, 2};
  for (int i = 0; i < 50; ++i) {
    Operation drawn = sketch.redraw_operands(&random, free);
    EXPECT_EQ(drawn.code, OpCode::kFree);
    EXPECT_EQ(drawn.thread, 1);
    EXPECT_EQ(drawn.fail_nth, 2);
  }
}

TEST(Sketch, SizesAndTimesKeepToWhatMattersAndItsNeighbours) {
  Random random(5);
  unsigned around_a_class = 0, past_drain = 0;
  for (int i = 0; i < 2000; ++i) {
    unsigned size = draw_object_size(&random);
    ASSERT_GE(size, 1u);
    ASSERT_LE(size, 4096u);
    for (unsigned power = 8; power <= 4096; power *= 2) around_a_class += size - power + 1 <= 2;
    unsigned jiffies = draw_jiffies(&random);
    ASSERT_LE(jiffies, 1023u);
    past_drain += jiffies > 500;
  }
  EXPECT_GT(around_a_class, 800u);
  EXPECT_GT(past_drain, 400u);
}

TEST(Sketch, SwarmIsAllOfTheTimeOrLeavesSomeOutButNeverCreation) {
  Random random(6);
  unsigned all = 0, without_free = 0;
  for (int i = 0; i < 1000; ++i) {
    OpSet set = draw_swarm(&random);
    all += set == kAllOperations;
    without_free += !contains(set, OpCode::kFree);
    EXPECT_TRUE(contains(set, OpCode::kCacheCreate));
  }
  EXPECT_NEAR(all, 500, 70);
  EXPECT_NEAR(without_free, 125, 50);
}

TEST(DrawSchedule, RecordsAreNormalizedAndExplicitOnesStandAtOperations) {
  GenerateOptions options;
  for (StrategyKind kind : {StrategyKind::kBytes, StrategyKind::kExplicit}) {
    options.strategy = kind;
    for (uint64_t seed = 0; seed < 300; ++seed) {
      Program p = generate(seed, options);
      Random random(seed);
      p.schedule = {draw_record(&random, p)};
      p.schedule.push_back(vary_record(&random, p, p.schedule[0]));
      normalize(&p);
      ASSERT_TRUE(is_normalized(p));
      if (kind == StrategyKind::kBytes || p.operations.empty()) continue;
      const ScheduleRecord &record = p.schedule[0];
      ASSERT_LT(record.operation, p.operations.size());
      EXPECT_EQ(record.thread, p.operations[record.operation].thread + 1);
    }
  }
}

TEST(DrawSchedule, PointsOfOtherRecordsAreUsedAgain) {
  Program p;
  p.strategy = StrategyKind::kExplicit;
  p.operations.resize(3);
  p.schedule.push_back({1, 2, 0, 0x1234, 0, 1});
  Random random(7);
  unsigned again = 0, at_operation = 0;
  for (int i = 0; i < 300; ++i) {
    ScheduleRecord record = draw_record(&random, p);
    again += record.name == 0x1234 && record.kind == 2;
    at_operation += record.kind == kOperationPoint && record.name == point_name_hash("operation");
  }
  EXPECT_EQ(again + at_operation, 300u);
  EXPECT_GT(again, 150u);
  EXPECT_GT(at_operation, 60u);
}

TEST(DrawSchedule, TargetsIncludeWorkersTheModelAndDrainsIfThereAreBuffers) {
  Program p;
  p.strategy = StrategyKind::kExplicit;
  p.threads = 2;
  p.operations.resize(1);
  bool seen[256] = {};
  Random random(8);
  for (int i = 0; i < 1000; ++i) seen[draw_record(&random, p).to] = true;
  EXPECT_TRUE(seen[1] && seen[2] && seen[kFirstWorker] && seen[kGracePeriod] && seen[kClock]);
  EXPECT_FALSE(seen[kDrain + 1]);
  p.store_buffers = true;
  for (int i = 0; i < 1000; ++i) seen[draw_record(&random, p).to] = true;
  EXPECT_TRUE(seen[kDrain + 1] && seen[kDrain + 2]);
}

}  // namespace
}  // namespace slabbed::fuzz
