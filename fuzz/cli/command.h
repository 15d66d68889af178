// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// command.h - what the subcommands of `slabbed` share: exit status, output form, their
// registration.
//
// One source list makes two programs, because two allocators define the same names: `slabbed` links
// the simulated world, `slabbed-native` the native one. `--world native` hands over to the second.
#ifndef SLABBED_FUZZ_CLI_COMMAND_H
#define SLABBED_FUZZ_CLI_COMMAND_H

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "fuzz/exec/run_result.h"

namespace slabbed::cli {

enum Exit : int {
  kClean = 0,
  kFinding = 1,      // a program did not do what it should
  kUsage = 2,        // wrong arguments, unreadable or malformed input
  kInternal = 3,     // the test bed itself failed
  kInterrupted = 130
};

// An error that ends the command with one line on stderr.
struct Failure {
  Exit status;
  std::string line;
};

struct Common {
  bool json = false;  // one JSON document on stdout instead of text
  int status = kClean;
};

std::unique_ptr<fuzz::Runner> make_runner();  // of the world this program links

// Each adds its subcommand; the callback sets common.status or throws Failure.
void add_run(CLI::App &app, Common &common);
void add_replay(CLI::App &app, Common &common);
void add_print(CLI::App &app, Common &common);
void add_encode(CLI::App &app, Common &common);
void add_minimize(CLI::App &app, Common &common);
void add_adopt(CLI::App &app, Common &common);
void add_campaign(CLI::App &app, Common &common);

// The option --json, the same on every command that reports.
void add_json(CLI::App *command, Common &common);

}  // namespace slabbed::cli
#endif  // SLABBED_FUZZ_CLI_COMMAND_H
