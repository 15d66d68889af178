// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// interval_clock.cc - see the header. Only built into something under ThreadSanitizer.
#include "interval_clock.h"

#ifdef SLABBED_TSAN

#include <sanitizer/tsan_interface.h>
#include <sched.h>

namespace slabbed::port {

// Acquire and release order the fields for the processor only; uninstrumented, they order nothing
// for TSan.
SLABBED_UNINSTRUMENTED void IntervalClock::lock() {
  while (__atomic_exchange_n(&locked_, 1, __ATOMIC_ACQUIRE) != 0) sched_yield();
}

SLABBED_UNINSTRUMENTED void IntervalClock::unlock() {
  __atomic_store_n(&locked_, 0, __ATOMIC_RELEASE);
}

SLABBED_UNINSTRUMENTED void IntervalClock::prepare() {
  lock();
  if (carrier_ == nullptr) carrier_ = __tsan_create_fiber(0);
  unlock();
}

SLABBED_UNINSTRUMENTED uint64_t IntervalClock::open() {
  lock();
  uint64_t stamp = next_stamp_++;
  unlock();
  return stamp;
}

SLABBED_UNINSTRUMENTED void IntervalClock::close(uint64_t stamp) {
  lock();
  __tsan_release(&closed_);
  for (Wait *wait = waits_; wait != nullptr; wait = wait->next) {
    if (stamp < wait->first_not_waited) __tsan_release(&wait->token);
  }
  unlock();
}

SLABBED_UNINSTRUMENTED void IntervalClock::begin(Wait *wait) {
  lock();
  wait->first_not_waited = next_stamp_;
  wait->previous = nullptr;
  wait->next = waits_;
  if (waits_ != nullptr) waits_->previous = wait;
  waits_ = wait;
  // The carrier's clock never holds more than `closed_` did, which only grows.
  void *self = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(carrier_, __tsan_switch_to_fiber_no_sync);
  __tsan_acquire(&closed_);
  __tsan_release(&wait->token);
  __tsan_switch_to_fiber(self, __tsan_switch_to_fiber_no_sync);
  unlock();
}

SLABBED_UNINSTRUMENTED void IntervalClock::end(Wait *wait) {
  lock();
  if (wait->previous != nullptr) wait->previous->next = wait->next;
  if (wait->next != nullptr) wait->next->previous = wait->previous;
  if (waits_ == wait) waits_ = wait->next;
  __tsan_acquire(&wait->token);
  unlock();
}

}  // namespace slabbed::port

#endif  // SLABBED_TSAN
