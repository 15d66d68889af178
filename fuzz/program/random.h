// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// random.h - the only random numbers of this folder: a seed gives the same sequence under every
// compiler and library, which <random>'s distributions and std::shuffle do not promise.
#ifndef SLABBED_FUZZ_PROGRAM_RANDOM_H
#define SLABBED_FUZZ_PROGRAM_RANDOM_H

#include <cassert>
#include <cstdint>

namespace slabbed::fuzz {

// SplitMix64: every seed is good, also 0 and neighbouring ones.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  // Uniform in [0, bound); the bias of the multiplication is below 2^-32 * bound.
  unsigned below(unsigned bound) {
    assert(bound > 0);
    return static_cast<unsigned>((next() >> 32) * bound >> 32);
  }
  unsigned between(unsigned min, unsigned max) { return min + below(max - min + 1); }
  bool one_in(unsigned n) { return below(n) == 0; }
  // Small numbers are likely, large ones possible: each further bit has half the chance.
  unsigned skewed(unsigned max) {
    unsigned bound = 2;
    while (bound <= max / 2 && one_in(2)) bound *= 2;
    return below(bound <= max ? bound : max + 1);
  }

 private:
  uint64_t state_;
};

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_RANDOM_H
