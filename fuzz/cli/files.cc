// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "fuzz/cli/files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "fuzz/cli/command.h"
#include "fuzz/exec/unit.h"
#include "fuzz/program/codec.h"

namespace slabbed::cli {

fuzz::TextProgram load_program(const std::string &path) {
  std::vector<uint8_t> bytes;
  if (std::filesystem::is_directory(path)) throw Failure{kUsage, path + " is a folder"};
  if (!fuzz::read_file(path, &bytes)) {
    throw Failure{kUsage, "cannot read " + path + ": " + std::strerror(errno)};
  }
  // A name ending in .slab promises text, whatever the file begins with.
  bool text = fuzz::is_text_unit(bytes.data(), bytes.size()) ||
              std::filesystem::path(path).extension() == ".slab";
  fuzz::TextProgram program;
  std::string error;
  bool good = text ? fuzz::parse_text({reinterpret_cast<const char *>(bytes.data()), bytes.size()},
                                      path, &program, &error)
                   : fuzz::load_unit(bytes.data(), bytes.size(), path, &program, &error);
  if (!good) throw Failure{kUsage, error};
  return program;
}

std::vector<std::string> expand(const std::vector<std::string> &paths) {
  std::vector<std::string> files;
  for (const std::string &path : paths) {
    if (!fuzz::list_files(path, &files)) {
      throw Failure{kUsage, "cannot read " + path + ": " + std::strerror(errno)};
    }
  }
  if (files.empty()) throw Failure{kUsage, "no file in " + paths.front()};
  return files;
}

void write_file(const std::string &path, const std::string &content) {
  std::FILE *file = path == "-" ? stdout : std::fopen(path.c_str(), "wb");
  bool good = file && std::fwrite(content.data(), 1, content.size(), file) == content.size();
  if (file && file != stdout) good = std::fclose(file) == 0 && good;
  if (!good) throw Failure{kInternal, "cannot write " + path + ": " + std::strerror(errno)};
}

void make_folder(const std::string &path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw Failure{kInternal, "cannot make folder " + path + ": " + error.message()};
}

std::string bytes_of(const fuzz::Program &program) {
  std::vector<uint8_t> bytes = fuzz::encode(program);
  return std::string(bytes.begin(), bytes.end());
}

}  // namespace slabbed::cli
