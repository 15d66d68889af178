// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// time.cc - virtual time. It stands still while fibers run, and jumps to the next deadline when the
// schedule picks the clock: early, or because nothing else can run.
#include "port/time.h"

#include "fuzz/sched/machine.h"

SLABBED_SCHED_BEGIN
namespace slabbed::sched {

void advance_clock() {
  uint64_t next = kNever;
  for (uint64_t rest = machine.timed; rest; rest &= rest - 1) {
    Fiber *f = &fibers[__builtin_ctzll(rest)];
    if (f->deadline < next) next = f->deadline;
  }
  if (next > machine.jiffies) machine.jiffies = next;
  emit(SchedEvent::kClock, kClock, machine.jiffies);
  for (uint64_t rest = machine.timed; rest; rest &= rest - 1) {
    Fiber *f = &fibers[__builtin_ctzll(rest)];
    if (f->deadline > machine.jiffies) continue;
    f->timed_out = true;
    wake(f);
  }
}

void sleep_jiffies(uint64_t n) {
  point(PointKind::kTime, "sleep");
  forbid_blocking("sleep");
  if (n) block(Wait::kSleep, nullptr, 0, machine.jiffies + n, "sleep");
}

uint64_t now_jiffies() { return machine.jiffies; }

}  // namespace slabbed::sched

namespace slabbed::port {
using sched::machine;

uint64_t jiffies(const char *site) {
  sched::point(sched::PointKind::kTime, site);
  return machine.jiffies;
}

void set_hz(unsigned n) { machine.hz = n; }
unsigned hz() { return machine.hz; }

}  // namespace slabbed::port
SLABBED_SCHED_END
