// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// note.h - the fields of a trace event that its kind uses; see conformance/trace/event.h.
#ifndef SLABBED_FUZZ_EXEC_NOTE_H
#define SLABBED_FUZZ_EXEC_NOTE_H

#include <cstdint>

namespace slabbed::fuzz {

struct Note {
  uint64_t object = 0, a = 0, b = 0, c = 0, d = 0;
  uint32_t cache = 0;
  uint16_t flags = 0;
  const char *text = nullptr;
};

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_NOTE_H
