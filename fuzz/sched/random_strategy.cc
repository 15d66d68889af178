// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "fuzz/sched/random_strategy.h"

namespace slabbed::sched {

void RandomStrategy::begin() {
  state_ = seed_;
  mean_gap_ = 4u << below(4);
}

// A Weyl sequence through a mixing function (splitmix64): any seed is a good seed.
uint64_t RandomStrategy::next() {
  state_ += 0x9e3779b97f4a7c15u;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

uint32_t RandomStrategy::below(uint32_t n) {
  return static_cast<uint32_t>(((next() >> 32) * n) >> 32);
}

// Uniform with the right mean; the extremes (0 and twice the mean) are as likely as the rest.
uint32_t RandomStrategy::quiet_steps() { return below(2 * mean_gap_ - 1); }

unsigned RandomStrategy::pick(const Choice &choice) {
  if (choice.kind == PointKind::kBlocked || choice.kind == PointKind::kSpin) {
    return choice.runnable[below(choice.runnable_count)];
  }
  if (choice.runnable_count < 2) return choice.current;
  uint32_t index = below(choice.runnable_count - 1);
  for (unsigned i = 0; i < choice.runnable_count; i++) {
    if (choice.runnable[i] == choice.current) continue;
    if (index-- == 0) return choice.runnable[i];
  }
  return choice.current;
}

}  // namespace slabbed::sched
