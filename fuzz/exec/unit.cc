// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// unit.cc - see unit.h.
#include "fuzz/exec/unit.h"

#include <dirent.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "fuzz/exec/report.h"
#include "fuzz/program/codec.h"

namespace slabbed::fuzz {
namespace {

constexpr char kTextStart[] = "# slabbed program";

int by_name(const dirent **a, const dirent **b) { return std::strcmp((*a)->d_name, (*b)->d_name); }

}  // namespace

bool is_text_unit(const uint8_t *data, size_t size) {
  size_t length = sizeof(kTextStart) - 1;
  return size >= length && std::memcmp(data, kTextStart, length) == 0;
}

bool load_unit(const uint8_t *data, size_t size, const std::string &name, TextProgram *out,
               std::string *error) {
  *out = TextProgram();
  if (is_text_unit(data, size)) {
    return parse_text({reinterpret_cast<const char *>(data), size}, name, out, error);
  }
  out->program = decode(data, size);
  return true;
}

TextProgram load_any_unit(const uint8_t *data, size_t size) {
  TextProgram text;
  std::string error;
  if (load_unit(data, size, "unit", &text, &error)) return text;
  text = TextProgram();
  text.program = decode(data, size);
  return text;
}

bool as_expected(const TextProgram &text, const RunResult &result, std::string *why) {
  std::string got = rule_name(result);
  std::string wanted = text.expect.empty() ? "clean" : text.expect;
  if (got != wanted) {
    *why = text.expect.empty() ? got : "expected " + wanted + ", got " + got;
    return false;
  }
  for (const std::string &part : text.expect_report) {
    bool found = false;
    for (const std::string &line : result.report_lines) {
      found = found || line.find(part) != std::string::npos;
    }
    if (!found) {
      *why = "no report line contains \"" + part + "\"";
      return false;
    }
  }
  return true;
}

bool read_file(const std::string &path, std::vector<uint8_t> *bytes) {
  std::FILE *file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return false;
  bytes->clear();
  uint8_t chunk[4096];
  size_t got;
  while ((got = std::fread(chunk, 1, sizeof(chunk), file)) != 0) {
    bytes->insert(bytes->end(), chunk, chunk + got);
  }
  bool ok = std::ferror(file) == 0;
  std::fclose(file);
  return ok;
}

bool list_files(const std::string &path, std::vector<std::string> *files) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return false;
  if (!S_ISDIR(info.st_mode)) {
    files->push_back(path);
    return true;
  }
  dirent **entries;
  int count = scandir(path.c_str(), &entries, nullptr, by_name);
  if (count < 0) return false;
  for (int i = 0; i < count; ++i) {
    std::string file = path + "/" + entries[i]->d_name;
    bool regular = stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode);
    if (regular && entries[i]->d_name[0] != '.') files->push_back(file);
    std::free(entries[i]);
  }
  std::free(entries);
  return true;
}

}  // namespace slabbed::fuzz
