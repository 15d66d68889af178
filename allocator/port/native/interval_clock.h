// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// interval_clock.h - tells ThreadSanitizer which intervals a wait has waited for, and no others.
//
// A grace period waits for every reader that was open when it began; rcu_barrier() for every
// callback queued before it. Both promise: what happened in the intervals opened before the wait
// began happens before the wait's end. TSan has to be told, as it cannot see into liburcu, and must
// not be told more: a token shared by all readers would also cover the section a reader opened
// later, and so hide the very access after the unlock that it should report.
//
//   open()        -> stamp            an interval begins
//   close(stamp)                      its clock goes to every wait begun since, and to `closed_`
//   begin(wait)                       takes over `closed_`: intervals that are over already
//   end(wait)                         the calling thread acquires what the wait has collected
//
// Copying `closed_` into a wait must not give its clock to the thread that begins it (call_rcu
// waits for nothing), so a TSan fiber that never runs any code carries it over.
//
// Without TSan the class is empty and its calls are nothing.
#ifndef SLABBED_PORT_NATIVE_INTERVAL_CLOCK_H
#define SLABBED_PORT_NATIVE_INTERVAL_CLOCK_H

#include <cstdint>

#include "port/annotate.h"

namespace slabbed::port {

#ifdef SLABBED_TSAN

class IntervalClock {
 public:
  struct Wait {
    uint64_t first_not_waited;  // stamp of the first interval opened after begin()
    Wait *previous, *next;
    char token;                 // TSan keeps a clock for this address
  };

  // The calling thread's history so far becomes part of every wait; call it once, early.
  void prepare();
  uint64_t open();
  void close(uint64_t stamp);
  void begin(Wait *wait);
  void end(Wait *wait);

 private:
  void lock();
  void unlock();

  // A spin lock that TSan cannot see: it would order everything.
  uint32_t locked_ = 0;
  uint64_t next_stamp_ = 1;
  Wait *waits_ = nullptr;
  void *carrier_ = nullptr;
  char closed_ = 0;
};

#else

class IntervalClock {
 public:
  struct Wait {};
  void prepare() {}
  uint64_t open() { return 0; }
  void close(uint64_t) {}
  void begin(Wait *) {}
  void end(Wait *) {}
};

#endif  // SLABBED_TSAN

}  // namespace slabbed::port
#endif  // SLABBED_PORT_NATIVE_INTERVAL_CLOCK_H
