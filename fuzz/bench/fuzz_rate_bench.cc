// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// fuzz_rate_bench.cc - how many programs a second one core runs and judges.
//
//   fuzz_rate_bench FILE|DIR… [--time SECONDS]
//
// Runs the programs round and round, each time through the whole list, and prints one line. The
// second figure leaves out the judge and the hash, the third also says what a program is like here.
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "fuzz/exec/sim_run.h"
#include "fuzz/exec/unit.h"

namespace {

using slabbed::fuzz::Program;

double now() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

bool load(const char *path, std::vector<Program> *programs) {
  std::vector<std::string> files;
  if (!slabbed::fuzz::list_files(path, &files)) return false;
  std::vector<uint8_t> bytes;
  for (const std::string &file : files) {
    slabbed::fuzz::TextProgram text;
    std::string error;
    if (!slabbed::fuzz::read_file(file, &bytes)) return false;
    if (!slabbed::fuzz::load_unit(bytes.data(), bytes.size(), file, &text, &error)) {
      std::fprintf(stderr, "%s\n", error.c_str());
      return false;
    }
    programs->push_back(text.program);
  }
  return true;
}

// Executions a second, whole rounds for at least `seconds`.
template <typename Run>
double rate(const std::vector<Program> &programs, double seconds, Run run) {
  double start = now(), end = start;
  size_t count = 0;
  while (end - start < seconds) {
    for (const Program &program : programs) run(program);
    count += programs.size();
    end = now();
  }
  return static_cast<double>(count) / (end - start);
}

}  // namespace

int main(int argc, char **argv) {
  double seconds = 3;
  std::vector<Program> programs;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--time") == 0 && i + 1 < argc) {
      seconds = std::atof(argv[++i]);
    } else if (!load(argv[i], &programs)) {
      std::fprintf(stderr, "fuzz_rate_bench: cannot read %s\n", argv[i]);
      return 2;
    }
  }
  if (programs.empty()) {
    std::fprintf(stderr, "usage: fuzz_rate_bench FILE|DIR… [--time SECONDS]\n");
    return 2;
  }
  slabbed::fuzz::SimRunner runner;
  double operations = 0, steps = 0, events = 0;
  for (const Program &program : programs) {
    const slabbed::fuzz::RunResult &result = runner.run(program);
    operations += static_cast<double>(program.operations.size());
    steps += result.steps;
    events += static_cast<double>(result.trace.events.size());
  }
  double whole = rate(programs, seconds, [&](const Program &p) { runner.run(p); });
  double bare = rate(programs, seconds / 3, [&](const Program &p) { runner.run_unjudged(p); });
  double n = static_cast<double>(programs.size());
  std::printf("%8.0f executions/s (%.0f without judging); %zu programs of %.1f operations, "
              "%.0f yield points, %.0f events\n",
              whole, bare, programs.size(), operations / n, steps / n, events / n);
  return 0;
}
