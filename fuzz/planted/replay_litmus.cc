// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// replay_litmus.cc - runs litmus programs under many schedules and holds each run against what the
// file expects: its own schedule, the default order, random seeds, schedules made of bytes, and all
// of that with and without store buffers.
//
//   litmus [--seeds N] FILE.slab|DIR…     exit status: 0 as expected, 1 not, 2 usage or unreadable
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "fuzz/exec/report.h"
#include "fuzz/exec/sim_run.h"
#include "fuzz/exec/unit.h"
#include "fuzz/program/draw_schedule.h"
#include "fuzz/program/random.h"

namespace slabbed::fuzz {
namespace {

constexpr unsigned kScheduleRecords = 24;

// One way to run a program.
Program variant(const Program &base, StrategyKind strategy, unsigned seed, bool store_buffers) {
  Program program = base;
  program.strategy = strategy;
  program.schedule.clear();
  program.seed = 0;
  program.store_buffers = store_buffers;
  if (strategy == StrategyKind::kRandom) program.seed = seed;
  if (strategy != StrategyKind::kBytes) return program;
  Random random(seed);
  for (unsigned i = 0; i < kScheduleRecords; ++i) {
    program.schedule.push_back(draw_record(&random, program));
  }
  return program;
}

class Litmus {
 public:
  Litmus(const std::string &name, const TextProgram &text) : name_(name), text_(text) {}

  bool run_all(SimRunner *runner, unsigned seeds) {
    if (!run(runner, text_.program)) return false;
    for (bool store_buffers : {false, true}) {
      if (!run(runner, variant(text_.program, StrategyKind::kExplicit, 0, store_buffers)) ||
          !run_seeds(runner, StrategyKind::kRandom, seeds, store_buffers) ||
          !run_seeds(runner, StrategyKind::kBytes, seeds / 4, store_buffers)) {
        return false;
      }
    }
    std::printf("%s: %u executions as expected\n", name_.c_str(), executions_);
    return true;
  }

 private:
  bool run_seeds(SimRunner *runner, StrategyKind strategy, unsigned seeds, bool store_buffers) {
    for (unsigned seed = 1; seed <= seeds; ++seed) {
      if (!run(runner, variant(text_.program, strategy, seed, store_buffers))) return false;
    }
    return true;
  }

  bool run(SimRunner *runner, const Program &program) {
    const RunResult &result = runner->run(program);
    executions_++;
    std::string why;
    if (as_expected(text_, result, &why)) return true;
    std::printf("%s: %s, in execution %u\n", name_.c_str(), why.c_str(), executions_);
    std::fputs(finding_report(with_schedule(program, result), result, "sim", "").c_str(), stdout);
    return false;
  }

  const std::string &name_;
  const TextProgram &text_;
  unsigned executions_ = 0;
};

int main_with(const std::vector<std::string> &words) {
  unsigned seeds = 2000;
  std::vector<std::string> files;
  bool good = true;
  for (size_t i = 0; i < words.size() && good; ++i) {
    if (words[i] == "--seeds" && i + 1 < words.size()) {
      seeds = static_cast<unsigned>(std::strtoul(words[++i].c_str(), nullptr, 10));
    } else {
      good = words[i][0] != '-' && list_files(words[i], &files);
    }
  }
  if (!good || files.empty()) {
    std::fprintf(stderr, "usage: litmus [--seeds N] FILE.slab|DIR…\n");
    return 2;
  }
  SimRunner runner;
  int status = 0;
  for (const std::string &file : files) {
    std::vector<uint8_t> bytes;
    TextProgram text;
    std::string error = file + ": cannot read it";
    if (!read_file(file, &bytes) ||
        !load_unit(bytes.data(), bytes.size(), file, &text, &error)) {
      std::fprintf(stderr, "litmus: %s\n", error.c_str());
      return 2;
    }
    if (!Litmus(file, text).run_all(&runner, seeds)) status = 1;
    std::fflush(stdout);
  }
  return status;
}

}  // namespace
}  // namespace slabbed::fuzz

int main(int argc, char **argv) {
  return slabbed::fuzz::main_with(std::vector<std::string>(argv + 1, argv + argc));
}
