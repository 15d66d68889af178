// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// planted_bug.h - a .planted file as the hunter reads it: which bug it is, which rule must name it
// and where to look. The substitutions that plant it are plant.cmake's business and skipped here.
//
//   planted refcount_below_zero           the file's name without .planted
//   story One or more lines of prose.
//   source where the bug, or its like, really happened
//   depth 2                               context switches that must fall right for it to show
//   rule MERGE-1 CHECK-1                  the rule that names it; others that may come first
//   lane plain                            or store_buffers: hidden where stores are not buffered
//   hunt program accepts/live.slab strategy random seeds 100     that program under seeds 1..100
//   hunt generated strategy bytes seeds 4000 store_buffers       programs generate(1) .. (4000)
//   file core/pcs.cc
//   - anchor
//   + replacement
#ifndef SLABBED_FUZZ_PLANTED_PLANTED_BUG_H
#define SLABBED_FUZZ_PLANTED_PLANTED_BUG_H

#include <string>
#include <string_view>
#include <vector>

#include "fuzz/program/program.h"

namespace slabbed::fuzz {

struct Hunt {
  std::string program;  // path below conformance/litmus; empty: generated programs
  StrategyKind strategy = StrategyKind::kRandom;
  unsigned seeds = 0;   // executions, with the seeds 1..seeds
  bool store_buffers = false;  // generated programs only; a file says it itself
};

struct PlantedBug {
  std::string id;
  std::vector<std::string> head;  // comment lines before the first word, without "# "
  std::vector<std::string> story;
  std::string source;
  unsigned depth = 0;
  std::vector<std::string> rules;
  bool needs_store_buffers = false;
  std::vector<Hunt> hunts;
};

// False, with *error = "file:line: what", unless every line of `text` is known and nothing is
// missing.
bool parse_planted(std::string_view text, const std::string &file, PlantedBug *out,
                   std::string *error);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PLANTED_PLANTED_BUG_H
