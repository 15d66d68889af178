// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// random_strategy.h - uniform random scheduling from one seed.
//
// The seed also draws how restless the run is: the mean number of yield points between two switches
// is 4, 8, 16 or 32. Switching at every point would keep queues and sheaves from ever filling up;
// switching rarely would miss what needs two switches close together. Forced choices are uniform.
#ifndef SLABBED_FUZZ_SCHED_RANDOM_STRATEGY_H
#define SLABBED_FUZZ_SCHED_RANDOM_STRATEGY_H

#include "fuzz/sched/strategy.h"

namespace slabbed::sched {

class RandomStrategy final : public Strategy {
 public:
  explicit RandomStrategy(uint64_t seed) : seed_(seed) {}

  void begin() override;
  uint32_t quiet_steps() override;
  unsigned pick(const Choice &choice) override;

 private:
  uint64_t next();
  uint32_t below(uint32_t n);  // uniform in [0, n)

  uint64_t seed_;
  uint64_t state_ = 0;
  uint32_t mean_gap_ = 4;
};

}  // namespace slabbed::sched
#endif  // SLABBED_FUZZ_SCHED_RANDOM_STRATEGY_H
