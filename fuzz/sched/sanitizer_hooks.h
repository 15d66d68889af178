// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// sanitizer_hooks.h - the few calls by which the scheduler talks to ASan and TSan; empty otherwise.
//
// Scheduler code itself must be invisible: to TSan, one variable touched from two fibers would be a
// race, and one atomic a synchronization that hides the program's own races. Everything between
// SLABBED_SCHED_BEGIN and SLABBED_SCHED_END is compiled without instrumentation by clang; for gcc
// the build compiles these files without sanitizers and defines SLABBED_ASAN / SLABBED_TSAN itself.
// For the same reason this code calls no inline standard-library function: the linker could pick
// the instrumented copy of another file.
//
// The driver is the context that calls begin(), run() and end(). Strategies, event sinks and
// unobserved() code run on the blind context, in which TSan records nothing, whatever fiber's stack
// they are on: so they may be ordinary code and share what they like.
#ifndef SLABBED_FUZZ_SCHED_SANITIZER_HOOKS_H
#define SLABBED_FUZZ_SCHED_SANITIZER_HOOKS_H

#include <cstddef>

#include "port/annotate.h"

#ifdef SLABBED_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef SLABBED_MSAN
#include <sanitizer/msan_interface.h>
#endif
#ifdef SLABBED_TSAN
#include <sanitizer/tsan_interface.h>
// The runtime's interface for managed heaps: tells it that a block is new memory.
extern "C" void __tsan_java_init(unsigned long heap_begin, unsigned long heap_size);
extern "C" void __tsan_java_alloc(unsigned long ptr, unsigned long size);
extern "C" void __tsan_java_free(unsigned long ptr, unsigned long size);
extern "C" void AnnotateIgnoreReadsBegin(const char *file, int line);
extern "C" void AnnotateIgnoreWritesBegin(const char *file, int line);
extern "C" void AnnotateIgnoreSyncBegin(const char *file, int line);
#endif

#if defined(__clang__)
#ifdef SLABBED_MSAN
#define SLABBED_SCHED_HIDDEN no_sanitize("memory")
#else
#define SLABBED_SCHED_HIDDEN disable_sanitizer_instrumentation
#endif
#define SLABBED_PRAGMA(x) _Pragma(#x)
#define SLABBED_HIDE_FUNCTIONS(how) \
  SLABBED_PRAGMA(clang attribute push(__attribute__((how)), apply_to = function))
#define SLABBED_SCHED_BEGIN \
  SLABBED_HIDE_FUNCTIONS(SLABBED_SCHED_HIDDEN) SLABBED_HIDE_FUNCTIONS(no_sanitize("coverage"))
#define SLABBED_SCHED_END _Pragma("clang attribute pop") _Pragma("clang attribute pop")
#else
#define SLABBED_SCHED_BEGIN
#define SLABBED_SCHED_END
#endif

SLABBED_SCHED_BEGIN
namespace slabbed::sched {

// An address that stands for an edge: what happened before tsan_release() happens before whatever
// follows a later tsan_acquire().
using Token = char;

inline void tsan_acquire([[maybe_unused]] void *token) {
#ifdef SLABBED_TSAN
  __tsan_acquire(token);
#endif
}

inline void tsan_release([[maybe_unused]] void *token) {
#ifdef SLABBED_TSAN
  __tsan_release(token);
#endif
}

// Changes who TSan thinks is running, without an edge.
inline void tsan_become([[maybe_unused]] void *context) {
#ifdef SLABBED_TSAN
  __tsan_switch_to_fiber(context, __tsan_switch_to_fiber_no_sync);
#endif
}

inline void *tsan_current() {
#ifdef SLABBED_TSAN
  return __tsan_get_current_fiber();
#else
  return nullptr;
#endif
}

// Creating is an edge from the creator to the created: call it on the driver's context.
inline void *tsan_create([[maybe_unused]] const char *name) {
#ifdef SLABBED_TSAN
  void *context = __tsan_create_fiber(0);
  __tsan_set_fiber_name(context, name);
  return context;
#else
  return nullptr;
#endif
}

// On the running context, for good.
inline void tsan_go_blind() {
#ifdef SLABBED_TSAN
  AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
  AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
  AnnotateIgnoreSyncBegin(__FILE__, __LINE__);
#endif
}

inline void tsan_destroy([[maybe_unused]] void *context) {
#ifdef SLABBED_TSAN
  __tsan_destroy_fiber(context);
#endif
}

// Leaving the current stack for [low, low + bytes). `fake` keeps ASan's fake stack of the one left;
// nullptr: it is never returned to.
inline void asan_leave([[maybe_unused]] void **fake, [[maybe_unused]] const void *low,
                       [[maybe_unused]] size_t bytes) {
#ifdef SLABBED_ASAN
  __sanitizer_start_switch_fiber(fake, low, bytes);
#endif
}

// Arrived; tells whose stack was left, which is how the driver's own bounds become known.
inline void asan_arrive([[maybe_unused]] void *fake, [[maybe_unused]] const void **left_low,
                        [[maybe_unused]] size_t *left_bytes) {
#ifdef SLABBED_ASAN
  __sanitizer_finish_switch_fiber(fake, left_low, left_bytes);
#endif
}

inline void asan_poison([[maybe_unused]] const void *p, [[maybe_unused]] size_t n) {
#ifdef SLABBED_ASAN
  __asan_poison_memory_region(p, n);
#endif
}

inline void asan_unpoison([[maybe_unused]] const void *p, [[maybe_unused]] size_t n) {
#ifdef SLABBED_ASAN
  __asan_unpoison_memory_region(p, n);
#endif
}

inline bool asan_is_poisoned([[maybe_unused]] void *p, [[maybe_unused]] size_t n) {
#ifdef SLABBED_ASAN
  return __asan_region_is_poisoned(p, n) != nullptr;
#else
  return false;
#endif
}

inline void msan_unpoison([[maybe_unused]] const void *p, [[maybe_unused]] size_t n) {
#ifdef SLABBED_MSAN
  __msan_unpoison(p, n);
#endif
}

// Loops the compiler cannot turn into a call of memset(), which the sanitizers intercept.
inline void raw_fill(void *p, unsigned char byte, size_t n) {
#if defined(__x86_64__)
  __asm__ volatile("rep stosb" : "+D"(p), "+c"(n) : "a"(byte) : "memory");
#else
  volatile unsigned char *bytes = static_cast<unsigned char *>(p);
  for (size_t i = 0; i < n; i++) bytes[i] = byte;
#endif
}

}  // namespace slabbed::sched
SLABBED_SCHED_END
#endif  // SLABBED_FUZZ_SCHED_SANITIZER_HOOKS_H
