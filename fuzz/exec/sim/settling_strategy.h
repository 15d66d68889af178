// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// settling_strategy.h - the program's own strategy while its threads run, the default order before
// and afterwards. Before: a schedule should not be used up by booting. Afterwards: in the epilogue
// time may only pass when nothing else can run, or "the drain timer has fired and its work is done"
// would not follow from "more than the drain interval has passed".
#ifndef SLABBED_FUZZ_EXEC_SIM_SETTLING_STRATEGY_H
#define SLABBED_FUZZ_EXEC_SIM_SETTLING_STRATEGY_H

#include "conformance/trace/recorder.h"
#include "fuzz/sched/strategy.h"

namespace slabbed::fuzz {

class SettlingStrategy final : public sched::Strategy {
 public:
  void use(sched::Strategy *inner) { inner_ = inner; }

  // On a fiber, while the rest is the driver's: quiet, or TSan reports the test bed. start() needs
  // sched::ask_strategy_now() after it.
  SLABBED_TRACE_QUIET __attribute__((noinline)) void start() { phase_ = kStarts; }
  SLABBED_TRACE_QUIET __attribute__((noinline)) void settle() { phase_ = kSettled; }

  void begin() override {
    phase_ = kSettled;
    inner_->begin();
  }
  uint32_t quiet_steps() override {
    if (phase_ == kSettled) return kLong;
    phase_ = kRuns;
    return inner_->quiet_steps();
  }
  unsigned pick(const sched::Choice &choice) override {
    // A current fiber that cannot go on means: the default.
    return phase_ == kRuns ? inner_->pick(choice) : choice.current;
  }

 private:
  static constexpr uint32_t kLong = 1u << 30;

  sched::Strategy *inner_ = nullptr;
  enum : uint8_t { kSettled, kStarts, kRuns } phase_ = kSettled;
};

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_SIM_SETTLING_STRATEGY_H
