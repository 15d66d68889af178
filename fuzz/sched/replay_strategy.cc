// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "fuzz/sched/replay_strategy.h"

namespace slabbed::sched {
namespace {

bool offers(const Choice &choice, unsigned number) {
  for (unsigned i = 0; i < choice.runnable_count; i++) {
    if (choice.runnable[i] == number) return true;
  }
  return false;
}

}  // namespace

void ReplayStrategy::begin() {
  done_.assign(preemptions_.size(), 0);
  first_ = applied_ = 0;
}

unsigned ReplayStrategy::pick(const Choice &choice) {
  bool forced = choice.kind == PointKind::kBlocked || choice.kind == PointKind::kSpin;
  unsigned fallback = forced ? choice.runnable[0] : choice.current;
  while (first_ < preemptions_.size() && done_[first_]) first_++;
  for (size_t i = first_; i < preemptions_.size(); i++) {
    const Preemption &p = preemptions_[i];
    // Cheapest first: almost every step of almost every run stops here.
    if (p.thread != choice.current || p.operation != choice.operation || p.kind != choice.kind) {
      continue;
    }
    if (done_[i] || p.name != name_hash(choice.name) || p.occurrence != choice.occurrence()) {
      continue;
    }
    if (!offers(choice, p.to)) return fallback;
    done_[i] = 1;
    applied_++;
    return p.to;
  }
  return fallback;
}

}  // namespace slabbed::sched
