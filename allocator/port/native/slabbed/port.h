// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// port.h - the part of the seam that the public headers inline into programs; native world.
//
// C11 and C++. A thread's slot is a byte offset in thread-local storage, so that finding the
// thread's part of a cache is one load and one add. The offset of a thread that has no slot (yet,
// or any more) is that of slot 0, whose sheaf is always empty: every call then takes the slow path,
// which is where slots are acquired (port/slot.h). Nothing here tests a flag.
#ifndef SLABBED_PORT_H
#define SLABBED_PORT_H

#include <stddef.h>
#include <stdint.h>

#define SLABBED_API __attribute__((visibility("default")))

// Layout of a cache descriptor: a private header of fixed size, then one pcs per slot. Both sizes
// are compiled into programs; core/ asserts that its structures fit.
#define SLABBED_CACHE_HEADER_BYTES 512
#define SLABBED_PCS_BYTES 64

// One load instead of a call to __tls_get_addr(). The eight bytes fit into the static TLS surplus,
// so dlopen() of the library works too; a program that has used the surplus up defines
// SLABBED_TLS_DYNAMIC for the library and for itself.
#ifdef SLABBED_TLS_DYNAMIC
#define SLABBED_TLS_MODEL
#else
#define SLABBED_TLS_MODEL __attribute__((tls_model("initial-exec")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

// Written by its own thread only (port/slot.h). Starts as the offset of slot 0.
extern SLABBED_API __thread size_t slabbed_tls_slot_offset SLABBED_TLS_MODEL;

static inline size_t slabbed_slot_offset(void) { return slabbed_tls_slot_offset; }

static inline void slabbed_store_relaxed_u32(uint32_t *p, uint32_t v) {
  __atomic_store_n(p, v, __ATOMIC_RELAXED);
}
static inline void slabbed_store_release_u32(uint32_t *p, uint32_t v) {
  __atomic_store_n(p, v, __ATOMIC_RELEASE);
}
static inline uint32_t slabbed_load_acquire_u32(uint32_t *p) {
  return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

// Macros, because the addressed field is a pointer to any type and C++ converts neither T ** to
// void ** nor void * to T *.
#define slabbed_store_release_ptr(addr, v)                              \
  do {                                                                  \
    __typeof__(*(addr)) slabbed_value_ = (v);                           \
    __atomic_store_n((addr), slabbed_value_, __ATOMIC_RELEASE);         \
  } while (0)
#define slabbed_load_acquire_ptr(addr) ((void *)__atomic_load_n((addr), __ATOMIC_ACQUIRE))

// Half of an asymmetric barrier: keeps the compiler from moving the owner's accesses across it. The
// processor is dealt with by the other half, heavy_barrier() in port/atomic.h, on the side that can
// afford it. ThreadSanitizer sees neither half; what it needs is in the orders of the accesses.
static inline void slabbed_light_barrier(void) { __asm__ volatile("" ::: "memory"); }

#ifdef __cplusplus
}
#endif
#endif  // SLABBED_PORT_H
