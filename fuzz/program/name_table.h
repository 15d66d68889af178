// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// name_table.h - which of a program's 4 cache names are taken while its text is read: by a name
// line or by use in a kmem_cache_create(). A default name keeps its own place as long as nobody
// else took it, so that short texts need no name lines.
#ifndef SLABBED_FUZZ_PROGRAM_NAME_TABLE_H
#define SLABBED_FUZZ_PROGRAM_NAME_TABLE_H

#include <array>
#include <cstdint>
#include <string_view>

#include "fuzz/program/program.h"

namespace slabbed::fuzz {

class NameTable {
 public:
  explicit NameTable(Program *program) : names_(&program->names) {}

  // Puts `name` in the first free place. False: there is none.
  bool add(std::string_view name) {
    unsigned i = 0;
    while (i < kCacheNames && taken_[i]) ++i;
    if (i == kCacheNames) return false;
    (*names_)[i] = CacheName(name);
    return taken_[i] = true;
  }
  // The place of `name`, which a name line, an earlier use or the default gave it; else a free one.
  bool find(std::string_view name, uint8_t *index) {
    for (int attempt = 0; attempt < 2; ++attempt) {
      for (unsigned i = 0; i < kCacheNames; ++i) {
        if (name != (*names_)[i].view()) continue;
        *index = static_cast<uint8_t>(i);
        return taken_[i] = true;
      }
      if (!add(name)) return false;
    }
    return false;
  }

 private:
  std::array<CacheName, kCacheNames> *names_;
  std::array<bool, kCacheNames> taken_{};
};

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_NAME_TABLE_H
