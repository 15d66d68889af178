// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "fuzz/cli/shrink.h"

#include <chrono>

#include "fuzz/cli/child.h"
#include "fuzz/cli/command.h"
#include "fuzz/cli/files.h"
#include "fuzz/exec/report.h"
#include "fuzz/program/codec.h"
#include "fuzz/program/minimize.h"

namespace slabbed::cli {
namespace {

using Clock = std::chrono::steady_clock;

fuzz::MinimizeBudget budget_of(double seconds) {
  auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                     std::chrono::duration<double>(seconds));
  fuzz::MinimizeBudget budget;
  budget.max_tries = 1000000;
  budget.out_of_time = [deadline] { return Clock::now() >= deadline; };
  return budget;
}

// In a child, in one process: thousands of tries a second.
std::string shrink_judged(const fuzz::Program &program, const std::string &wanted, double seconds,
                          unsigned *tries) {
  auto runner = make_runner();
  const fuzz::RunResult &first = runner->run(program);
  fuzz::Program start = program;
  if (first.trace.sim) {
    start.strategy = fuzz::StrategyKind::kExplicit;
    start.schedule = first.schedule;
  }
  fuzz::MinimizeStats stats;
  fuzz::Program small = fuzz::minimize(
      start,
      [&](const fuzz::Program &candidate) {
        const fuzz::RunResult &result = runner->run(candidate);
        return !result.clean() && fuzz::signature(candidate, result) == wanted;
      },
      budget_of(seconds), &stats);
  *tries = stats.tries;
  return bytes_of(small);
}

}  // namespace

Shrunk shrink(const fuzz::TextProgram &text, double seconds) {
  fuzz::TextProgram bare;
  bare.program = text.program;
  Shrunk result;
  result.program = text.program;
  result.outcome = run_in_child("", bare, false);
  if (result.outcome.expected) {
    result.reproduced = false;
    return result;
  }
  std::string wanted = result.outcome.signature;
  if (result.outcome.rule == "crash") {
    fuzz::MinimizeStats stats;
    result.program = fuzz::minimize(
        text.program,
        [&](const fuzz::Program &candidate) {
          bare.program = candidate;
          return run_in_child("", bare, false).signature == wanted;
        },
        budget_of(seconds), &stats);
    result.tries = stats.tries;
  } else {
    ChildResult child = in_child(
        [&] {
          unsigned tries = 0;
          std::string bytes = shrink_judged(text.program, wanted, seconds, &tries);
          return std::to_string(tries) + "\n" + bytes;
        },
        seconds + 30);
    size_t line = child.output.find('\n');
    if (child.returned && line != std::string::npos) {
      result.tries = static_cast<unsigned>(std::stoul(child.output));
      const auto *bytes = reinterpret_cast<const uint8_t *>(child.output.data()) + line + 1;
      result.program = fuzz::decode(bytes, child.output.size() - line - 1);
    }
  }
  bare.program = result.program;
  result.outcome = run_in_child("", bare, false);
  result.reproduced = result.outcome.signature == wanted;
  return result;
}

}  // namespace slabbed::cli
