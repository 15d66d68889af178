// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// standalone_main.cc - main() of a fuzz target that is built without an engine: runs each file that
// it is given, and each file in each directory, in order of their names.
//
//   ops_sim_fuzzer FILE|DIR…       exit status: 0 all ran, 2 nothing to run or unreadable
//
// C stdio and POSIX only, so that MemorySanitizer needs no instrumented C++ library. A finding
// aborts, as it does under an engine; the last line printed names the file.
#include <dirent.h>
#include <sys/stat.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

namespace {

bool read_file(const char *path, std::vector<uint8_t> *bytes) {
  std::FILE *file = std::fopen(path, "rb");
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

int by_name(const dirent **a, const dirent **b) { return std::strcmp((*a)->d_name, (*b)->d_name); }

bool list(const std::string &path, std::vector<std::string> *files) {
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

}  // namespace

int main(int argc, char **argv) {
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    if (list(argv[i], &files)) continue;
    std::fprintf(stderr, "%s: cannot read %s\n", argv[0], argv[i]);
    return 2;
  }
  if (files.empty()) {
    std::fprintf(stderr, "usage: %s FILE|DIR…\n", argv[0]);
    return 2;
  }
  std::vector<uint8_t> bytes;
  for (const std::string &file : files) {
    std::fprintf(stderr, "%s\n", file.c_str());
    if (!read_file(file.c_str(), &bytes)) {
      std::fprintf(stderr, "%s: cannot read %s\n", argv[0], file.c_str());
      return 2;
    }
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  std::fprintf(stderr, "ran %zu files\n", files.size());
  return 0;
}
