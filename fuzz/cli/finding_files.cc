// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "fuzz/cli/finding_files.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "fuzz/cli/child.h"
#include "fuzz/cli/command.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/shrink.h"
#include "fuzz/exec/report.h"

namespace slabbed::cli {
namespace {

constexpr double kMinimizeSeconds = 10;

// A process started anew, not forked: nothing of this one can help or hinder it.
bool shows_it_in_a_fresh_process(const std::string &file, const std::string &signature) {
  ChildResult child = in_child(
      [&]() -> std::string {
        int json = memfd_create("outcome", 0);
        dup2(json, STDOUT_FILENO);
        pid_t fresh = fork();
        if (fresh == 0) {
          execl("/proc/self/exe", "slabbed", "replay", "--json", file.c_str(), nullptr);
          _exit(kInternal);
        }
        int status = 0;
        waitpid(fresh, &status, 0);
        std::string text(static_cast<size_t>(lseek(json, 0, SEEK_END)), '\0');
        if (pread(json, text.data(), text.size(), 0) < 0) text.clear();
        return text;
      },
      60);
  nlohmann::json json = nlohmann::json::parse(child.output, nullptr, false);
  if (json.is_discarded()) return false;
  return json["programs"][0]["signature"] == signature;
}

}  // namespace

SavedFinding save_finding(const std::string &unit, const std::string &folder,
                          const std::string &engine_output) {
  fuzz::TextProgram text = load_program(unit);
  Shrunk shrunk = shrink(text, kMinimizeSeconds);
  text.program = shrunk.program;
  text.expect.clear();
  text.expect_report.clear();

  SavedFinding saved;
  std::string rule = shrunk.outcome.rule;
  if (!shrunk.reproduced) rule = "nondeterminism";
  saved.signature = shrunk.reproduced ? shrunk.outcome.signature : "does not reproduce";
  saved.stem = folder + "/" + rule + "-" + fuzz::short_hash(text.program);
  text.story = {"Found by fuzzing: " + saved.signature};
  write_file(saved.stem + ".slab", fuzz::print_text(text));
  write_file(saved.stem + ".bin", bytes_of(text.program));
  saved.reproduced =
      shrunk.reproduced && shows_it_in_a_fresh_process(saved.stem + ".slab", saved.signature);

  Outcome outcome = shrunk.outcome;
  if (shrunk.reproduced) outcome = run_in_child(saved.stem + ".slab", text, false);
  saved.report = outcome.report;
  if (!saved.reproduced) {
    saved.report = "slabbed: a finding that does not repeat in a fresh process is a determinism "
                   "bug of the test bed\n" + engine_output + outcome.report;
  }
  write_file(saved.stem + ".txt", saved.report);
  std::filesystem::remove(unit);
  return saved;
}

}  // namespace slabbed::cli
