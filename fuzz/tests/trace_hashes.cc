// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// trace_hashes.cc - one line per program: its trace hash, its verdict, its name.
//
//   trace_hashes [--generated N] FILE|DIR…
//
// Two builds of one commit must print the same hash for the same name: other compilers, other
// sanitizers, other machines (hashes_agree.sh compares them). A program with store buffers is run
// without them as well, and is left out with them where the build ignores them (TSan).
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "fuzz/exec/report.h"
#include "fuzz/exec/sim_run.h"
#include "fuzz/exec/unit.h"
#include "fuzz/program/generate.h"
#include "fuzz/sched/simulation.h"

namespace {

using namespace slabbed::fuzz;

void print_one(SimRunner &runner, const Program &program, const std::string &name) {
  const RunResult &result = runner.run(program);
  std::printf("%016llx %s %s\n", static_cast<unsigned long long>(result.trace_hash),
              rule_name(result).c_str(), name.c_str());
}

void print(SimRunner &runner, Program program, const std::string &name) {
  if (!program.store_buffers) return print_one(runner, program, name);
  if (!slabbed::sched::store_buffers_ignored()) print_one(runner, program, name);
  program.store_buffers = false;
  print_one(runner, program, name + "/unbuffered");
}

std::string base_name(const std::string &path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

int print_files(SimRunner &runner, const char *path) {
  std::vector<std::string> files;
  if (!list_files(path, &files)) {
    std::fprintf(stderr, "trace_hashes: cannot read %s\n", path);
    return 2;
  }
  std::vector<uint8_t> bytes;
  for (const std::string &file : files) {
    std::string error = "cannot read " + file;
    TextProgram text;
    if (!read_file(file, &bytes) || !load_unit(bytes.data(), bytes.size(), file, &text, &error)) {
      std::fprintf(stderr, "trace_hashes: %s\n", error.c_str());
      return 2;
    }
    print(runner, text.program, base_name(file));
  }
  return 0;
}

}  // namespace

int main(int argc, char **argv) {
  SimRunner runner;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--generated") == 0 && i + 1 < argc) {
      unsigned long count = std::strtoul(argv[++i], nullptr, 10);
      for (unsigned long seed = 1; seed <= count; ++seed) {
        GenerateOptions options;
        options.strategy = seed % 2 == 0 ? StrategyKind::kRandom : StrategyKind::kBytes;
        print(runner, generate(seed, options), "generated-" + std::to_string(seed));
      }
    } else if (int status = print_files(runner, argv[i])) {
      return status;
    }
  }
  return 0;
}
