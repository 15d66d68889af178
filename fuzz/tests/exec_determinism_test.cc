// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// exec_determinism_test.cc - the same input gives the same trace, whatever ran before it, and a
// run's own schedule repeats the run. Across builds: hashes_agree.sh.
#include "fuzz/exec/sim_run.h"
#include "fuzz/program/codec.h"
#include "fuzz/program/generate.h"
#include "fuzz/program/random.h"
#include "fuzz/tests/exec_bed.h"

namespace slabbed::fuzz {
namespace {

constexpr unsigned kPrograms = 300;

Program generated(unsigned seed) {
  GenerateOptions options;
  options.strategy = seed % 2 == 0 ? StrategyKind::kRandom : StrategyKind::kBytes;
  return generate(seed, options);
}

TEST(Determinism, OneProgramAThousandTimesGivesOneHash) {
  SimRunner runner;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    Program program = generated(seed);
    uint64_t hash = runner.run(program).trace_hash;
    for (unsigned i = 0; i < 1000; ++i) ASSERT_EQ(runner.run(program).trace_hash, hash) << i;
  }
}

TEST(Determinism, NothingReachesTheNextInput) {
  std::vector<uint64_t> hashes;
  SimRunner runner;
  for (unsigned seed = 1; seed <= kPrograms; ++seed) {
    hashes.push_back(runner.run(generated(seed)).trace_hash);
  }
  std::vector<unsigned> order;
  for (unsigned seed = 1; seed <= kPrograms; ++seed) order.push_back(seed);
  Random random(7);
  for (unsigned round = 0; round < 2; ++round) {
    for (size_t i = order.size() - 1; i > 0; --i) {
      std::swap(order[i], order[random.below(static_cast<uint32_t>(i + 1))]);
    }
    for (unsigned seed : order) {
      ASSERT_EQ(runner.run(generated(seed)).trace_hash, hashes[seed - 1]) << "program " << seed;
    }
  }
}

TEST(Determinism, TwoRunnersInOneProcessAgree) {
  SimRunner first, second;
  for (unsigned seed = 1; seed <= 50; ++seed) {
    uint64_t hash = first.run(generated(seed)).trace_hash;
    EXPECT_EQ(second.run(generated(seed)).trace_hash, hash);
  }
}

TEST(Determinism, ARunsOwnScheduleRepeatsIt) {
  SimRunner runner;
  unsigned preempted = 0;
  for (unsigned seed = 1; seed <= kPrograms; ++seed) {
    Program program = generated(seed);
    const RunResult &result = runner.run(program);
    uint64_t hash = result.trace_hash;
    preempted += !result.schedule.empty();
    const RunResult &again = runner.run(with_schedule(program, result));
    ASSERT_EQ(again.trace_hash, hash) << "program " << seed;
    ASSERT_EQ(again.skipped_preemptions, 0u) << "program " << seed;
  }
  EXPECT_GT(preempted, kPrograms / 2);
}

TEST(Determinism, AScheduleSurvivesBytesAndText) {
  SimRunner runner;
  for (unsigned seed = 1; seed <= 50; ++seed) {
    Program program = generated(seed);
    const RunResult &result = runner.run(program);
    uint64_t hash = result.trace_hash;
    Program recorded = with_schedule(program, result);
    std::vector<uint8_t> bytes = encode(recorded);
    EXPECT_EQ(runner.run(decode(bytes.data(), bytes.size())).trace_hash, hash);
    TextProgram parsed;
    std::string error;
    ASSERT_TRUE(parse_text(print_program(recorded), "printed", &parsed, &error)) << error;
    EXPECT_EQ(runner.run(parsed.program).trace_hash, hash);
  }
}

TEST(Determinism, AnyBytesAreAProgramThatEnds) {
  SimRunner runner;
  Random random(11);
  for (unsigned i = 0; i < 300; ++i) {
    std::vector<uint8_t> bytes(random.below(i < 290 ? 400 : 4096));
    for (uint8_t &byte : bytes) byte = static_cast<uint8_t>(random.below(256));
    const RunResult &result = runner.run(decode(bytes.data(), bytes.size()));
    ASSERT_TRUE(result.clean()) << result.verdict.explanation;
  }
}

}  // namespace
}  // namespace slabbed::fuzz
