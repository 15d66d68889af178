// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// program_crossover_test.cc - goal: a child is made of its parents' operations, in their order,
// with their preemptions still in place. Method: parents whose operations are told apart by an
// argument.
#include "fuzz/program/crossover.h"

#include <gtest/gtest.h>

#include "fuzz/program/generate.h"
#include "fuzz/program/normalize.h"
#include "fuzz/program/step_name.h"

namespace slabbed::fuzz {
namespace {

TEST(Crossover, ChildHasOperationsOfBothParentsAndKeepsTheirOrder) {
  Program a, b;
  a.strategy = b.strategy = StrategyKind::kExplicit;
  a.threads = b.threads = 2;
  for (unsigned i = 0; i < 40; ++i) {  // even arguments are a's, odd ones b's
    auto thread = static_cast<uint8_t>(i % 2);
    auto arg = static_cast<uint16_t>(2 * i);
    a.operations.push_back({OpCode::kSleep, thread, 0, 0, arg, 0, 0});
    b.operations.push_back({OpCode::kSleep, thread, 0, 0, static_cast<uint16_t>(arg + 1), 0, 0});
    ScheduleRecord record;
    record.thread = static_cast<uint8_t>(thread + 1);
    record.operation = static_cast<uint16_t>(i);
    record.occurrence = arg;
    record.to = 1;
    a.schedule.push_back(record);
    ++record.occurrence;
    b.schedule.push_back(record);
  }
  unsigned mixed = 0;
  for (uint32_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    Program child = crossover(a, b, &random);
    ASSERT_TRUE(is_normalized(child));
    int last[2] = {-1, -1};
    bool has[2] = {};
    for (const Operation &op : child.operations) {
      int parent = op.arg % 2;
      has[parent] = true;
      ASSERT_GT(op.arg, last[parent]);
      last[parent] = op.arg;
    }
    mixed += has[0] && has[1];
    ASSERT_EQ(child.schedule.size(), child.operations.size());
    for (const ScheduleRecord &record : child.schedule) {
      ASSERT_EQ(child.operations[record.operation].arg, record.occurrence);
    }
  }
  EXPECT_GT(mixed, 400u);
}

TEST(Crossover, IsTheSameForTheSameSeedAndNormalizedForAnyParents) {
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    Program a = generate(seed), b = generate(seed + 5000);
    Random random(seed), again(seed);
    Program child = crossover(a, b, &random);
    ASSERT_TRUE(is_normalized(child));
    ASSERT_EQ(child, crossover(a, b, &again));
    ASSERT_EQ(child.threads, std::max(a.threads, b.threads));
  }
}

TEST(Crossover, ScheduleOfAnotherStrategyIsLeftOut) {
  GenerateOptions options;
  options.strategy = StrategyKind::kRandom;
  Program bytes = generate(1), random_walk = generate(2, options);
  bytes.schedule.assign(5, ScheduleRecord{.operation = 1, .to = 1});
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    Program child = crossover(bytes, random_walk, &random);
    if (child.strategy == StrategyKind::kRandom) {
      EXPECT_TRUE(child.schedule.empty());
      EXPECT_EQ(child.seed, random_walk.seed);
    } else {
      EXPECT_EQ(child.schedule, bytes.schedule);
    }
  }
}

TEST(Crossover, TwoFullProgramsGiveAFullProgramAtMost) {
  Program full;
  full.operations.resize(kMaxOperations);
  full.schedule.resize(kMaxSchedule);
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    Program child = crossover(full, full, &random);
    EXPECT_LE(child.operations.size(), kMaxOperations);
    EXPECT_LE(child.schedule.size(), kMaxSchedule);
  }
}

TEST(Crossover, WithAnEmptyProgramGivesAPartOfTheOther) {
  Program empty, other = generate(3);
  empty.threads = 1;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    Program child = crossover(empty, other, &random);
    EXPECT_LE(child.operations.size(), other.operations.size());
    EXPECT_EQ(child.threads, other.threads);
  }
}

}  // namespace
}  // namespace slabbed::fuzz
