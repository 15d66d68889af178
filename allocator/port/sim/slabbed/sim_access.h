// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// sim_access.h - one memory access of the simulated world: yield, then touch memory.
//
// Every access first calls its at_*() function, where the scheduler may run somebody else, and then
// uses the compiler's __atomic builtin with the order it was given, so that ThreadSanitizer sees
// the true orders. In store-buffer mode (`buffering`; never under TSan) stores go into the running
// fiber's buffer instead and its loads look there first. Only accesses through the port are
// buffered: a field stored through the port is to be loaded through the port as well, at least
// until its writer's next lock operation, read-modify-write or barrier has drained the buffer.
#ifndef SLABBED_SIM_ACCESS_H
#define SLABBED_SIM_ACCESS_H

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace slabbed::port {

// A parameter of type NoDeduce<T> takes its T from the field alone, so that literals convert.
template <typename T>
using NoDeduce = std::type_identity_t<T>;

template <typename T>
inline constexpr bool kAtomicFits =
    std::is_trivially_copyable_v<T> && sizeof(T) <= 8 && (sizeof(T) & (sizeof(T) - 1)) == 0;

}  // namespace slabbed::port

// Defined by fuzz/sched. `site` is a function name; it identifies the step in recorded schedules.
namespace slabbed::port::sim {

extern bool buffering;  // constant during a run

void at_load(const char *site);
void at_store(const char *site);
// Read-modify-write: also drains the running fiber's store buffer, as the instruction would.
void at_rmw(const char *site);
void buffer_store(void *address, unsigned bytes, const void *value, const char *site);
// Store-to-load forwarding: whether the running fiber's own buffer holds the value.
bool buffered_load(const void *address, unsigned bytes, void *value);

template <int kOrder, typename T>
inline T load(const T *address, const char *site) {
  static_assert(kAtomicFits<T>);
  at_load(site);
  T value;
  if (__builtin_expect(!buffering, 1) || !buffered_load(address, sizeof(T), &value)) {
    __atomic_load(const_cast<T *>(address), &value, kOrder);
  }
  // What a pointer leads to is touched by plain accesses, which never yield. Without a point here
  // nobody could come between finding a sheaf or an object and using it, and the owner protocol of
  // <slabbed/slab.h> would hold whatever the remote side forgets.
  if constexpr (std::is_pointer_v<T>) at_load(site);
  return value;
}

template <int kOrder, typename T>
inline void store(T *address, T value, const char *site) {
  static_assert(kAtomicFits<T>);
  at_store(site);
  if (__builtin_expect(buffering, 0)) return buffer_store(address, sizeof(T), &value, site);
  __atomic_store(address, &value, kOrder);
}

}  // namespace slabbed::port::sim
#endif  // SLABBED_SIM_ACCESS_H
