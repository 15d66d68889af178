// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// stack.cc - the frame-pointer walk, bounded by the running fiber's stack.
#include "port/stack.h"

#include <pthread.h>

#include "fuzz/sched/machine.h"

SLABBED_SCHED_BEGIN
namespace slabbed::port {
namespace {

// The driver's own thread; asked for once per thread, as it reads /proc for the main thread.
uintptr_t driver_stack_end() {
  static __thread uintptr_t end;
  if (end) return end;
  pthread_attr_t attributes;
  void *low = nullptr;
  size_t bytes = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  pthread_attr_getstack(&attributes, &low, &bytes);
  pthread_attr_destroy(&attributes);
  end = reinterpret_cast<uintptr_t>(low) + bytes;
  return end;
}

}  // namespace

__attribute__((noinline)) int capture_stack(void **pcs, int max) {
  const sched::Fiber *f = sched::machine.current;
  uintptr_t end = f == &sched::driver ? driver_stack_end()
                                      : reinterpret_cast<uintptr_t>(f->stack_low) + f->stack_bytes;
  uintptr_t frame = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  int n = 0;
  while (n < max && frame + 2 * sizeof(void *) <= end) {
    void **words = reinterpret_cast<void **>(frame);
    if (!words[1]) break;
    pcs[n++] = words[1];
    uintptr_t next = reinterpret_cast<uintptr_t>(words[0]);
    if (next <= frame || next % sizeof(void *)) break;  // callers' frames lie above
    frame = next;
  }
  return n;
}

}  // namespace slabbed::port
SLABBED_SCHED_END
