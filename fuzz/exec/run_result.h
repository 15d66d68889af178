// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// run_result.h - what is known after a program has run, in either world.
#ifndef SLABBED_FUZZ_EXEC_RUN_RESULT_H
#define SLABBED_FUZZ_EXEC_RUN_RESULT_H

#include <cstdint>
#include <string>
#include <vector>

#include "conformance/oracle/judge.h"
#include "conformance/trace/event.h"
#include "fuzz/program/program.h"

namespace slabbed::fuzz {

struct RunResult {
  conf::Verdict verdict;
  uint64_t trace_hash = 0;  // sim world; includes the verdict
  conf::Trace trace;
  // What the allocator printed, addresses and stacks included.
  std::vector<std::string> report_lines;
  // Sim world: the preemptions that were taken. With strategy kExplicit they repeat the run.
  std::vector<ScheduleRecord> schedule;
  uint32_t steps = 0;                // yield points
  uint32_t skipped_preemptions = 0;  // of an explicit schedule: their points never came by
  bool clean() const { return verdict.clean(); }
};

// Runs programs, one after another, in the world it belongs to.
class Runner {
 public:
  virtual ~Runner() = default;
  // The result is valid until the next run.
  virtual const RunResult &run(const Program &program) = 0;
  // Whether report lines name code addresses (false): for a run that a person will read.
  void set_symbols(bool on) { symbols_ = on; }
  virtual const char *world() const = 0;  // "sim" or "native"

 protected:
  bool symbols_ = false;
};

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_RUN_RESULT_H
