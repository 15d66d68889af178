// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// main.cc - slabbed: one program, one subcommand per job.
//
// Exit status: 0 clean, 1 finding, 2 usage or unreadable input, 3 internal error, 130 interrupted.
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "fuzz/cli/command.h"

namespace {

using namespace slabbed::cli;

// `--world native` anywhere: the same arguments, without these two, for the sibling program.
void hand_over_to_other_world(int argc, char **argv) {
  std::string world = SLABBED_CLI_WORLD;
  std::vector<char *> rest{argv[0]};
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (word.rfind("--world=", 0) == 0) {
      world = word.substr(8);
    } else if (word == "--world" && i + 1 < argc) {
      world = argv[++i];
    } else {
      rest.push_back(argv[i]);
    }
  }
  if (world != "sim" && world != "native") {
    throw Failure{kUsage, "--world: expected sim or native, got '" + world + "'"};
  }
  if (world == SLABBED_CLI_WORLD) return;
  std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  std::string other = self.parent_path() / (world == "sim" ? "slabbed" : "slabbed-native");
  rest.push_back(nullptr);
  execv(other.c_str(), rest.data());
  throw Failure{kInternal, "cannot start " + other + " for --world " + world};
}

int run(int argc, char **argv) {
  hand_over_to_other_world(argc, argv);
  CLI::App app{"slabbed - run, replay, shrink and fuzz programs against the slab allocator"};
  app.require_subcommand(1);
  app.footer("Every command takes --world sim|native (sim) and --help. Exit status: 0 clean, 1 "
             "finding, 2 usage, 3 internal error, 130 interrupted.");
  Common common;
  add_run(app, common);
  add_replay(app, common);
  add_print(app, common);
  add_encode(app, common);
  add_minimize(app, common);
  add_adopt(app, common);
  add_campaign(app, common);
  auto named = [&](const CLI::App *command) { return command->get_name() == argv[1]; };
  if (argc > 1 && argv[1][0] != '-' && app.get_subcommands(named).empty()) {
    throw Failure{kUsage, std::string("unknown command '") + argv[1] + "' (see slabbed --help)"};
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    std::fprintf(stderr, "slabbed: %s (see slabbed --help)\n", error.what());
    return kUsage;
  }
  return common.status;
}

}  // namespace

void slabbed::cli::add_json(CLI::App *command, Common &common) {
  command->add_flag("--json", common.json, "one JSON document instead of text");
}

int main(int argc, char **argv) {
  try {
    int status = run(argc, argv);
    // A reader that has gone away is no finding and no error of ours, but not a success either.
    return std::fflush(stdout) == 0 || status != kClean ? status : kInternal;
  } catch (const Failure &failure) {
    std::fprintf(stderr, "slabbed: %s\n", failure.line.c_str());
    return failure.status;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "slabbed: internal error: %s\n", error.what());
    return kInternal;
  }
}
