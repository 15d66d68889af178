// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// crossover.h - a program made of parts of two others: a head of one and a tail of the other, runs
// of both in turns, or some threads of each. Operations keep the order they had, and an explicit
// schedule goes along with the operations it refers to.
#ifndef SLABBED_FUZZ_PROGRAM_CROSSOVER_H
#define SLABBED_FUZZ_PROGRAM_CROSSOVER_H

#include "fuzz/program/program.h"
#include "fuzz/program/random.h"

namespace slabbed::fuzz {

// Needs normalized programs, gives one. Boot parameters and strategy come from one of them; a
// schedule of another strategy is left out.
Program crossover(const Program &a, const Program &b, Random *random);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_CROSSOVER_H
