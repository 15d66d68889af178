// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// text_fuzzer.cc - fuzz input: a .slab text. The parser either refuses it with a place and a
// reason, or understands it completely: what it understood prints and parses to the same again.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fuzz/program/codec.h"
#include "fuzz/program/normalize.h"
#include "fuzz/program/text.h"

namespace {

using slabbed::fuzz::TextProgram;

void check(bool holds, const char *what) {
  if (holds) return;
  std::fprintf(stderr, "slabbed-finding: TEXT %s\n", what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string_view text(reinterpret_cast<const char *>(data), size);
  TextProgram program;
  std::string error;
  if (!slabbed::fuzz::parse_text(text, "input", &program, &error)) {
    check(error.compare(0, 6, "input:") == 0, "a refusal names no place");
    return 0;
  }
  check(slabbed::fuzz::is_normalized(program.program), "the parser gave a program out of range");
  TextProgram again;
  bool parsed = slabbed::fuzz::parse_text(print_text(program), "printed", &again, &error);
  check(parsed, "a printed program does not parse");
  check(again == program, "a program changes when printed and parsed");
  std::vector<uint8_t> bytes = slabbed::fuzz::encode(program.program);
  check(slabbed::fuzz::decode(bytes.data(), bytes.size()) == program.program,
        "a program changes when encoded and decoded");
  return 0;
}
