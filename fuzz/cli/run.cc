// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// run.cc - `slabbed run`: one program under a strategy of the caller's choice, as often as wanted.
#include <fmt/format.h>

#include "fuzz/cli/command.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/outcome.h"

namespace slabbed::cli {
namespace {

struct Arguments {
  std::string file;
  std::string strategy;
  uint32_t seed = 1;
  uint32_t trials = 1;
  bool store_buffers = false;
  bool verbose = false;
};

void choose_strategy(const Arguments &args, fuzz::Program *program) {
  if (args.store_buffers) program->store_buffers = true;
  if (args.strategy.empty()) return;
  using fuzz::StrategyKind;
  program->strategy = args.strategy == "random"  ? StrategyKind::kRandom
                      : args.strategy == "bytes" ? StrategyKind::kBytes
                                                 : StrategyKind::kExplicit;
  program->schedule.clear();
}

int run_trials(const Arguments &args, const Common &common) {
  fuzz::TextProgram text = load_program(args.file);
  choose_strategy(args, &text.program);
  auto runner = make_runner();
  Outcome outcome;
  uint32_t done = 0;
  while (done < args.trials) {
    if (args.strategy == "random") text.program.seed = args.seed + done;
    ++done;
    outcome = run_here(*runner, args.file, text, args.verbose);
    if (!outcome.expected) break;
  }
  if (common.json) {
    nlohmann::json json = to_json(outcome);
    json["executions"] = done;
    fmt::print("{}\n", json.dump(2));
  } else if (!outcome.expected) {
    fmt::print("{}{}\nfound in execution {} of {}\n", outcome.trace, outcome.report, done,
               args.trials);
  } else {
    fmt::print("{}{}: {} in {} execution{}; last one: {} yield points{}\n", outcome.trace,
               args.file, outcome.rule, done, done == 1 ? "" : "s", outcome.steps,
               outcome.hash.empty() ? "" : ", trace hash " + outcome.hash);
  }
  return outcome.expected ? kClean : kFinding;
}

}  // namespace

void add_run(CLI::App &app, Common &common) {
  auto args = std::make_shared<Arguments>();
  CLI::App *command = app.add_subcommand("run", "run one program under a strategy");
  command->add_option("FILE", args->file, "program, .slab text or bytes")->required();
  command->add_option("--strategy", args->strategy, "instead of the program's own")
      ->check(CLI::IsMember({"explicit", "bytes", "random"}));
  command->add_option("--seed", args->seed, "first seed of --strategy random");
  command->add_option("--trials", args->trials, "executions; seeds count up")
      ->check(CLI::Range(1u, 1000000000u));
  command->add_flag("--store-buffers", args->store_buffers, "stores may be delayed (x86-TSO)");
  command->add_flag("-v,--verbose", args->verbose, "print the trace");
  add_json(command, common);
  command->footer("Example: slabbed run corpus/ops_sim_fuzzer/seeds/batman_adv_async.slab "
                  "--strategy random --trials 10000");
  command->callback([args, &common] { common.status = run_trials(*args, common); });
}

}  // namespace slabbed::cli
