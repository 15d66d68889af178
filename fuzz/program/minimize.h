// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// minimize.h - the smallest program that still shows the same finding.
//
// Works from the coarse to the fine: whole threads, operations (delta debugging), schedule records,
// faults, boot parameters and arguments towards plain values, then once more from the start until a
// round changes nothing. What "the same finding" is, only the caller knows: the predicate must say
// yes only for the same rule and the same signature, or the minimizer wanders to another bug.
//
// Deterministic: candidates depend on the program and on earlier answers only.
#ifndef SLABBED_FUZZ_PROGRAM_MINIMIZE_H
#define SLABBED_FUZZ_PROGRAM_MINIMIZE_H

#include <functional>

#include "fuzz/program/program.h"

namespace slabbed::fuzz {

// True if the candidate still shows the finding. Must not keep state between calls.
using SameFinding = std::function<bool(const Program &)>;

struct MinimizeBudget {
  unsigned max_tries = 10000;
  std::function<bool()> out_of_time;  // asked before each try; empty: never
};

struct MinimizeStats {
  unsigned tries = 0;      // predicate calls
  unsigned successes = 0;  // of these: still the finding
  bool complete = false;   // nothing smaller is left to try; false: the budget ended first
};

// `program` itself must satisfy the predicate; it is not tried again. Gives a normalized program
// that satisfies it, at worst normalize(program).
Program minimize(const Program &program, const SameFinding &same,
                 const MinimizeBudget &budget = {}, MinimizeStats *stats = nullptr);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_MINIMIZE_H
