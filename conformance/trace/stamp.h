// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// stamp.h - time stamps of native events. A stamp may only shrink the interval in which an object
// was certainly held: before a call, stamp first and then let the call start; after it, let the
// call finish and then stamp. lfence keeps rdtsc on its side; without an invariant counter the
// steady clock (a vDSO call, which cannot move across the call into the allocator) is used.
#ifndef SLABBED_CONFORMANCE_TRACE_STAMP_H
#define SLABBED_CONFORMANCE_TRACE_STAMP_H

#include <cstdint>

namespace slabbed::conf {

bool stamps_use_tsc();          // decided once, at the first call
uint64_t steady_stamp();        // nanoseconds

// For events that stand before a call: kInvoke, kFree, kKfreeRcu, kReaderUnlock.
inline uint64_t stamp_before() {
#if defined(__x86_64__)
  if (stamps_use_tsc()) {
    uint64_t now = __builtin_ia32_rdtsc();
    asm volatile("lfence" ::: "memory");
    return now;
  }
#endif
  return steady_stamp();
}

// For events that stand after a call: kReturn, kAlloc, kReaderLock.
inline uint64_t stamp_after() {
#if defined(__x86_64__)
  if (stamps_use_tsc()) {
    asm volatile("lfence" ::: "memory");
    return __builtin_ia32_rdtsc();
  }
#endif
  return steady_stamp();
}

}  // namespace slabbed::conf
#endif  // SLABBED_CONFORMANCE_TRACE_STAMP_H
