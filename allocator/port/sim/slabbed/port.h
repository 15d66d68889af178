// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// port.h - the part of the seam that the public headers inline into programs; sim world, C++ only.
//
// The twin of native/slabbed/port.h: the same names, each one a yield point. What is a thread-local
// there is one plain global here, which the scheduler rewrites whenever it switches fibers.
#ifndef SLABBED_PORT_H
#define SLABBED_PORT_H

#ifndef __cplusplus
#error "the sim world is C++ only"
#endif

#include <slabbed/sim_access.h>

#define SLABBED_API

// Layout of a cache descriptor: a private header of fixed size, then one pcs per slot.
#define SLABBED_CACHE_HEADER_BYTES 512
#define SLABBED_PCS_BYTES 64

// Offset of the running fiber's pcs; that of slot 0 for a fiber without a slot.
extern size_t slabbed_sim_slot_offset;

inline size_t slabbed_slot_offset() { return slabbed_sim_slot_offset; }

inline void slabbed_store_relaxed_u32(uint32_t *p, uint32_t v,
                                      const char *site = __builtin_FUNCTION()) {
  slabbed::port::sim::store<__ATOMIC_RELAXED>(p, v, site);
}
inline void slabbed_store_release_u32(uint32_t *p, uint32_t v,
                                      const char *site = __builtin_FUNCTION()) {
  slabbed::port::sim::store<__ATOMIC_RELEASE>(p, v, site);
}
inline uint32_t slabbed_load_acquire_u32(const uint32_t *p,
                                         const char *site = __builtin_FUNCTION()) {
  return slabbed::port::sim::load<__ATOMIC_ACQUIRE>(p, site);
}
template <typename T>
inline void slabbed_store_release_ptr(T **p, slabbed::port::NoDeduce<T *> v,
                                      const char *site = __builtin_FUNCTION()) {
  slabbed::port::sim::store<__ATOMIC_RELEASE>(p, v, site);
}
template <typename T>
inline T *slabbed_load_acquire_ptr(T *const *p, const char *site = __builtin_FUNCTION()) {
  return slabbed::port::sim::load<__ATOMIC_ACQUIRE>(p, site);
}

// The owner's half of the asymmetric barrier. Between fibers of one OS thread only the compiler and
// the store buffers reorder: it stops the compiler, heavy_barrier() drains every buffer.
inline void slabbed_light_barrier() { __asm__ volatile("" ::: "memory"); }

#endif  // SLABBED_PORT_H
