// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// runner_main.cc - the smallest program around a sim world: for planted copies of the allocator,
// where nothing is wanted but the answer whether a bug is found, by which rule, after how much work.
//
//   slabbed_runner FILE…                              one line per file: its verdict
//   slabbed_runner --hunt RULE --budget N [--seed S] [FILE…]
//       runs up to N programs: those of the files first, each under its own schedule, then each
//       under random schedules in turn with programs made from the seed. Deterministic.
//
// Exit status: 0 every file as expected / RULE found, 1 not, 2 usage, 3 internal. RULE may be CRASH:
// the process dies of a sanitizer's report or of a signal.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "fuzz/exec/report.h"
#include "fuzz/exec/sim_run.h"
#include "fuzz/exec/unit.h"
#include "fuzz/program/generate.h"

namespace {

using namespace slabbed::fuzz;

struct Hunt {
  std::string rule;
  unsigned long budget = 0;
  uint32_t seed = 1;
  std::vector<TextProgram> programs;
};

int usage() {
  std::fprintf(stderr,
               "usage: slabbed_runner FILE…\n"
               "       slabbed_runner --hunt RULE --budget N [--seed S] [FILE…]\n");
  return 2;
}

// The i-th program of the hunt.
Program candidate(const Hunt &hunt, unsigned long i) {
  if (i < hunt.programs.size()) return hunt.programs[i].program;
  unsigned long turn = i - hunt.programs.size();
  uint32_t seed = hunt.seed + static_cast<uint32_t>(turn);
  if (turn % 2 == 0 && !hunt.programs.empty()) {
    Program program = hunt.programs[turn / 2 % hunt.programs.size()].program;
    program.strategy = StrategyKind::kRandom;
    program.schedule.clear();
    program.seed = seed;
    return program;
  }
  return generate(seed);
}

// In a child, so that a crash is an answer too. Return: exit status as for main().
int hunt_here(const Hunt &hunt) {
  SimRunner runner;
  for (unsigned long i = 0; i < hunt.budget; ++i) {
    Program program = candidate(hunt, i);
    const RunResult &result = runner.run(program);
    if (result.clean()) continue;
    bool right = rule_name(result) == hunt.rule;
    std::printf("%s after %lu executions\n", rule_name(result).c_str(), i + 1);
    std::fputs(finding_report(program, result, "sim", "").c_str(), stdout);
    std::fflush(stdout);
    if (right) return 0;
    return 1;
  }
  std::printf("nothing found in %lu executions\n", hunt.budget);
  std::fflush(stdout);
  return 1;
}

int hunt_in_child(const Hunt &hunt) {
  std::fflush(stdout);
  pid_t child = fork();
  if (child < 0) return 3;
  if (child == 0) _exit(hunt_here(hunt));
  int status = 0;
  if (waitpid(child, &status, 0) != child) return 3;
  bool answered = WIFEXITED(status) && WEXITSTATUS(status) <= 1;
  if (answered) return WEXITSTATUS(status);
  std::printf("the process died: CRASH\n");
  return hunt.rule == "CRASH" ? 0 : 1;
}

int run_files(const std::vector<TextProgram> &programs, const std::vector<std::string> &names) {
  SimRunner runner;
  int status = 0;
  for (size_t i = 0; i < programs.size(); ++i) {
    const RunResult &result = runner.run(programs[i].program);
    std::string why;
    bool right = as_expected(programs[i], result, &why);
    if (!right) status = 1;
    std::printf("%s %s %016llx%s%s\n", names[i].c_str(), rule_name(result).c_str(),
                static_cast<unsigned long long>(result.trace_hash), right ? "" : " - ", why.c_str());
  }
  return status;
}

}  // namespace

int main(int argc, char **argv) {
  Hunt hunt;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    bool has_value = i + 1 < argc;
    if (word == "--hunt" && has_value) {
      hunt.rule = argv[++i];
    } else if (word == "--budget" && has_value) {
      hunt.budget = std::strtoul(argv[++i], nullptr, 10);
    } else if (word == "--seed" && has_value) {
      hunt.seed = static_cast<uint32_t>(std::strtoul(argv[++i], nullptr, 10));
    } else if (word[0] == '-' || !list_files(word, &files)) {
      return usage();
    }
  }
  std::vector<uint8_t> bytes;
  for (const std::string &file : files) {
    std::string error = "cannot read " + file;
    TextProgram text;
    if (!read_file(file, &bytes) || !load_unit(bytes.data(), bytes.size(), file, &text, &error)) {
      std::fprintf(stderr, "slabbed_runner: %s\n", error.c_str());
      return 2;
    }
    hunt.programs.push_back(text);
  }
  if (!hunt.rule.empty()) return hunt.budget == 0 ? usage() : hunt_in_child(hunt);
  return files.empty() ? usage() : run_files(hunt.programs, files);
}
