// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// Who runs when: the default order, preemptions, and their record.
#include "fuzz/tests/sched_bed.h"
#include "port/atomic.h"
#include "port/mutex.h"

namespace slabbed::sched {
namespace {

port::Atomic<unsigned> cell;

// A body of `n` operations, each one yield point and a note.
Body counts(const char *name, int n) {
  return [=] {
    for (int i = 0; i < n; i++) {
      cell.fetch_add_acq_rel(1);
      note(name + std::to_string(i));
    }
  };
}

TEST(SchedOrder, WithoutPreemptionsThreadsRunToTheirEndInOrder) {
  Bed bed;
  bed.threads = {counts("a", 2), counts("b", 2)};
  Result r = bed.run();
  EXPECT_EQ(r.outcome, Outcome::kFinished);
  EXPECT_EQ(r.log, (Lines{"a0", "a1", "b0", "b1"}));
  EXPECT_TRUE(r.taken.empty());
}

TEST(SchedOrder, ARecordSwitchesAfterItsGap) {
  // Points: init's start, t1's start, a0 | a1 is announced, and there t2 runs instead.
  Bed bed;
  bed.threads = {counts("a", 2), counts("b", 2)};
  Result r = bed.run({{3, 0}});
  EXPECT_EQ(r.log, (Lines{"a0", "b0", "b1", "a1"}));
  ASSERT_EQ(r.taken.size(), 1u);
  EXPECT_EQ(r.taken[0].thread, 1);
  EXPECT_EQ(r.taken[0].kind, PointKind::kRmw);
  EXPECT_EQ(r.taken[0].name, name_hash("operator()"));
  EXPECT_EQ(r.taken[0].occurrence, 1);
  EXPECT_EQ(r.taken[0].to, 2);
}

TEST(SchedOrder, TheGapCountsThePointsOfAllFibers) {
  Bed bed;
  bed.threads = {counts("a", 1), counts("b", 1), counts("c", 2)};
  // init, t1: start, a0, exit; t2: start, b0, exit; t3: start, c0 | c1: others are none.
  Result r = bed.run({{2, 1}, {2, 0}});
  // At a0 the second of {t2, t3} runs; at its second point, c1, the lowest other one: t1.
  EXPECT_EQ(r.log, (Lines{"c0", "a0", "b0", "c1"}));
}

TEST(SchedOrder, APickIsTakenModuloTheOthers) {
  Bed bed;
  bed.threads = {counts("a", 2), counts("b", 1), counts("c", 1)};
  EXPECT_EQ(bed.run({{3, 1}}).log, bed.run({{3, 201}}).log);
  EXPECT_EQ(bed.run({{3, 0}}).log, bed.run({{3, 200}}).log);
  EXPECT_NE(bed.run({{3, 0}}).log, bed.run({{3, 1}}).log);
}

TEST(SchedOrder, RecordsBeyondTheEndOfTheRunMeanNothing) {
  Bed bed;
  bed.threads = {counts("a", 2), counts("b", 2)};
  EXPECT_TRUE(bed.run({{60000, 3}, {1, 1}}).taken.empty());
}

TEST(SchedOrder, OccurrencesStartAnewWithEachOperation) {
  Bed bed;
  bed.threads = {[] {
                   for (unsigned op = 0; op < 3; op++) {
                     operation(op, 0);
                     cell.fetch_add_acq_rel(1);
                     cell.fetch_add_acq_rel(1);
                     note("a" + std::to_string(op));
                   }
                 },
                 counts("b", 1)};
  // init, start, (op, rmw, rmw), (op, rmw, | rmw)
  Result r = bed.run({{7, 0}});
  EXPECT_EQ(r.log, (Lines{"a0", "b0", "a1", "a2"}));
  ASSERT_EQ(r.taken.size(), 1u);
  EXPECT_EQ(r.taken[0].operation, 1);
  EXPECT_EQ(r.taken[0].occurrence, 1);
}

TEST(SchedOrder, OccurrencesOutlastALogThatIsFolded) {
  Bed bed;
  bed.threads = {[] {
                   for (int i = 0; i < 20000; i++) {
                     cell.load_relaxed();
                     if (i % 2) cell.fetch_add_acq_rel(1);
                   }
                   note("a");
                 },
                 counts("b", 1)};
  // init, start, then three points for two rounds: 15000 rounds | load 15000.
  Result r = bed.run({{2 + 22500, 0}});
  EXPECT_EQ(r.log, (Lines{"b0", "a"}));
  ASSERT_EQ(r.taken.size(), 1u);
  EXPECT_EQ(r.taken[0].kind, PointKind::kLoad);
  EXPECT_EQ(r.taken[0].occurrence, 15000);
}

TEST(SchedOrder, EveryStepCounts) {
  Bed bed;
  bed.threads = {counts("a", 5)};
  uint32_t five = bed.run().steps;
  bed.threads = {counts("a", 9)};
  EXPECT_EQ(bed.run().steps, five + 4);
  // A preemption changes the order of the steps and adds none.
  bed.threads = {counts("a", 5), counts("b", 5)};
  EXPECT_EQ(bed.run().steps, bed.run({{4, 0}}).steps);
}

TEST(SchedOrder, RandomRunsDifferBySeedAndRepeatByIt) {
  Bed bed;
  bed.threads = {counts("a", 20), counts("b", 20), counts("c", 20)};
  std::vector<Lines> logs;
  for (uint64_t seed = 0; seed < 20; seed++) {
    logs.push_back(bed.run_random(seed).log);
    EXPECT_EQ(bed.run_random(seed).log, logs.back());
  }
  unsigned distinct = 0;
  for (size_t i = 1; i < logs.size(); i++) distinct += logs[i] != logs[0];
  EXPECT_GE(distinct, 15u);
}

TEST(SchedOrder, RandomRunsReachEveryOrderOfThreeThreads) {
  Bed bed;
  bed.check_replay = false;
  bed.threads = {counts("a", 1), counts("b", 1), counts("c", 1)};
  std::vector<Lines> seen;
  for (uint64_t seed = 0; seed < 500; seed++) {
    Lines log = bed.run_random(seed).log;
    bool is_new = true;
    for (const Lines &known : seen) is_new = is_new && known != log;
    if (is_new) seen.push_back(log);
  }
  EXPECT_EQ(seen.size(), 6u);
}

TEST(SchedOrder, ForcedChoicesAreRecordedWhenTheyDeviate) {
  // Random seeds choose freely where t1 ends; replay inside Bed::run proves that it was recorded.
  Bed bed;
  bed.threads = {counts("a", 1), counts("b", 1), counts("c", 1), counts("d", 1)};
  bool seen = false;
  for (uint64_t seed = 0; seed < 50; seed++) {
    for (const Preemption &p : bed.run_random(seed).taken) {
      seen = seen || p.kind == PointKind::kBlocked;
    }
  }
  EXPECT_TRUE(seen);
}

TEST(SchedOrder, AStepThatNoLongerExistsIsSkippedAndCounted) {
  Bed bed;
  bed.threads = {counts("a", 4), counts("b", 2)};
  Result r = bed.run({{5, 0}, {1, 0}});
  ASSERT_EQ(r.taken.size(), 2u);
  bed.check_replay = false;
  bed.threads[0] = counts("a", 2);  // the first preemption's point was a3
  ReplayStrategy replay(r.taken);
  Result shorter = bed.run(replay);
  EXPECT_EQ(replay.skipped(), 2u);
  EXPECT_EQ(shorter.log, (Lines{"a0", "a1", "b0", "b1"}));
}

TEST(SchedOrder, ReplayDoesNotDependOnTheOrderOfItsList) {
  Bed bed;
  bed.threads = {counts("a", 8), counts("b", 8), counts("c", 8)};
  Result r = bed.run({{4, 0}, {3, 1}, {5, 0}, {2, 1}});
  ASSERT_EQ(r.taken.size(), 4u);
  std::vector<Preemption> reversed(r.taken.rbegin(), r.taken.rend());
  ReplayStrategy replay(reversed);
  EXPECT_EQ(bed.run(replay).log, r.log);
  EXPECT_EQ(replay.skipped(), 0u);
}

TEST(SchedOrder, NamesHashAlikeWhateverTheCompilerAppends) {
  EXPECT_EQ(name_hash("refill<int>"), name_hash("refill"));
  EXPECT_NE(name_hash("refill"), name_hash("refuel"));
  EXPECT_EQ(name_hash("kmem_cache_alloc"), 18937);
}

TEST(SchedOrder, TheStepBoundIsAVerdict) {
  Bed bed;
  bed.options.step_bound = 1000;
  bed.threads = {[] {
    for (;;) cell.load_acquire();
  }};
  Result r = bed.run();
  EXPECT_EQ(r.outcome, Outcome::kStepBound);
  EXPECT_EQ(r.steps, 1000u);
  EXPECT_EQ(r.report, "init waits for the program threads\nt1 could go on\n");
}

TEST(SchedOrder, AStrategyThatAnswersNonsenseGetsTheDefault) {
  struct Nonsense final : Strategy {
    void begin() override {}
    uint32_t quiet_steps() override { return 0; }
    unsigned pick(const Choice &) override { return 200; }
  } nonsense;
  Bed bed;
  bed.threads = {counts("a", 2), counts("b", 2)};
  Result r = bed.run(nonsense);
  EXPECT_EQ(r.log, (Lines{"a0", "a1", "b0", "b1"}));
  EXPECT_TRUE(r.taken.empty());
}

TEST(SchedOrder, AStrategySeesTheSortedChoiceAndTheStepsIdentity) {
  struct Watcher final : Strategy {
    unsigned points = 0;
    void begin() override {}
    uint32_t quiet_steps() override { return 0; }
    unsigned pick(const Choice &choice) override {
      points++;
      for (unsigned i = 1; i < choice.runnable_count; i++) {
        EXPECT_LT(choice.runnable[i - 1], choice.runnable[i]);
      }
      if (choice.kind == PointKind::kRmw) {
        EXPECT_STREQ(choice.name, "operator()");
        Preemption p = identify(choice, 7);
        EXPECT_EQ(p.thread, choice.current);
        EXPECT_EQ(p.occurrence, choice.occurrence());
        EXPECT_EQ(p.to, 7);
      }
      return choice.current;
    }
  } watcher;
  Bed bed;
  bed.check_replay = false;
  bed.threads = {counts("a", 3), counts("b", 3)};
  bed.run(watcher);
  EXPECT_EQ(watcher.points, 1u + 2 * (3 + 2) + 2);  // points, and where t1 starts and t1 ends
}

}  // namespace
}  // namespace slabbed::sched
