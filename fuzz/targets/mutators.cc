// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// mutators.cc - hands libFuzzer's requests for a new input to the record-aware mutator. Engines
// that know no such functions do without: the fixed-width format stands byte mutations too.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/exec/unit.h"
#include "fuzz/program/codec.h"
#include "fuzz/program/mutate.h"

namespace {

// Seeds may be text; what grows from them is bytes.
std::vector<uint8_t> as_bytes(const uint8_t *data, size_t size) {
  if (!slabbed::fuzz::is_text_unit(data, size)) return {data, data + size};
  return encode(slabbed::fuzz::load_any_unit(data, size).program);
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                                          unsigned seed) {
  if (slabbed::fuzz::is_text_unit(data, size)) {
    std::vector<uint8_t> bytes = as_bytes(data, size);
    size = bytes.size() < max_size ? bytes.size() : max_size;
    for (size_t i = 0; i < size; ++i) data[i] = bytes[i];
  }
  return slabbed::fuzz::mutate_bytes(data, size, max_size, seed);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b,
                                            size_t b_size, uint8_t *out, size_t max_size,
                                            unsigned seed) {
  std::vector<uint8_t> first = as_bytes(a, a_size);
  std::vector<uint8_t> second = as_bytes(b, b_size);
  return slabbed::fuzz::crossover_bytes(first.data(), first.size(), second.data(), second.size(),
                                        out, max_size, seed);
}
