// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// atomic.h - atomic variables whose operations carry their memory order in the name; native world.
//
// A thin layer over the compiler's __atomic builtins: orders reach the sanitizers unchanged, and
// `site`, which names the yield point in the sim world, vanishes. The free functions do the same to
// plain fields of the public structs, which C programs share. There is no stand-alone fence, as
// ThreadSanitizer cannot see one; the one asymmetric pair is slabbed_light_barrier() in
// slabbed/port.h with heavy_barrier() here.
#ifndef SLABBED_PORT_ATOMIC_H
#define SLABBED_PORT_ATOMIC_H

#include <slabbed/port.h>

#include <type_traits>

namespace slabbed::port {

template <typename T>
inline constexpr bool kAtomicFits =
    std::is_trivially_copyable_v<T> && sizeof(T) <= 8 && (sizeof(T) & (sizeof(T) - 1)) == 0;

// A parameter of type NoDeduce<T> takes its T from the field alone, so that literals convert.
template <typename T>
using NoDeduce = std::type_identity_t<T>;

template <typename T>
inline T load_relaxed(const T &field, const char * = __builtin_FUNCTION()) {
  static_assert(kAtomicFits<T>);
  T value;
  __atomic_load(const_cast<T *>(&field), &value, __ATOMIC_RELAXED);
  return value;
}

template <typename T>
inline T load_acquire(const T &field, const char * = __builtin_FUNCTION()) {
  static_assert(kAtomicFits<T>);
  T value;
  __atomic_load(const_cast<T *>(&field), &value, __ATOMIC_ACQUIRE);
  return value;
}

template <typename T>
inline void store_relaxed(T &field, NoDeduce<T> value, const char * = __builtin_FUNCTION()) {
  static_assert(kAtomicFits<T>);
  __atomic_store(&field, &value, __ATOMIC_RELAXED);
}

template <typename T>
inline void store_release(T &field, NoDeduce<T> value, const char * = __builtin_FUNCTION()) {
  static_assert(kAtomicFits<T>);
  __atomic_store(&field, &value, __ATOMIC_RELEASE);
}

template <typename T>
inline T exchange_acq_rel(T &field, NoDeduce<T> value, const char * = __builtin_FUNCTION()) {
  static_assert(kAtomicFits<T>);
  T old;
  __atomic_exchange(&field, &value, &old, __ATOMIC_ACQ_REL);
  return old;
}

// Strong: false only if the field differed from `expected`. A failed one is a load_acquire.
template <typename T>
inline bool cas_acq_rel(T &field, NoDeduce<T> expected, NoDeduce<T> desired,
                        const char * = __builtin_FUNCTION()) {
  static_assert(kAtomicFits<T>);
  return __atomic_compare_exchange(&field, &expected, &desired, false, __ATOMIC_ACQ_REL,
                                   __ATOMIC_ACQUIRE);
}

template <typename T>
inline T fetch_add_relaxed(T &field, NoDeduce<T> n, const char * = __builtin_FUNCTION()) {
  static_assert(std::is_integral_v<T>);
  return __atomic_fetch_add(&field, n, __ATOMIC_RELAXED);
}

template <typename T>
inline T fetch_add_acq_rel(T &field, NoDeduce<T> n, const char * = __builtin_FUNCTION()) {
  static_assert(std::is_integral_v<T>);
  return __atomic_fetch_add(&field, n, __ATOMIC_ACQ_REL);
}

template <typename T>
inline T fetch_sub_acq_rel(T &field, NoDeduce<T> n, const char * = __builtin_FUNCTION()) {
  static_assert(std::is_integral_v<T>);
  return __atomic_fetch_sub(&field, n, __ATOMIC_ACQ_REL);
}

template <typename T>
class Atomic {
 public:
  constexpr Atomic() = default;
  constexpr explicit Atomic(T value) : value_(value) {}
  Atomic(const Atomic &) = delete;
  Atomic &operator=(const Atomic &) = delete;

  T load_relaxed(const char * = __builtin_FUNCTION()) const { return port::load_relaxed(value_); }
  T load_acquire(const char * = __builtin_FUNCTION()) const { return port::load_acquire(value_); }
  void store_relaxed(T v, const char * = __builtin_FUNCTION()) { port::store_relaxed(value_, v); }
  void store_release(T v, const char * = __builtin_FUNCTION()) { port::store_release(value_, v); }
  T exchange_acq_rel(T v, const char * = __builtin_FUNCTION()) {
    return port::exchange_acq_rel(value_, v);
  }
  bool cas_acq_rel(T expected, T desired, const char * = __builtin_FUNCTION()) {
    return port::cas_acq_rel(value_, expected, desired);
  }
  T fetch_add_relaxed(T n, const char * = __builtin_FUNCTION()) {
    return port::fetch_add_relaxed(value_, n);
  }
  T fetch_add_acq_rel(T n, const char * = __builtin_FUNCTION()) {
    return port::fetch_add_acq_rel(value_, n);
  }
  T fetch_sub_acq_rel(T n, const char * = __builtin_FUNCTION()) {
    return port::fetch_sub_acq_rel(value_, n);
  }

 private:
  alignas(sizeof(T)) T value_{};
};

// The other half of slabbed_light_barrier(): when it returns, every thread of the process has
// executed a full barrier since the call. So for any owner that does `store A; light; load B` and a
// remote side that does `store B; heavy_barrier(); load A`, at least one sees the other's store.
// Costs 0.3 us alone, about 10 us with another thread running.
void heavy_barrier(const char *site = __builtin_FUNCTION());

// How heavy_barrier() works in this process (native only): "membarrier"; "mprotect" where the
// kernel refuses membarrier (seccomp), by the TLB shoot-downs of a private page; "affinity" where
// TLBs are flushed without an interrupt, by running on every processor in turn. Chosen once;
// SLABBED_HEAVY_BARRIER=<kind> in the environment overrides.
const char *heavy_barrier_kind();
// For tests: chooses anew as if the environment said `kind`. Return: whether this kind works here.
bool heavy_barrier_force(const char *kind);

// Between two looks at a flag that another thread is about to change.
void spin_wait(const char *site = __builtin_FUNCTION());

}  // namespace slabbed::port
#endif  // SLABBED_PORT_ATOMIC_H
