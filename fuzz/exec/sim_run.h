// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// sim_run.h - runs programs in the simulated world: boots a System inside a fresh simulation, runs
// the program's threads under its schedule, waits for quiescence three times over, and judges.
//
//   init fiber:  boot ── t1..t4 ── join ── kProgramDone ── sleep > drain interval ── kDrained ──
//                barriers, destroy work ── kBarrier, counters, shrink, counters, pages ── kEnd
//
// Reusable: what one run needs lies ready for the next, and nothing of a run reaches the next one.
#ifndef SLABBED_FUZZ_EXEC_SIM_RUN_H
#define SLABBED_FUZZ_EXEC_SIM_RUN_H

#include <memory>

#include "fuzz/exec/run_result.h"

namespace slabbed::fuzz {

class SimRunner final : public Runner {
 public:
  SimRunner();
  ~SimRunner() override;
  const RunResult &run(const Program &program) override;
  const char *world() const override { return "sim"; }
  // Runs without judging and hashing: for measuring what the parts cost.
  void run_unjudged(const Program &program);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// `program` with the schedule that a run of it has taken: it repeats that run without the strategy
// that found it.
Program with_schedule(const Program &program, const RunResult &result);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_SIM_RUN_H
