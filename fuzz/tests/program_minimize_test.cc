// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// program_minimize_test.cc - goal: the minimizer keeps what the finding needs and nothing else, in
// few tries, the same way each time. Method: synthetic findings whose smallest program is known.
#include "fuzz/program/minimize.h"

#include <gtest/gtest.h>

#include "fuzz/program/generate.h"
#include "fuzz/program/normalize.h"
#include "fuzz/program/point_name.h"
#include "fuzz/program/step_name.h"
#include "fuzz/program/text.h"

namespace slabbed::fuzz {
namespace {

// The finding "an object is allocated, freed by kfree_rcu, and its cache of at least 32 bytes is
// destroyed by another thread", wherever in the program.
bool destroy_in_flight(const Program &p) {
  const std::vector<Operation> &ops = p.operations;
  auto last_before = [&](size_t end, OpCode code, auto fits) {
    while (end-- > 0) {
      if (ops[end].code == code && fits(ops[end])) return end;
    }
    return SIZE_MAX;
  };
  for (size_t l = 0; l < ops.size(); ++l) {
    if (ops[l].code != OpCode::kCacheDestroy) continue;
    for (size_t k = 0; k < l; ++k) {
      if (ops[k].code != OpCode::kKfreeRcu || ops[k].thread == ops[l].thread) continue;
      size_t j = last_before(k, OpCode::kAlloc, [&](const Operation &op) {
        return op.slot == ops[k].slot && op.cache == ops[l].cache;
      });
      if (j == SIZE_MAX) continue;
      size_t i = last_before(j, OpCode::kCacheCreate, [&](const Operation &op) {
        return op.cache == ops[l].cache && op.arg >= 32;
      });
      if (i != SIZE_MAX) return true;
    }
  }
  return false;
}

Program noisy(uint64_t seed) {
  GenerateOptions options;
  options.strategy = StrategyKind::kExplicit;
  Program p = generate(seed, options);
  p.threads = 4;
  p.store_buffers = true;
  p.destroy = DestroyMode::kSync;
  p.names[3] = CacheName("odd");
  auto at = [&](size_t i) { return p.operations.begin() + static_cast<ptrdiff_t>(i); };
  size_t n = p.operations.size();
  p.operations.insert(at(n), {OpCode::kCacheDestroy, 2, 7, 0, 0, 0, 3});
  p.operations.insert(at(n * 3 / 4), {OpCode::kKfreeRcu, 3, 0, 29, 0, 0, 1});
  p.operations.insert(at(n / 2), {OpCode::kAlloc, 1, 7, 29, 0, kZeroedAlloc, 0});
  p.operations.insert(at(n / 4), {OpCode::kCacheCreate, 0, 7, 3, 777, kStoreUser | kNoMerge, 0});
  normalize(&p);
  return p;
}

TEST(Minimize, LeavesTheFourOperationsTheFindingNeedsInPlainForm) {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    Program start = noisy(seed);
    ASSERT_TRUE(destroy_in_flight(start)) << seed;
    MinimizeStats stats;
    Program least = minimize(start, destroy_in_flight, {}, &stats);
    EXPECT_EQ(print_program(least),
              "# slabbed program v1\n"
              "boot destroy=async sheaves=1 slots=8 sheaf_capacity=8 threads=2\n"
              "strategy explicit\n" +
                  print_operation(least, least.operations[0]) + "\n" +
                  print_operation(least, least.operations[1]) + "\n" +
                  print_operation(least, least.operations[2]) + "\n" +
                  print_operation(least, least.operations[3]) + "\n");
    EXPECT_EQ(least.operations.size(), 4u);
    EXPECT_EQ(least.operations[0].arg, 64);
    EXPECT_EQ(least.operations[0].cache, 0);
    EXPECT_EQ(least.operations[0].flags, 0);
    EXPECT_TRUE(stats.complete);
    EXPECT_LT(stats.tries, 800u);
    EXPECT_TRUE(is_normalized(least));
  }
}

TEST(Minimize, KeepsThePreemptionsThatMatterAtTheirOperations) {
  Program start = noisy(5);
  start.schedule.clear();
  for (unsigned i = 0; i < start.operations.size(); ++i) {
    ScheduleRecord record;
    record.operation = static_cast<uint16_t>(i);
    record.thread = static_cast<uint8_t>(start.operations[i].thread + 1);
    record.name = point_name_hash("f");
    record.to = kGracePeriod;
    start.schedule.push_back(record);
  }
  // Needs the preemption inside the kfree_rcu of o29 and nothing else of the schedule.
  auto same = [](const Program &p) {
    for (const ScheduleRecord &record : p.schedule) {
      if (record.operation >= p.operations.size()) continue;
      const Operation &op = p.operations[record.operation];
      if (op.code == OpCode::kKfreeRcu && op.fail_nth == 1 && op.thread + 1 == record.thread) {
        return true;
      }
    }
    return false;
  };
  ASSERT_TRUE(same(start));
  Program least = minimize(start, same);
  ASSERT_EQ(least.operations.size(), 1u);
  ASSERT_EQ(least.schedule.size(), 1u);
  EXPECT_EQ(print_operation(least, least.operations[0]), "t1: kfree_rcu(o0) [fail_nth=1]");
  EXPECT_EQ(print_record(least, least.schedule[0]), "preempt t1 op0 operation@0x" + [] {
    char text[24];
    snprintf(text, sizeof(text), "%04x #0 -> grace_period", point_name_hash("f"));
    return std::string(text);
  }());
}

TEST(Minimize, IsDeterministic) {
  MinimizeStats first, second;
  Program start = noisy(9);
  EXPECT_EQ(minimize(start, destroy_in_flight, {}, &first),
            minimize(start, destroy_in_flight, {}, &second));
  EXPECT_EQ(first.tries, second.tries);
  EXPECT_EQ(first.successes, second.successes);
}

TEST(Minimize, NeverAsksTwiceForWhatItHasAndOnlyForNormalizedPrograms) {
  Program best = noisy(11);
  minimize(best, [&](const Program &p) {
    EXPECT_TRUE(is_normalized(p));
    EXPECT_NE(p, best);
    bool same = destroy_in_flight(p);
    if (same) best = p;
    return same;
  });
}

TEST(Minimize, BudgetEndsTheSearchWithTheBestSoFar) {
  Program start = noisy(12);
  MinimizeStats stats;
  MinimizeBudget tries{.max_tries = 7, .out_of_time = nullptr};
  Program some = minimize(start, destroy_in_flight, tries, &stats);
  EXPECT_EQ(stats.tries, 7u);
  EXPECT_FALSE(stats.complete);
  EXPECT_TRUE(destroy_in_flight(some));

  unsigned asked = 0;
  MinimizeBudget time{.max_tries = 10000, .out_of_time = [&] { return ++asked > 3; }};
  some = minimize(start, destroy_in_flight, time, &stats);
  EXPECT_EQ(stats.tries, 3u);
  EXPECT_FALSE(stats.complete);
  EXPECT_TRUE(destroy_in_flight(some));
}

TEST(Minimize, AFindingThatNothingElseShowsStaysAsItIs) {
  Program start = noisy(13);
  Program kept = minimize(start, [&](const Program &p) { return p == start; });
  EXPECT_EQ(kept, start);
}

TEST(Minimize, AFindingThatEverythingShowsBecomesTheEmptyProgram) {
  Program least = minimize(noisy(14), [](const Program &) { return true; });
  Program empty;
  empty.strategy = StrategyKind::kExplicit;
  EXPECT_EQ(least, empty);
}

TEST(Minimize, BytesScheduleLosesRecordsAndPlainlySaysSoWhenNoneIsLeft) {
  Program start = generate(20);
  ASSERT_EQ(start.strategy, StrategyKind::kBytes);
  start.operations.push_back({OpCode::kSleep, 0, 0, 0, 501, 0, 0});
  start.schedule.push_back(ScheduleRecord{.operation = 44, .to = 3});
  auto sleeps = [](const Program &p) {
    for (const Operation &op : p.operations) {
      if (op.code == OpCode::kSleep && op.arg > 500) return true;
    }
    return false;
  };
  auto with_record = [&](const Program &p) {
    for (const ScheduleRecord &record : p.schedule) {
      if (record.operation == 44) return sleeps(p);
    }
    return false;
  };
  Program least = minimize(start, with_record);
  EXPECT_EQ(least.schedule.size(), 1u);
  EXPECT_EQ(least.schedule[0].to, 0);
  EXPECT_EQ(least.strategy, StrategyKind::kBytes);
  least = minimize(start, sleeps);
  EXPECT_EQ(least.schedule.size(), 0u);
  EXPECT_EQ(least.strategy, StrategyKind::kExplicit);
  ASSERT_EQ(least.operations.size(), 1u);
  EXPECT_EQ(print_operation(least, least.operations[0]), "t1: schedule_timeout(600)");
}

}  // namespace
}  // namespace slabbed::fuzz
