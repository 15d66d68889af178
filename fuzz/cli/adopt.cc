// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// adopt.cc - `slabbed adopt`: a finding becomes a regression test in the corpus.
#include <fmt/format.h>

#include <filesystem>

#include "fuzz/cli/command.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/outcome.h"
#include "fuzz/exec/report.h"

namespace slabbed::cli {
namespace {

struct Arguments {
  std::string file;
  std::string target = "ops_sim_fuzzer";
  std::string story;
  std::string corpus = "corpus";
};

// A fixed bug's program becomes a regression test: it must be clean from now on.
int adopt_file(const Arguments &args) {
  fuzz::TextProgram text = load_program(args.file);
  Outcome outcome = run_in_child(args.file, text, false);
  std::string rule = outcome.rule == "clean" && !text.expect.empty() ? text.expect : outcome.rule;
  if (rule == "clean") rule = std::filesystem::path(args.file).stem().string();
  if (!args.story.empty()) text.story.insert(text.story.begin(), args.story);
  text.expect = "clean";
  text.expect_report.clear();
  std::string folder = args.corpus + "/" + args.target + "/crashes";
  if (!std::filesystem::is_directory(folder)) throw Failure{kUsage, "no folder " + folder};
  // Findings are named <rule>-<hash>; keep one hash, not two.
  std::string hash = fuzz::short_hash(text.program);
  size_t old = rule.rfind("-" + hash);
  if (old != std::string::npos) rule.erase(old);
  std::string path = folder + "/" + rule + "-" + hash + ".slab";
  write_file(path, fuzz::print_text(text));
  fmt::print("{}: add the licence header and the story, fix the bug, then: {}\n", path,
             replay_line(path));
  return kClean;
}

}  // namespace

void add_adopt(CLI::App &app, Common &common) {
  auto args = std::make_shared<Arguments>();
  CLI::App *command = app.add_subcommand("adopt", "put a finding into corpus/<target>/crashes");
  command->add_option("FILE", args->file, "program, .slab text or bytes")->required();
  command->add_option("--target", args->target, "fuzz target it belongs to");
  command->add_option("--corpus", args->corpus, "corpus folder");
  command->add_option("--story", args->story, "what went wrong, one line");
  command->footer("Example: slabbed adopt build/findings/RCU-1-3f9c2ab1.slab --story \"...\"");
  command->callback([args, &common] { common.status = adopt_file(*args); });
}

}  // namespace slabbed::cli
