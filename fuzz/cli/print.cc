// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// print.cc - `slabbed print` and `slabbed encode`: the two forms of a program, and a C test.
#include "fuzz/cli/command.h"
#include "fuzz/cli/files.h"
#include "fuzz/program/c_printer.h"

namespace slabbed::cli {
namespace {

struct Arguments {
  std::string file;
  std::string output = "-";
  bool c = false;
};

}  // namespace

void add_print(CLI::App &app, Common &) {
  auto args = std::make_shared<Arguments>();
  CLI::App *command = app.add_subcommand("print", "a program as .slab text, or as a C test");
  command->add_option("FILE", args->file, "program, .slab text or bytes")->required();
  command->add_option("-o,--output", args->output, "file instead of stdout");
  command->add_flag("--c", args->c, "stand-alone C11 test against the public API");
  command->footer("Example: slabbed print --c finding.bin > finding.c");
  command->callback([args] {
    fuzz::TextProgram text = load_program(args->file);
    write_file(args->output, args->c ? fuzz::print_c(text) : fuzz::print_text(text));
  });
}

void add_encode(CLI::App &app, Common &) {
  auto args = std::make_shared<Arguments>();
  CLI::App *command = app.add_subcommand("encode", "a program as the bytes a fuzz target takes");
  command->add_option("FILE", args->file, "program, .slab text or bytes")->required();
  command->add_option("-o,--output", args->output, "file instead of stdout");
  command->footer("Example: slabbed encode story.slab -o seeds/story.bin");
  command->callback(
      [args] { write_file(args->output, bytes_of(load_program(args->file).program)); });
}

}  // namespace slabbed::cli
