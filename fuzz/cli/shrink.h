// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// shrink.h - the smallest program that shows the same finding, within a budget of seconds.
#ifndef SLABBED_FUZZ_CLI_SHRINK_H
#define SLABBED_FUZZ_CLI_SHRINK_H

#include "fuzz/cli/outcome.h"

namespace slabbed::cli {

struct Shrunk {
  fuzz::Program program;
  Outcome outcome;        // of the small program
  bool reproduced = true; // false: the given program showed no finding when run again
  unsigned tries = 0;
};

// Runs in child processes. A judge's finding is first given the schedule that it took, so that the
// result no longer depends on the strategy that found it; a crash keeps its strategy, and each try
// costs a process.
Shrunk shrink(const fuzz::TextProgram &text, double seconds);

}  // namespace slabbed::cli
#endif  // SLABBED_FUZZ_CLI_SHRINK_H
