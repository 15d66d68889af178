// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// The judge never reports a correct run, and reports each of the fourteen planted bugs.
// Method: thousands of random interleavings of an abstract allocator (abstract_run.h), correct or
// with one fault; the rules that a fault may be found by are those of RULES.md.
#include <cstdio>
#include <ostream>
#include <string>
#include <vector>

#include "conformance/oracle/judge.h"
#include "conformance/tests/abstract_run.h"
#include "conformance/trace/print.h"
#include "gtest/gtest.h"

namespace slabbed::conf {
namespace {

constexpr Generation kGenerations[] = {Generation::kAsync, Generation::kLegacy, Generation::kSync};

TEST(Soundness, CorrectRunsAreClean) {
  Judge judge;
  for (Generation generation : kGenerations) {
    for (uint64_t seed = 1; seed <= 3000; ++seed) {
      Trace trace = AbstractRun(seed, generation, Fault::kNone).run();
      Verdict verdict = judge.judge(trace);
      ASSERT_TRUE(verdict.clean())
          << rule_id(verdict.rule) << " at event " << verdict.event << " of seed " << seed
          << ", generation " << static_cast<int>(generation) << ": " << verdict.explanation << "\n"
          << print_trace(trace, Objects::kByName);
    }
  }
}

// The runs above would prove little if they did little.
TEST(Soundness, CorrectRunsReachEveryState) {
  std::vector<unsigned> seen(kEventKinds, 0);
  unsigned finished = 0, aliases_of_leaked = 0, failures = 0;
  for (Generation generation : kGenerations) {
    for (uint64_t seed = 1; seed <= 500; ++seed) {
      Trace trace = AbstractRun(seed, generation, Fault::kNone).run();
      for (const Event &event : trace.events) {
        ++seen[static_cast<unsigned>(event.kind)];
        aliases_of_leaked += event.kind == EventKind::kCacheAlias && event.a == 1;
        failures += event.kind == EventKind::kReturn && (event.flags & kFaultInjected) != 0;
        finished += event.kind == EventKind::kEnd;
      }
    }
  }
  for (EventKind kind :
       {EventKind::kAlloc, EventKind::kFree, EventKind::kKfreeRcu, EventKind::kReclaimed,
        EventKind::kSlabFree, EventKind::kCacheAlias, EventKind::kCacheCreateFailed,
        EventKind::kCacheUnref, EventKind::kCacheDying, EventKind::kCacheLinger,
        EventKind::kCacheLeaked, EventKind::kCacheReleased, EventKind::kLeakedObject}) {
    EXPECT_GE(seen[static_cast<unsigned>(kind)], 100u) << static_cast<int>(kind);
  }
  EXPECT_GE(finished, 1400u);
  EXPECT_GE(aliases_of_leaked, 10u);
  EXPECT_GE(failures, 100u);
}

struct Planted {
  const char *name;
  Fault fault;
  Generation generation;
  std::string rule;               // finds it, and most often this one
  std::vector<std::string> also;  // what else the damage may break first; "*": anything
};

void PrintTo(const Planted &planted, std::ostream *out) { *out << planted.name; }

class PlantedFault : public testing::TestWithParam<Planted> {};

TEST_P(PlantedFault, IsFoundByItsRule) {
  const Planted &planted = GetParam();
  Judge judge;
  unsigned by_rule = 0, by_others = 0;
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    Trace trace = AbstractRun(seed, planted.generation, planted.fault).run();
    Verdict verdict = judge.judge(trace);
    if (verdict.clean()) continue;
    bool own = planted.rule == rule_id(verdict.rule);
    by_rule += own;
    by_others += !own;
    bool expected = own;
    for (const std::string &rule : planted.also) {
      expected |= rule == "*" || rule == rule_id(verdict.rule);
    }
    ASSERT_TRUE(expected) << rule_id(verdict.rule) << " at event " << verdict.event << " of seed "
                          << seed << ": " << verdict.explanation << "\n"
                          << print_trace(trace, Objects::kByName);
  }
  std::printf("%u of 500 runs by %s, %u by others\n", by_rule, planted.rule.c_str(), by_others);
  EXPECT_GE(by_rule, 25u);
  EXPECT_GE(by_rule, by_others);
}

constexpr Generation kA = Generation::kAsync, kL = Generation::kLegacy;
INSTANTIATE_TEST_SUITE_P(
    Fourteen, PlantedFault,
    testing::Values(
        Planted{"DestroyTrustsRcuBarrier",
                Fault::kDestroyTrustsRcuBarrier,
                kA,
                "DESTROY-3",
                {"DESTROY-7"}},  // the page of a TYPESAFE cache waits, too
        Planted{"GracePeriodSkipped", Fault::kGracePeriodSkipped, kA, "RCU-1", {"TYPESAFE-1"}},
        Planted{"BatchLost", Fault::kBatchLost, kA, "BATCH-2", {"BATCH-4", "DESTROY-3"}},
        Planted{"PartialBatchMissed", Fault::kPartialBatchMissed, kA, "BATCH-2", {}},
        Planted{"OldGracePeriod", Fault::kOldGracePeriod, kA, "RCU-3", {"TYPESAFE-1"}},
        Planted{"RefcountBelowZero", Fault::kRefcountBelowZero, kA, "MERGE-1", {}},
        Planted{"NameFreedLate", Fault::kNameFreedLate, kA, "NAME-1", {"NAME-2"}},
        Planted{"ReleasedTwice", Fault::kReleasedTwice, kA, "DESTROY-6", {}},
        Planted{"SlabsOffByOne", Fault::kSlabsOffByOne, kA, "COUNT-1", {}},
        Planted{"HandedOutTwice", Fault::kHandedOutTwice, kA, "ALLOC-1", {"*"}},
        Planted{"TypesafePageEarly", Fault::kTypesafePageEarly, kA, "TYPESAFE-1", {}},
        Planted{"TimerNotArmed", Fault::kTimerNotArmed, kA, "BATCH-4", {}},
        Planted{"SheafIntoDyingBarn", Fault::kSheafIntoDyingBarn, kL, "COUNT-6", {}},
        Planted{"NoSecondFlush", Fault::kNoSecondFlush, kA, "DESTROY-3", {"DESTROY-4"}}),
    [](const auto &fault) { return std::string(fault.param.name); });

}  // namespace
}  // namespace slabbed::conf
