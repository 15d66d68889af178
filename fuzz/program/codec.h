// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// codec.h - Program <-> bytes. Total: every byte string, the empty one included, is a program, and
// so is every truncation of it.
//
//   byte  0  version (kFormatVersion; any other is read by the rules of this version)
//         1  strategy        2  destroy mode
//         3  switches: 1 store buffers, 2 slab_nomerge, 4 sheaves off, 8 names follow the header
//         4  threads         5  thread slots      6  sheaf capacity      7  reserved, zero
//      8, 9  number of operations, at most what is there
//    10..13  seed          14, 15  reserved, zero
//   then     4 x 16 bytes of cache names, if switch 8 is set
//   then     operations, 8 bytes each: code, thread, cache, slot, arg (2), flags, fail_nth
//   then     schedule records up to the end, 8 bytes each:
//            thread, to, operation (11 bits) | kind << 11 (2 bytes), name (2), occurrence (2)
//
// Numbers are little endian. A missing byte reads as zero, a partial record at the end is dropped.
// The schedule stands last, so that cutting or growing the file never shifts an operation.
#ifndef SLABBED_FUZZ_PROGRAM_CODEC_H
#define SLABBED_FUZZ_PROGRAM_CODEC_H

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/program/program.h"

namespace slabbed::fuzz {

inline constexpr size_t kHeaderBytes = 16;
inline constexpr size_t kNamesBytes = kCacheNames * kCacheNameBytes;
inline constexpr size_t kRecordBytes = 8;

// The result is normalized. `data` may be null if `size` is 0.
Program decode(const uint8_t *data, size_t size);
// Encodes the normal form of `program`: decode(encode(p)) == normalize(p).
std::vector<uint8_t> encode(const Program &program);
// How many bytes encode() gives for a normalized program.
size_t encoded_size(const Program &program);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_CODEC_H
