// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// program_mutate_test.cc - goal: a mutated input is always a valid neighbouring program within the
// size limit, the same everywhere for the same seed. Method: properties over random inputs, and one
// committed number for the whole mutator.
#include "fuzz/program/mutate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fuzz/program/codec.h"
#include "fuzz/program/crossover.h"
#include "fuzz/program/generate.h"
#include "fuzz/program/normalize.h"
#include "fuzz/program/step_name.h"
#include "fuzz/tests/program_any.h"

namespace slabbed::fuzz {
namespace {

uint32_t fnv(uint32_t hash, const std::vector<uint8_t> &bytes) {
  for (uint8_t byte : bytes) hash = (hash ^ byte) * 16777619u;
  return hash;
}

TEST(Mutate, ResultIsANormalizedProgramWithinTheLimit) {
  Random random(10);
  for (uint32_t seed = 0; seed < 20000; ++seed) {
    std::vector<uint8_t> bytes = any_bytes(&random, 700);
    size_t size = bytes.size(), max_size = size + random.below(200);
    bytes.resize(max_size);
    size_t result = mutate_bytes(bytes.data(), size, max_size, seed);
    ASSERT_LE(result, max_size);
    bytes.resize(result);
    Program p = decode(bytes.data(), result);
    if (result >= kHeaderBytes) {
      ASSERT_EQ(encode(p), bytes);
    }
  }
}

TEST(Mutate, AnyLimitIsHeldEvenBelowAHeader) {
  for (size_t max_size = 0; max_size < 120; ++max_size) {
    std::vector<uint8_t> bytes(max_size, 0x5a);
    for (uint32_t seed = 0; seed < 50; ++seed) {
      size_t size = mutate_bytes(bytes.data(), max_size / 2, max_size, seed);
      ASSERT_LE(size, max_size);
      uint8_t *data = bytes.data();
      size = crossover_bytes(data, size, data, max_size, data, max_size, seed);
      ASSERT_LE(size, max_size);
    }
  }
}

TEST(Mutate, SameSeedGivesTheSameBytesUnderEveryCompiler) {
  uint32_t hash = 2166136261u;
  Program p = generate(1), q = generate(2);
  for (uint32_t seed = 0; seed < 3000; ++seed) {
    Random random(seed), again(seed);
    Program before = p;
    mutate(&p, &random);
    mutate(&before, &again);
    ASSERT_EQ(p, before);
    if (seed % 7 == 0) p = crossover(p, q, &random);
    if (seed % 50 == 0) p = generate(seed);
    trim(&p, 1500);
    hash = fnv(hash, encode(p));
  }
  EXPECT_EQ(hash, 2193319761u) << "if the mutator was changed on purpose, commit this number";
}

TEST(Mutate, MostMutationsChangeTheProgramALittle) {
  unsigned unchanged = 0, near = 0;
  for (uint32_t seed = 0; seed < 2000; ++seed) {
    Program before = generate(seed % 50), after = before;
    Random random(seed);
    mutate(&after, &random);
    unchanged += before == after;
    size_t a = before.operations.size(), b = after.operations.size();
    near += (a > b ? a - b : b - a) <= 16;
  }
  EXPECT_LT(unchanged, 100u);
  EXPECT_GT(near, 1700u);
}

TEST(Mutate, EmptyInputGrowsIntoAProgram) {
  std::vector<uint8_t> bytes(4096);
  size_t size = 0;
  for (uint32_t seed = 0; seed < 100; ++seed) size = mutate_bytes(bytes.data(), size, 4096, seed);
  EXPECT_GT(decode(bytes.data(), size).operations.size(), 20u);
}

TEST(Mutate, EveryKindOfOperationAndEveryBootParameterComesUp) {
  bool codes[static_cast<unsigned>(OpCode::kCount)] = {}, fault = false;
  unsigned destroy = 0, threads = 0;
  Program p;
  for (uint32_t seed = 0; seed < 4000; ++seed) {
    Random random(seed);
    mutate(&p, &random);
    trim(&p, 600);
    destroy |= 1u << static_cast<unsigned>(p.destroy);
    threads |= 1u << p.threads;
    for (const Operation &op : p.operations) {
      codes[static_cast<unsigned>(op.code)] = true;
      fault |= op.fail_nth != 0;
    }
  }
  for (unsigned code = 1; code < static_cast<unsigned>(OpCode::kCount); ++code) {
    EXPECT_TRUE(codes[code]) << "operation " << code;
  }
  EXPECT_TRUE(fault);
  EXPECT_EQ(destroy, 7u);
  EXPECT_EQ(threads, 0x1eu);
}

TEST(Mutate, ExplicitSeedsGrowIntoOtherSchedules) {
  // Goal: a corpus of hand-written programs does not hold the fuzzer to their one interleaving.
  unsigned bytes = 0, random_walks = 0;
  for (uint32_t seed = 0; seed < 1000; ++seed) {
    Program p;
    p.strategy = StrategyKind::kExplicit;
    p.operations.resize(5);
    Random random(seed);
    for (int i = 0; i < 10; ++i) mutate(&p, &random);
    bytes += p.strategy == StrategyKind::kBytes;
    random_walks += p.strategy == StrategyKind::kRandom;
  }
  EXPECT_GT(bytes, 300u);
  EXPECT_GT(random_walks, 50u);
}

TEST(Mutate, ExplicitRecordsKeepPointingToOperationsOfTheirThread) {
  GenerateOptions options;
  options.strategy = StrategyKind::kExplicit;
  unsigned records = 0, astray = 0;
  for (uint32_t seed = 0; seed < 1000; ++seed) {
    Program p = generate(seed, options);
    Random random(seed);
    mutate(&p, &random);
    for (const ScheduleRecord &record : p.schedule) {
      if (!is_program_thread(record.thread) || record.operation >= p.operations.size()) continue;
      ++records;
      // Moving an operation to another thread may leave a record behind; nothing else may.
      astray += p.operations[record.operation].thread + 1 != record.thread;
    }
  }
  EXPECT_GT(records, 1000u);
  EXPECT_LT(astray, records / 20);
}

TEST(Crossover, AnyTwoInputsHaveAValidChildWithinTheLimit) {
  Random random(11);
  for (uint32_t seed = 0; seed < 5000; ++seed) {
    std::vector<uint8_t> a = any_bytes(&random, 500), b = any_bytes(&random, 500);
    std::vector<uint8_t> out(random.below(600));
    size_t size = crossover_bytes(a.data(), a.size(), b.data(), b.size(), out.data(), out.size(),
                                  seed);
    ASSERT_LE(size, out.size());
    ASSERT_TRUE(is_normalized(decode(out.data(), size)));
  }
}

TEST(Trim, CutsTheScheduleFirstThenOperationsThenNames) {
  Program p = generate(3);
  p.names[0] = CacheName("long_name");
  p.schedule.resize(4);
  size_t operations = p.operations.size();
  trim(&p, encoded_size(p) - 4 * kRecordBytes - 1);
  EXPECT_EQ(p.schedule.size(), 0u);
  EXPECT_EQ(p.operations.size(), operations - 1);
  EXPECT_EQ(p.names[0].view(), "long_name");
  trim(&p, kHeaderBytes);
  EXPECT_EQ(p.operations.size(), 0u);
  EXPECT_EQ(p.names, kDefaultNames);
  EXPECT_EQ(encoded_size(p), kHeaderBytes);
}

}  // namespace
}  // namespace slabbed::fuzz
