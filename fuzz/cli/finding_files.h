// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// finding_files.h - a unit that ended a fuzz run becomes <findings>/<rule>-<hash>.{slab,bin,txt}.
#ifndef SLABBED_FUZZ_CLI_FINDING_FILES_H
#define SLABBED_FUZZ_CLI_FINDING_FILES_H

#include <string>

namespace slabbed::cli {

struct SavedFinding {
  std::string signature;
  std::string stem;      // path without the extension
  std::string report;    // in words, with the line that replays it
  bool reproduced = true;
};

// Minimizes (at most 10 s), runs the result again in a fresh process, saves and removes the unit.
// A unit that shows nothing when run again is itself reported: as a determinism bug, or, if a
// sanitizer spoke, with what it said (`engine_output`). Throws Failure.
SavedFinding save_finding(const std::string &unit, const std::string &folder,
                          const std::string &engine_output);

}  // namespace slabbed::cli
#endif  // SLABBED_FUZZ_CLI_FINDING_FILES_H
