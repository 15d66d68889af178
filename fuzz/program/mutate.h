// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// mutate.h - changes a program record by record, so that a mutated input is a neighbouring program
// and not a shifted one. LLVMFuzzerCustomMutator and LLVMFuzzerCustomCrossOver call mutate_bytes()
// and crossover_bytes(). The seed decides everything; results are the same in every build.
#ifndef SLABBED_FUZZ_PROGRAM_MUTATE_H
#define SLABBED_FUZZ_PROGRAM_MUTATE_H

#include <cstddef>
#include <cstdint>

#include "fuzz/program/program.h"
#include "fuzz/program/random.h"

namespace slabbed::fuzz {

// One to a few changes: operations inserted, erased, doubled, swapped, retargeted or moved to
// another thread; whole idioms; sizes, flags, faults; schedule records; boot parameters. Leaves the
// program normalized.
void mutate(Program *program, Random *random);
// Cuts schedule records, then operations, then names, until the encoding fits.
void trim(Program *program, size_t max_bytes);

// In place, as libFuzzer wants it. The result is at most max_size bytes.
size_t mutate_bytes(uint8_t *data, size_t size, size_t max_size, uint32_t seed);
size_t crossover_bytes(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                       uint8_t *out, size_t max_size, uint32_t seed);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_MUTATE_H
