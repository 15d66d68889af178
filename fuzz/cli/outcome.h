// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// outcome.h - what one program did, in the form in which processes tell each other.
#ifndef SLABBED_FUZZ_CLI_OUTCOME_H
#define SLABBED_FUZZ_CLI_OUTCOME_H

#include <nlohmann/json.hpp>
#include <string>

#include "fuzz/exec/run_result.h"
#include "fuzz/program/text.h"

namespace slabbed::cli {

struct Outcome {
  std::string file;
  std::string rule;         // "clean", a rule id, or "crash"
  std::string signature;    // equal for equal findings
  std::string why;          // of a program that did not do as expected, one line
  std::string explanation;  // the judge's
  std::string report;       // the whole finding in words
  std::string trace;        // with verbose
  std::string hash;         // sim world
  uint64_t steps = 0;
  uint32_t skipped_preemptions = 0;
  bool expected = true;
};

nlohmann::json to_json(const Outcome &outcome);
Outcome outcome_from_json(const nlohmann::json &json);

// Runs it here. `replay` is the line that repeats it.
Outcome run_here(fuzz::Runner &runner, const std::string &file, const fuzz::TextProgram &text,
                 bool verbose);
// Runs it in a child process: a crash there becomes an Outcome with rule "crash".
Outcome run_in_child(const std::string &file, const fuzz::TextProgram &text, bool verbose);

// The command a user types to see it again.
std::string replay_line(const std::string &file);

}  // namespace slabbed::cli
#endif  // SLABBED_FUZZ_CLI_OUTCOME_H
