// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// finding.h - what a fuzz target does with a run that did not do what its unit expects.
#ifndef SLABBED_FUZZ_TARGETS_FINDING_H
#define SLABBED_FUZZ_TARGETS_FINDING_H

#include <string>

#include "fuzz/exec/run_result.h"

namespace slabbed::fuzz {

// Starts the line by which a target names its finding to `slabbed campaign`.
inline constexpr char kFindingLine[] = "slabbed-finding: ";

// Prints the report and aborts: the engine saves the unit that it was running.
[[noreturn]] void die_of_finding(const Program &program, const RunResult &result,
                                 const char *world, const std::string &why);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_TARGETS_FINDING_H
