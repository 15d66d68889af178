// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// progress.h - counters that whoever started a fuzz target can watch while it runs.
//
// `slabbed campaign` creates a file of this layout and names it in SLABBED_PROGRESS; the target
// maps it and counts. An engine prints what it has done only now and then, and knows nothing of
// what was checked. Without the variable, or if the file cannot be mapped, counting costs a branch.
#ifndef SLABBED_FUZZ_TARGETS_PROGRESS_H
#define SLABBED_FUZZ_TARGETS_PROGRESS_H

#include <cstdint>

#include "fuzz/exec/run_result.h"

namespace slabbed::fuzz {

inline constexpr char kProgressVariable[] = "SLABBED_PROGRESS";

struct Progress {
  uint64_t executions;
  uint64_t operations;
  uint64_t steps;          // yield points
  uint64_t events;         // judged
  uint64_t allocations;
  uint64_t grace_periods;
  uint64_t destroys;
};

void count_progress(const RunResult &result);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_TARGETS_PROGRESS_H
