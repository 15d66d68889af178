// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// program_print_c_main.cc - prints a `.slab` file as C, for the tests that compile, link and run
// it.
#include <cstdio>
#include <string>

#include "fuzz/program/c_printer.h"

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  std::string text, error;
  FILE *in = fopen(argv[1], "r");
  if (in == nullptr) return 2;
  for (int c; (c = fgetc(in)) != EOF;) text += static_cast<char>(c);
  fclose(in);
  slabbed::fuzz::TextProgram program;
  if (!slabbed::fuzz::parse_text(text, argv[1], &program, &error)) {
    fprintf(stderr, "%s\n", error.c_str());
    return 1;
  }
  FILE *out = fopen(argv[2], "w");
  if (out == nullptr) return 2;
  fputs(slabbed::fuzz::print_c(program).c_str(), out);
  return fclose(out) == 0 ? 0 : 2;
}
