// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// world.h (native) - what the executor needs of a world besides the public API, over real threads.
// The twin of sim/world.h, where the names are explained.
//
// The hand-over between threads is ordinary code here and TSan watches it like any other: Shared is
// sequentially consistent, and release() and acquire() have nothing left to do.
#ifndef SLABBED_FUZZ_EXEC_NATIVE_WORLD_H
#define SLABBED_FUZZ_EXEC_NATIVE_WORLD_H

#include <sched.h>

#include <cstdint>

#include "conformance/trace/event.h"
#include "fuzz/exec/note.h"

namespace slabbed::fuzz {

// Sequentially consistent throughout: CacheUse and destroy_cache() each store one word and then
// load the other's (see CacheRecord), which release and acquire would not keep in order.
template <class T>
class Shared {
 public:
  T load() const { return __atomic_load_n(&value_, __ATOMIC_SEQ_CST); }
  void store(T value) { __atomic_store_n(&value_, value, __ATOMIC_SEQ_CST); }
  T exchange(T value) { return __atomic_exchange_n(&value_, value, __ATOMIC_SEQ_CST); }
  bool claim(T expected, T desired) {
    return __atomic_compare_exchange_n(&value_, &expected, desired, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
  }
  void add(T amount) { __atomic_fetch_add(&value_, amount, __ATOMIC_SEQ_CST); }
  T *address() { return &value_; }

 private:
  T value_{};
};

namespace world {

inline void release(void *) {}
inline void acquire(void *) {}

// Real threads take no schedule, and the native port injects no faults.
inline void begin_operation(unsigned, unsigned) {}
inline unsigned requests_seen() { return 0; }
inline uint32_t waits() { return 0; }
void sleep_jiffies(uint64_t n);
template <class Ready>
void wait_until(Ready ready) {
  while (!ready()) sched_yield();
}
unsigned current_thread();

// Stamped and appended to the calling thread's own buffer.
void note(conf::EventKind kind, unsigned thread, uint32_t op, const Note &what);
uint64_t reader_section(unsigned thread);
void reader_opened(unsigned thread);
void reader_closing(unsigned thread);
// Descriptors are numbered as they are asked for; equal addresses get equal numbers.
uint32_t cache_number(const void *descriptor);

}  // namespace world
}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_NATIVE_WORLD_H
