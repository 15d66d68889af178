// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// program_any.h - any normalized program at all, for property tests: random bytes of a random
// length, decoded. As every normalized program has an encoding, each can come up.
#ifndef SLABBED_FUZZ_TESTS_PROGRAM_ANY_H
#define SLABBED_FUZZ_TESTS_PROGRAM_ANY_H

#include <vector>

#include "fuzz/program/codec.h"
#include "fuzz/program/random.h"

namespace slabbed::fuzz {

inline std::vector<uint8_t> any_bytes(Random *random, unsigned max_size) {
  std::vector<uint8_t> bytes(random->one_in(4) ? random->below(max_size + 1)
                                               : random->skewed(max_size));
  for (uint8_t &byte : bytes) byte = static_cast<uint8_t>(random->next());
  // Plain random counts would almost always say "all records are operations".
  if (bytes.size() > 9) bytes[9] = static_cast<uint8_t>(random->below(2)), bytes[8] &= 63;
  return bytes;
}

inline Program any_program(Random *random, unsigned max_size = 600) {
  std::vector<uint8_t> bytes = any_bytes(random, max_size);
  return decode(bytes.data(), bytes.size());
}

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_TESTS_PROGRAM_ANY_H
