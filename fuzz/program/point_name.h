// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// point_name.h - the 16-bit number under which a yield point's function name stands in a schedule.
//
// FNV-1a over the name's bytes, its two halves folded together: the same in every build, so a
// schedule taken under one compiler replays under another. fuzz/sched computes the same number.
// Different names may share a number; a schedule record also carries the kind and the occurrence.
// Template arguments do not count, because compilers write them differently. A point outside every
// function (operation, thread_exit ..) has its kind's name.
#ifndef SLABBED_FUZZ_PROGRAM_POINT_NAME_H
#define SLABBED_FUZZ_PROGRAM_POINT_NAME_H

#include <cstdint>
#include <string_view>

namespace slabbed::fuzz {

constexpr uint16_t point_name_hash(std::string_view name) {
  uint32_t hash = 2166136261u;
  for (char c : name) {
    if (c == '<') break;
    hash = (hash ^ static_cast<uint8_t>(c)) * 16777619u;
  }
  return static_cast<uint16_t>((hash >> 16) ^ (hash & 0xffff));
}

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_POINT_NAME_H
