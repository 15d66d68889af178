// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// annotate.h - what the sanitizers are told; nothing in a build without them. Sim world.
#ifndef SLABBED_PORT_ANNOTATE_H
#define SLABBED_PORT_ANNOTATE_H

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLABBED_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define SLABBED_TSAN 1
#endif
#if __has_feature(memory_sanitizer)
#define SLABBED_MSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(SLABBED_ASAN)
#define SLABBED_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__) && !defined(SLABBED_TSAN)
#define SLABBED_TSAN 1
#endif

#ifdef SLABBED_ASAN
#include <sanitizer/asan_interface.h>
#endif

// A function that no sanitizer may see into. clang's no_sanitize("thread") leaves atomics
// instrumented, so clang has an attribute of its own for it; under MSan that attribute would leave
// stale shadow of arguments and results behind, which no_sanitize("memory") keeps clean.
#if defined(__clang__) && defined(SLABBED_MSAN)
#define SLABBED_UNINSTRUMENTED __attribute__((no_sanitize("memory", "coverage")))
#elif defined(__clang__)
#define SLABBED_UNINSTRUMENTED \
  __attribute__((disable_sanitizer_instrumentation, no_sanitize("coverage")))
#else
#define SLABBED_UNINSTRUMENTED __attribute__((no_sanitize("address", "thread", "undefined")))
#endif

namespace slabbed::port {

// Makes any access to [p, p + n) an ASan report until unpoison().
inline void poison([[maybe_unused]] const void *p, [[maybe_unused]] size_t n) {
#ifdef SLABBED_ASAN
  __asan_poison_memory_region(p, n);
#endif
}

inline void unpoison([[maybe_unused]] const void *p, [[maybe_unused]] size_t n) {
#ifdef SLABBED_ASAN
  __asan_unpoison_memory_region(p, n);
#endif
}

}  // namespace slabbed::port
#endif  // SLABBED_PORT_ANNOTATE_H
