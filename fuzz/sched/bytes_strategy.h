// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// bytes_strategy.h - the schedule as a fuzzer mutates it: "after `gap` yield points, switch".
//
// A record counts yield points of all fibers and then picks among the fibers that could run instead
// of the current one, modulo their number. No record is ever invalid, and records do not name
// anything, so that a mutation of one leaves the meaning of the others alone. After the last
// record, and whenever the running fiber cannot go on, the default order decides.
#ifndef SLABBED_FUZZ_SCHED_BYTES_STRATEGY_H
#define SLABBED_FUZZ_SCHED_BYTES_STRATEGY_H

#include <cstddef>

#include "fuzz/sched/strategy.h"

namespace slabbed::sched {

class BytesStrategy final : public Strategy {
 public:
  struct Record {
    uint16_t gap;
    uint8_t pick;
  };
  // The records must outlive the strategy.
  BytesStrategy(const Record *records, size_t count) : records_(records), count_(count) {}

  void begin() override { next_ = 0; }
  uint32_t quiet_steps() override;
  unsigned pick(const Choice &choice) override;

 private:
  const Record *records_;
  size_t count_;
  size_t next_ = 0;  // records_[0, next_) have been used
};

}  // namespace slabbed::sched
#endif  // SLABBED_FUZZ_SCHED_BYTES_STRATEGY_H
