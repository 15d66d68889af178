// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// replay.cc - `slabbed replay`: saved programs again, each in a process of its own, so that one
// that crashes or is malformed does not keep the others from being run.
#include <fmt/format.h>

#include "fuzz/cli/command.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/outcome.h"

namespace slabbed::cli {
namespace {

struct Arguments {
  std::vector<std::string> paths;
  bool verbose = false;
};

struct Counts {
  unsigned as_expected = 0, findings = 0, unreadable = 0;
};

void print_outcome(const Outcome &o) {
  fmt::print("{}", o.trace);
  if (!o.expected) {
    fmt::print("{}: {}\n{}", o.file, o.why, o.report);
  } else {
    fmt::print("{}: {}{}\n", o.file, o.rule == "clean" ? "clean" : o.rule + ", as expected",
               o.hash.empty() ? "" : "  " + o.hash);
  }
  if (o.skipped_preemptions != 0) {
    fmt::print("{}: {} preemption(s) skipped: their yield points did not come by\n", o.file,
               o.skipped_preemptions);
  }
}

int replay(const Arguments &args, const Common &common) {
  Counts counts;
  nlohmann::json outcomes = nlohmann::json::array();
  for (const std::string &file : expand(args.paths)) {
    try {
      Outcome outcome = run_in_child(file, load_program(file), args.verbose);
      ++(outcome.expected ? counts.as_expected : counts.findings);
      if (common.json) outcomes.push_back(to_json(outcome));
      else print_outcome(outcome);
    } catch (const Failure &failure) {
      if (failure.status != kUsage) throw;
      ++counts.unreadable;
      std::fflush(stdout);
      fmt::print(stderr, "slabbed: {}\n", failure.line);
    }
  }
  if (common.json) {
    nlohmann::json json = {{"as_expected", counts.as_expected}, {"findings", counts.findings},
                           {"unreadable", counts.unreadable},   {"programs", outcomes}};
    fmt::print("{}\n", json.dump(2));
  } else if (counts.as_expected + counts.findings + counts.unreadable > 1) {
    fmt::print("{} as expected, {} findings, {} unreadable\n", counts.as_expected, counts.findings,
               counts.unreadable);
  }
  return counts.findings ? kFinding : counts.unreadable ? kUsage : kClean;
}

}  // namespace

void add_replay(CLI::App &app, Common &common) {
  auto args = std::make_shared<Arguments>();
  CLI::App *command = app.add_subcommand("replay", "run saved programs again, one line each");
  command->add_option("PATH", args->paths, "files, or folders of files")->required();
  command->add_flag("-v,--verbose", args->verbose, "print each trace");
  add_json(command, common);
  command->footer("A file that says `expect RULE` is a finding when anything else happens.\n"
                  "Example: slabbed replay corpus/ops_sim_fuzzer/seeds");
  command->callback([args, &common] { common.status = replay(*args, common); });
}

}  // namespace slabbed::cli
