// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// world.h (sim) - what the executor needs of a world besides the public API. fuzz/exec/native has
// the same names over real threads; the build chooses by include path, as allocator/port does.
//
// Program threads hand pointers to each other through words of the executor. Those words are the
// test bed's, not the program's: touching them is no yield point and TSan must not see them. What a
// correct program's hand-over would order, release() and acquire() order, by a token of the
// caller's
// choice: the record of the very thing handed over, never the table, so that two unrelated uses of
// one table entry stay unordered and a race between them stays visible.
#ifndef SLABBED_FUZZ_EXEC_SIM_WORLD_H
#define SLABBED_FUZZ_EXEC_SIM_WORLD_H

#include <cstdint>

#include "conformance/trace/recorder.h"
#include "fuzz/exec/note.h"
#include "fuzz/sched/simulation.h"

namespace slabbed::fuzz {

// A word that several program threads touch. Fibers switch only at yield points, so plain accesses
// in unsanitized functions are atomic. Not inlined: an inlined copy would be instrumented again.
template <class T>
class Shared {
 public:
  SLABBED_TRACE_QUIET __attribute__((noinline)) T load() const { return value_; }
  SLABBED_TRACE_QUIET __attribute__((noinline)) void store(T value) { value_ = value; }
  SLABBED_TRACE_QUIET __attribute__((noinline)) T exchange(T value) {
    T old = value_;
    value_ = value;
    return old;
  }
  // Stores `desired` if the word is `expected`; says whether it did.
  SLABBED_TRACE_QUIET __attribute__((noinline)) bool claim(T expected, T desired) {
    if (value_ != expected) return false;
    value_ = desired;
    return true;
  }
  SLABBED_TRACE_QUIET __attribute__((noinline)) void add(T amount) { value_ += amount; }
  // For rcu_dereference(), which wants the pointer itself.
  T *address() { return &value_; }

 private:
  T value_{};
};

namespace world {

inline void release(void *token) { sched::hand_over_release(token); }
inline void acquire(void *token) { sched::hand_over_acquire(token); }

inline void begin_operation(unsigned index, unsigned fail_nth) {
  sched::operation(index, fail_nth);
}
// Page and metadata requests of the current operation so far.
inline unsigned requests_seen() { return sched::faults_seen(); }
inline void sleep_jiffies(uint64_t n) { sched::sleep_jiffies(n); }
// Until ready() is true, which other threads will bring about.
template <class Ready>
void wait_until(Ready ready) {
  while (!ready()) sched::look_again_later();
}
inline unsigned current_thread() { return sched::current_thread(); }
// How often the calling thread has blocked in RCU, a condition wait or a sleep.
inline uint32_t waits() { return sched::waits(); }

// Appends to the trace of the run in progress.
void note(conf::EventKind kind, unsigned thread, uint32_t op, const Note &what);
// The number of the outermost reader section that `thread` is in.
uint64_t reader_section(unsigned thread);
void reader_opened(unsigned thread);
void reader_closing(unsigned thread);
// The number under which the trace knows the cache that `descriptor` is now.
uint32_t cache_number(const void *descriptor);

}  // namespace world
}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_SIM_WORLD_H
