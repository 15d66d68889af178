// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// generate.h - a random program worth running, from a seed: several idioms woven into one another,
// single operations in between that fit what exists, boot parameters and a schedule. The same seed
// gives the same program in every build.
#ifndef SLABBED_FUZZ_PROGRAM_GENERATE_H
#define SLABBED_FUZZ_PROGRAM_GENERATE_H

#include <cstdint>

#include "fuzz/program/program.h"

namespace slabbed::fuzz {

struct GenerateOptions {
  unsigned max_operations = 60;
  // Strategy of the result; bytes gets records, random a seed, explicit preemptions between
  // operations.
  StrategyKind strategy = StrategyKind::kBytes;
};

// The result is normalized.
Program generate(uint64_t seed, const GenerateOptions &options = {});

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_GENERATE_H
