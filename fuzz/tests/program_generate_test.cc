// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// program_generate_test.cc - goal: generated programs are interesting, not only valid. Method:
// count over many seeds what the bugs need: caches created before use, objects in flight at
// a destroy, readers open over a replacement, names used again.
#include "fuzz/program/generate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fuzz/program/codec.h"
#include "fuzz/program/normalize.h"
#include "fuzz/program/random.h"

namespace slabbed::fuzz {
namespace {

constexpr unsigned kSeeds = 2000;

uint32_t checksum(const Program &program) {
  uint32_t hash = 2166136261u;
  for (uint8_t byte : encode(program)) hash = (hash ^ byte) * 16777619u;
  return hash;
}

TEST(Generate, ProgramsAreNormalizedBoundedAndDifferent) {
  std::vector<uint32_t> sums;
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    Program p = generate(seed);
    ASSERT_TRUE(is_normalized(p));
    ASSERT_LE(p.operations.size(), GenerateOptions().max_operations);
    sums.push_back(checksum(p));
  }
  std::sort(sums.begin(), sums.end());  // total order
  EXPECT_EQ(std::unique(sums.begin(), sums.end()), sums.end());
}

TEST(Generate, SameSeedGivesTheSameProgramUnderEveryCompiler) {
  uint32_t all = 0;
  for (unsigned seed = 0; seed < 200; ++seed) {
    ASSERT_EQ(generate(seed), generate(seed));
    all = all * 31 + checksum(generate(seed));
  }
  EXPECT_EQ(all, 2811882647u) << "if the generator was changed on purpose, commit this number";
}

TEST(Generate, OptionsAreHeld) {
  GenerateOptions options;
  for (StrategyKind kind : {StrategyKind::kBytes, StrategyKind::kExplicit, StrategyKind::kRandom}) {
    options.strategy = kind;
    options.max_operations = 12;
    unsigned scheduled = 0;
    for (unsigned seed = 0; seed < 100; ++seed) {
      Program p = generate(seed, options);
      EXPECT_EQ(p.strategy, kind);
      EXPECT_LE(p.operations.size(), 12u);
      scheduled += kind == StrategyKind::kRandom ? p.seed != 0 : !p.schedule.empty();
    }
    EXPECT_GT(scheduled, 50u);
  }
}

// What is worth seeing in a program, walked in list order.
struct Interest {
  unsigned used_caches_created = 0, used_caches_missing = 0;
  bool destroy_in_flight = false, name_used_again = false, replaced_under_reader = false,
       drain_waited = false, several_threads = false;
};

Interest look_at(const Program &p) {
  Interest seen;
  bool created[kMaxCaches] = {}, destroyed_name[kCacheNames] = {}, in_flight = false;
  unsigned name_of[kMaxCaches] = {}, readers = 0;
  for (const Operation &op : p.operations) {
    if (op.thread > 0) seen.several_threads = true;
    switch (op.code) {
      case OpCode::kCacheCreate:
        created[op.cache] = true;
        name_of[op.cache] = op.slot;
        seen.name_used_again |= destroyed_name[op.slot];
        break;
      case OpCode::kAlloc: case OpCode::kAllocBulk:
        ++(created[op.cache] ? seen.used_caches_created : seen.used_caches_missing);
        break;
      case OpCode::kKfreeRcu: in_flight = true; break;
      case OpCode::kKvfreeRcuBarrier: in_flight = false; break;
      case OpCode::kReadLock: ++readers; break;
      case OpCode::kReadUnlock: readers -= readers > 0; break;
      case OpCode::kReplaceKfreeRcu: case OpCode::kReplaceCallRcu:
        seen.replaced_under_reader |= readers > 0;
        break;
      case OpCode::kSleep: seen.drain_waited |= in_flight && op.arg > 500; break;
      case OpCode::kCacheDestroy:
        if (!created[op.cache]) break;
        seen.destroy_in_flight |= in_flight;
        destroyed_name[name_of[op.cache]] = true;
        created[op.cache] = false;
        break;
      default: break;
    }
  }
  return seen;
}

TEST(Generate, ProgramsContainWhatTheBugsNeed) {
  unsigned created = 0, missing = 0, in_flight = 0, again = 0, under_reader = 0, drained = 0,
           threads = 0;
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    Interest seen = look_at(generate(seed));
    created += seen.used_caches_created;
    missing += seen.used_caches_missing;
    in_flight += seen.destroy_in_flight;
    again += seen.name_used_again;
    under_reader += seen.replaced_under_reader;
    drained += seen.drain_waited;
    threads += seen.several_threads;
  }
  RecordProperty("destroy_in_flight", static_cast<int>(in_flight));
  EXPECT_GT(created, 8 * missing);
  EXPECT_GT(in_flight, kSeeds / 4);
  EXPECT_GT(again, kSeeds / 5);
  EXPECT_GT(under_reader, kSeeds / 10);
  EXPECT_GT(drained, kSeeds / 10);
  EXPECT_GT(threads, kSeeds / 2);
}

TEST(Generate, EveryOperationKindComesUp) {
  unsigned count[static_cast<unsigned>(OpCode::kCount)] = {};
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    for (const Operation &op : generate(seed).operations) ++count[static_cast<unsigned>(op.code)];
  }
  for (unsigned code = 1; code < static_cast<unsigned>(OpCode::kCount); ++code) {
    EXPECT_GT(count[code], 100u) << "operation " << code;
  }
}

TEST(Random, SequenceIsTheSameEverywhereAndBoundsHold) {
  Random random(0);
  EXPECT_EQ(random.next(), 0xe220a8397b1dcdafu);  // SplitMix64's first output for seed 0
  unsigned seen[5] = {};
  for (int i = 0; i < 5000; ++i) ++seen[random.below(5)];
  for (unsigned n : seen) EXPECT_NEAR(n, 1000, 150);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_LE(random.skewed(5), 5u);
    EXPECT_EQ(random.skewed(0), 0u);
    unsigned between = random.between(3, 4);
    EXPECT_TRUE(between == 3 || between == 4);
  }
}

}  // namespace
}  // namespace slabbed::fuzz
