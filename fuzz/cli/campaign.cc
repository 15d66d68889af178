// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// campaign.cc - `slabbed campaign`, the main job behind `./run fuzz`: a fuzz target under libFuzzer
// for a given time, watched, and every finding shrunk, confirmed, saved and printed.
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "conformance/oracle/rule.h"
#include "fuzz/cli/command.h"
#include "fuzz/cli/engine.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/finding_files.h"
#include "fuzz/cli/outcome.h"
#include "fuzz/cli/status_line.h"

namespace slabbed::cli {
namespace {

using Clock = std::chrono::steady_clock;

volatile sig_atomic_t interrupted = 0;
void on_interrupt(int) { interrupted = 1; }

struct Arguments {
  EngineOptions engine;
  std::string findings;
  bool keep_going = false;
};

class Campaign {
 public:
  Campaign(const Arguments &args, const Common &common)
      : args_(args), common_(common), progress_(args.engine.work + ".progress") {}

  int run() {
    start_ = Clock::now();
    do {
      run_engine();
    } while (args_.keep_going && ended_early_ && !interrupted && left() > 0);
    status_.clear();
    summary();
    if (interrupted) return kInterrupted;
    return findings_.empty() ? kClean : kFinding;
  }

 private:
  double elapsed() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }
  int left() const {
    return std::max(0, static_cast<int>(args_.engine.seconds - elapsed() + 0.5));
  }

  void run_engine() {
    EngineOptions options = args_.engine;
    options.seconds = static_cast<unsigned>(std::max(1, left()));
    options.seed = static_cast<unsigned>(findings_.size() + 1);
    Engine engine(options, progress_.path());
    bool told = false;
    while (engine.poll(100)) {
      if (interrupted && !told) engine.interrupt();
      told = interrupted;
      state_ = engine.state();
      show_status();
    }
    state_ = engine.state();
    // The engine exits with 0 or, interrupted, with its own code; everything else is a finding.
    ended_early_ = !interrupted && !(WIFEXITED(engine.status()) && !WEXITSTATUS(engine.status()));
    if (ended_early_) take_finding(engine.status());
  }

  void take_finding(int status) {
    status_.clear();
    if (state_.artifact.empty()) {
      fmt::print(stderr, "{}", state_.tail);
      throw Failure{kInternal, fmt::format("{} ended with status {} and saved no unit",
                                           args_.engine.target, status)};
    }
    fmt::print(stderr, "found: {}; minimizing (at most 10 s)\n",
               state_.finding.empty() ? "a unit that ends the target" : state_.finding);
    SavedFinding saved = save_finding(state_.artifact, args_.findings, state_.tail);
    for (const SavedFinding &known : findings_) {
      if (known.signature == saved.signature) return;
    }
    findings_.push_back(saved);
    if (!common_.json) {
      fmt::print("{}saved      {}.slab .bin .txt\n", saved.report, saved.stem);
      std::fflush(stdout);
    }
  }

  void show_status() {
    fuzz::Progress now = progress_.read();
    double seconds = std::max(elapsed(), 0.001);
    status_.show(fmt::format(
        "{:4.0f} s  {} programs  {}/s  cov {}  ft {}  corpus {}  findings {}  {} s left", seconds,
        grouped(now.executions), grouped(static_cast<uint64_t>(now.executions / seconds)),
        state_.coverage, state_.features, state_.corpus, findings_.size(), left()));
  }

  void summary() const {
    fuzz::Progress now = progress_.read();
    double seconds = std::max(elapsed(), 0.001);
    if (common_.json) {
      nlohmann::json json = {{"executions", now.executions}, {"seconds", seconds},
                             {"operations", now.operations}, {"yield_points", now.steps},
                             {"events", now.events},         {"allocations", now.allocations},
                             {"grace_periods", now.grace_periods}, {"destroys", now.destroys},
                             {"rules", conf::kRuleCount - 1}, {"coverage", state_.coverage},
                             {"corpus", state_.corpus},      {"interrupted", interrupted != 0}};
      json["findings"] = nlohmann::json::array();
      for (const SavedFinding &f : findings_) {
        json["findings"].push_back({{"signature", f.signature}, {"files", f.stem},
                                    {"reproduced", f.reproduced}});
      }
      fmt::print("{}\n", json.dump(2));
      return;
    }
    fmt::print("ran       {} programs in {:.0f} s, {} a second{}\n", grouped(now.executions),
               seconds, grouped(static_cast<uint64_t>(now.executions / seconds)),
               interrupted ? ", interrupted" : "");
    fmt::print("explored  {} operations over {} yield points: {} allocations, {} grace periods, {} "
               "destroys\n",
               grouped(now.operations), grouped(now.steps), grouped(now.allocations),
               grouped(now.grace_periods), grouped(now.destroys));
    fmt::print("judged    {} events against {} rules\n",
               grouped(now.events), static_cast<int>(conf::kRuleCount) - 1);
    fmt::print("coverage  {} edges, {} features, {} units in {}\n", state_.coverage,
               state_.features, state_.corpus, args_.engine.work);
    if (findings_.empty()) fmt::print("clean     no finding\n");
    for (const SavedFinding &f : findings_) {
      fmt::print("finding   {}\n          replay: {}\n", f.signature,
                 replay_line(f.stem + ".slab"));
    }
  }

  const Arguments &args_;
  const Common &common_;
  ProgressFile progress_;
  StatusLine status_;
  EngineState state_;
  std::vector<SavedFinding> findings_;
  bool ended_early_ = false;
  Clock::time_point start_;
};

int campaign(const Arguments &args, const Common &common) {
  if (access(args.engine.target.c_str(), X_OK) != 0) {
    throw Failure{kUsage, "no fuzz target " + args.engine.target};
  }
  if (!std::filesystem::is_directory(args.engine.seeds)) {
    throw Failure{kUsage, "no corpus folder " + args.engine.seeds};
  }
  make_folder(args.engine.work);
  make_folder(args.findings);
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return Campaign(args, common).run();
}

}  // namespace

void add_campaign(CLI::App &app, Common &common) {
  auto args = std::make_shared<Arguments>();
  CLI::App *command = app.add_subcommand("campaign", "fuzz for a while, with a status line");
  command->add_option("--target", args->engine.target, "libFuzzer binary")->required();
  command->add_option("--seeds", args->engine.seeds, "corpus folder, only read")->required();
  command->add_option("--work", args->engine.work, "folder for new units")->required();
  command->add_option("--findings", args->findings, "folder for findings")->required();
  command->add_option("--time", args->engine.seconds, "seconds (60)")
      ->check(CLI::Range(1u, 10000000u));
  command->add_flag("--keep-going", args->keep_going, "go on after a finding, list distinct ones");
  add_json(command, common);
  command->footer("Example: ./run fuzz --time 60");
  command->callback([args, &common] {
    args->engine.artifacts = args->findings + "/unit-";
    common.status = campaign(*args, common);
  });
}

}  // namespace slabbed::cli
