// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// stack.cc - the frame-pointer walk.
//
// A frame is {caller's frame, return address}, and frames go up in memory. Every step is checked
// against the limits of the thread's stack, which are asked for once per thread; on any other stack
// (a signal stack, a fiber) the walk ends after the first address.
#include "port/stack.h"

#include <pthread.h>

#include <cstddef>
#include <cstdint>

#include "port/annotate.h"

namespace slabbed::port {
namespace {

struct StackLimits {
  uintptr_t low, high;
  bool known;
};
__thread StackLimits limits;

// Its locals belong to libc's calls, so this one may be instrumented.
[[gnu::noinline]] void find_limits() {
  pthread_attr_t attributes;
  limits.known = true;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  void *low = nullptr;
  size_t bytes = 0;
  if (pthread_attr_getstack(&attributes, &low, &bytes) == 0) {
    limits.low = reinterpret_cast<uintptr_t>(low);
    limits.high = limits.low + bytes;
  }
  pthread_attr_destroy(&attributes);
}

// Whether a whole frame fits at `address`. False for everything while the limits are unknown (0,
// 0).
[[gnu::always_inline]] inline bool is_frame(uintptr_t address) {
  return address % sizeof(void *) == 0 && address >= limits.low && address < limits.high &&
         limits.high - address >= 2 * sizeof(void *);
}

}  // namespace

// noinline: the first return address has to be the one into our caller.
[[gnu::noinline]] SLABBED_UNINSTRUMENTED int capture_stack(void **pcs, int max) {
  if (max <= 0) return 0;
  if (!limits.known) find_limits();
  uintptr_t frame = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  int n = 0;
  pcs[n++] = __builtin_extract_return_addr(__builtin_return_address(0));
  while (n < max && is_frame(frame)) {
    uintptr_t caller = reinterpret_cast<const uintptr_t *>(frame)[0];
    // Frames only go up: anything else is not a frame, and a loop would never end.
    if (caller <= frame || !is_frame(caller)) break;
    void *pc = reinterpret_cast<void *const *>(caller)[1];
    if (pc == nullptr) break;
    pcs[n++] = __builtin_extract_return_addr(pc);
    frame = caller;
  }
  return n;
}

}  // namespace slabbed::port
