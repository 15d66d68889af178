// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// files.h - programs from and to files, with errors that say which file and why.
#ifndef SLABBED_FUZZ_CLI_FILES_H
#define SLABBED_FUZZ_CLI_FILES_H

#include <string>
#include <vector>

#include "fuzz/program/text.h"

namespace slabbed::cli {

// Bytes or text. Throws Failure{kUsage} with one line: "no such file: x", "x:3: what".
fuzz::TextProgram load_program(const std::string &path);
// Files and the files inside folders, in order. Throws Failure{kUsage}; also when there are none.
std::vector<std::string> expand(const std::vector<std::string> &paths);
// "-" is stdout. Throws Failure{kInternal}.
void write_file(const std::string &path, const std::string &content);
void make_folder(const std::string &path);

std::string bytes_of(const fuzz::Program &program);

}  // namespace slabbed::cli
#endif  // SLABBED_FUZZ_CLI_FILES_H
