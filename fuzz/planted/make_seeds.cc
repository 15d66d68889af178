// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// make_seeds.cc - the part of a seed corpus that is made from something else.
//
//   make_seeds --write DIR FILE.slab…
//       DIR/litmus_<name>.bin, the program of each file in bytes, and DIR/generated_<n>.bin,
//       programs generate(n) under both strategies that a fuzzer mutates
//   make_seeds --check DIR FILE.slab…
//       whether DIR has each litmus_<name>.bin, as it would be written
//
// Exit status: 0 done or as it should be, 1 a seed is missing or old, 2 usage or unreadable input.
#include <cstdio>
#include <string>
#include <vector>

#include "fuzz/exec/unit.h"
#include "fuzz/program/codec.h"
#include "fuzz/program/generate.h"

namespace slabbed::fuzz {
namespace {

constexpr unsigned kGenerated = 60;

bool write_file(const std::string &path, const std::vector<uint8_t> &bytes) {
  std::FILE *file = std::fopen(path.c_str(), "wb");
  bool good = file != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  if (file != nullptr && std::fclose(file) != 0) good = false;
  if (!good) std::fprintf(stderr, "make_seeds: cannot write %s\n", path.c_str());
  return good;
}

// "dir/pcs_revoke.slab" -> "pcs_revoke".
std::string name_of(const std::string &path) {
  size_t slash = path.rfind('/');
  std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  return name.substr(0, name.rfind('.'));
}

bool program_bytes(const std::string &path, std::vector<uint8_t> *bytes) {
  std::string error = path + ": cannot read it";
  TextProgram text;
  if (!read_file(path, bytes) || !load_unit(bytes->data(), bytes->size(), path, &text, &error)) {
    std::fprintf(stderr, "make_seeds: %s\n", error.c_str());
    return false;
  }
  *bytes = encode(text.program);
  return true;
}

bool write_generated(const std::string &dir) {
  for (unsigned n = 1; n <= kGenerated; ++n) {
    GenerateOptions options;
    options.strategy = n % 4 == 0 ? StrategyKind::kRandom : StrategyKind::kBytes;
    std::string path = dir + "/generated_" + std::to_string(n) + ".bin";
    if (!write_file(path, encode(generate(n, options)))) return false;
  }
  return true;
}

int main_with(const std::vector<std::string> &words) {
  bool write = words.size() > 2 && words[0] == "--write";
  bool check = words.size() > 2 && words[0] == "--check";
  if (!write && !check) {
    std::fprintf(stderr, "usage: make_seeds --write|--check DIR FILE.slab…\n");
    return 2;
  }
  int status = 0;
  for (size_t i = 2; i < words.size(); ++i) {
    std::vector<uint8_t> bytes, there;
    std::string seed = words[1] + "/litmus_" + name_of(words[i]) + ".bin";
    if (!program_bytes(words[i], &bytes)) return 2;
    if (write && !write_file(seed, bytes)) return 2;
    if (write || (read_file(seed, &there) && there == bytes)) continue;
    std::printf("%s is not the program of %s; write it with make_seeds --write\n", seed.c_str(),
                words[i].c_str());
    status = 1;
  }
  if (write && !write_generated(words[1])) return 2;
  return status;
}

}  // namespace
}  // namespace slabbed::fuzz

int main(int argc, char **argv) {
  return slabbed::fuzz::main_with(std::vector<std::string>(argv + 1, argv + argc));
}
