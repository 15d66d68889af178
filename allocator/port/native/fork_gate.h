// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// fork_gate.h - keeps threads out of liburcu while the process forks.
//
//   state = kClosed bit | number of threads inside
//
// A thread inside at the moment of the fork would leave liburcu's locks taken in the child for
// good. The gate is no lock: it must not order the threads that pass it, or ThreadSanitizer would
// see edges RCU never promised. Hence relaxed counting in functions it cannot see into.
#ifndef SLABBED_PORT_NATIVE_FORK_GATE_H
#define SLABBED_PORT_NATIVE_FORK_GATE_H

#include <cstdint>

#include "futex.h"
#include "port/annotate.h"

namespace slabbed::port {

class ForkGate {
 public:
  SLABBED_UNINSTRUMENTED void enter() {
    for (;;) {
      // Acquire: pairs with open(); what is inside the gate starts after the fork is over.
      uint32_t seen = __atomic_load_n(&state_, __ATOMIC_ACQUIRE);
      if ((seen & kClosed) != 0) {
        futex_wait(&state_, seen, nullptr);
      } else if (__atomic_compare_exchange_n(&state_, &seen, seen + 1, false, __ATOMIC_ACQUIRE,
                                             __ATOMIC_RELAXED)) {
        return;
      }
    }
  }

  SLABBED_UNINSTRUMENTED void leave() {
    // Release: pairs with close(); liburcu is at rest in the memory that the fork copies.
    uint32_t left = __atomic_sub_fetch(&state_, 1, __ATOMIC_RELEASE);
    if (left == kClosed) futex_wake_all(&state_);
  }

  // Nobody can enter any more. With `wait`: returns when nobody is inside.
  SLABBED_UNINSTRUMENTED void close(bool wait) {
    uint32_t now = __atomic_or_fetch(&state_, kClosed, __ATOMIC_ACQUIRE);
    while (wait && now != kClosed) {
      futex_wait(&state_, now, nullptr);
      now = __atomic_load_n(&state_, __ATOMIC_ACQUIRE);  // pairs with leave()
    }
  }

  SLABBED_UNINSTRUMENTED void open() {
    __atomic_and_fetch(&state_, ~kClosed, __ATOMIC_RELEASE);  // pairs with enter()
    futex_wake_all(&state_);
  }

  // In the child: whoever was inside does not exist.
  SLABBED_UNINSTRUMENTED void reset() { __atomic_store_n(&state_, 0, __ATOMIC_RELAXED); }

 private:
  static constexpr uint32_t kClosed = 1u << 31;
  uint32_t state_ = 0;
};

}  // namespace slabbed::port
#endif  // SLABBED_PORT_NATIVE_FORK_GATE_H
