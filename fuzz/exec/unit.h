// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// unit.h - a saved program in either form: text if it starts like one, bytes otherwise.
//
// The corpus is kept as text, which a person can review and which carries its story and the verdict
// it expects; engines save bytes. Everything that reads programs takes both.
#ifndef SLABBED_FUZZ_EXEC_UNIT_H
#define SLABBED_FUZZ_EXEC_UNIT_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/exec/run_result.h"
#include "fuzz/program/text.h"

namespace slabbed::fuzz {

// Whether the bytes claim to be text: they start with the first line of the text form.
bool is_text_unit(const uint8_t *data, size_t size);
// Bytes always give a program. False, with *error = "name:line: what", only for malformed text.
bool load_unit(const uint8_t *data, size_t size, const std::string &name, TextProgram *out,
               std::string *error);
// For engines, which want every input to be one: malformed text is read as bytes.
TextProgram load_any_unit(const uint8_t *data, size_t size);

// Whether the run did what its file says it does. Without an expectation: whether it was clean. If
// not, *why is one line.
bool as_expected(const TextProgram &text, const RunResult &result, std::string *why);

// C stdio, since fuzz targets link it. False if the file cannot be read.
bool read_file(const std::string &path, std::vector<uint8_t> *bytes);
// The file itself, or the files in a folder in order of their names; hidden ones are left out.
bool list_files(const std::string &path, std::vector<std::string> *files);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_UNIT_H
