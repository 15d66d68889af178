// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "fuzz/sched/bytes_strategy.h"

namespace slabbed::sched {

uint32_t BytesStrategy::quiet_steps() {
  return next_ < count_ ? records_[next_].gap : UINT32_MAX;
}

unsigned BytesStrategy::pick(const Choice &choice) {
  if (choice.kind == PointKind::kBlocked || choice.kind == PointKind::kSpin) {
    return choice.runnable[0];
  }
  if (next_ == count_) return choice.current;
  unsigned pick = records_[next_++].pick;
  unsigned others = choice.runnable_count - 1;
  if (others == 0) return choice.current;
  unsigned index = pick % others;
  for (unsigned i = 0; i < choice.runnable_count; i++) {
    if (choice.runnable[i] == choice.current) continue;
    if (index-- == 0) return choice.runnable[i];
  }
  return choice.current;
}

}  // namespace slabbed::sched
