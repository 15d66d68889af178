// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// idioms.h - short operation sequences that slab and RCU users really write, as building blocks for
// the generator and the mutator. Single random operations seldom line up into "publish, read,
// replace, destroy"; these do, with other operands, threads and omissions each time.
#ifndef SLABBED_FUZZ_PROGRAM_IDIOMS_H
#define SLABBED_FUZZ_PROGRAM_IDIOMS_H

#include <vector>

#include "fuzz/program/program.h"
#include "fuzz/program/random.h"
#include "fuzz/program/sketch.h"

namespace slabbed::fuzz {

unsigned idiom_count();
const char *idiom_name(unsigned idiom);
// Idiom `idiom` for a program of `threads` threads, its steps restricted to `allowed`.
std::vector<Operation> draw_idiom(Random *random, unsigned idiom, unsigned threads, OpSet allowed);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_IDIOMS_H
