// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// minimize.cc - `slabbed minimize`: a finding, as small as it gets.
#include <fmt/format.h>

#include "fuzz/cli/command.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/shrink.h"

namespace slabbed::cli {
namespace {

struct Arguments {
  std::string file;
  std::string output = "-";
  double seconds = 10;
};

int minimize_file(const Arguments &args, const Common &common) {
  fuzz::TextProgram text = load_program(args.file);
  Shrunk shrunk = shrink(text, args.seconds);
  if (!shrunk.reproduced) {
    throw Failure{kUsage, args.file + " shows no finding that repeats; nothing to minimize"};
  }
  text.program = shrunk.program;
  text.expect.clear();
  if (common.json) {
    nlohmann::json json = to_json(shrunk.outcome);
    json["tries"] = shrunk.tries;
    json["program"] = fuzz::print_text(text);
    fmt::print("{}\n", json.dump(2));
  } else {
    fmt::print(stderr, "{}: {} operations, {} schedule records left after {} tries ({})\n",
               args.file, shrunk.program.operations.size(), shrunk.program.schedule.size(),
               shrunk.tries, shrunk.outcome.signature);
    write_file(args.output, fuzz::print_text(text));
  }
  return kFinding;
}

}  // namespace

void add_minimize(CLI::App &app, Common &common) {
  auto args = std::make_shared<Arguments>();
  CLI::App *command = app.add_subcommand("minimize", "the smallest program with the same finding");
  command->add_option("FILE", args->file, "program, .slab text or bytes")->required();
  command->add_option("-o,--output", args->output, "file instead of stdout");
  command->add_option("--seconds", args->seconds, "budget (10)")->check(CLI::Range(0.1, 86400.0));
  add_json(command, common);
  command->footer("Example: slabbed minimize crash-1234 -o small.slab");
  command->callback([args, &common] { common.status = minimize_file(*args, common); });
}

}  // namespace slabbed::cli
