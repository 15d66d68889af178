// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// replay_strategy.h - repeats recorded preemptions, each at exactly its step.
//
// Matching is by identity and does not depend on the order of the list. A preemption whose step
// does not come by, or whose target cannot run then, is skipped and counted; it is never applied
// anywhere else. So a shortened list is a well-defined run, which is what a minimizer needs.
#ifndef SLABBED_FUZZ_SCHED_REPLAY_STRATEGY_H
#define SLABBED_FUZZ_SCHED_REPLAY_STRATEGY_H

#include <cstddef>
#include <utility>
#include <vector>

#include "fuzz/sched/strategy.h"

namespace slabbed::sched {

class ReplayStrategy final : public Strategy {
 public:
  explicit ReplayStrategy(std::vector<Preemption> preemptions)
      : preemptions_(std::move(preemptions)) {}

  void begin() override;
  // Zero, because any point may be the one, until nothing is left to be matched.
  uint32_t quiet_steps() override { return applied_ < preemptions_.size() ? 0 : UINT32_MAX; }
  unsigned pick(const Choice &choice) override;

  // After the run.
  size_t skipped() const { return preemptions_.size() - applied_; }

 private:
  std::vector<Preemption> preemptions_;
  std::vector<uint8_t> done_;   // by index: has been applied
  size_t first_ = 0;            // everything before it is done
  size_t applied_ = 0;
};

}  // namespace slabbed::sched
#endif  // SLABBED_FUZZ_SCHED_REPLAY_STRATEGY_H
