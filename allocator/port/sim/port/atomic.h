// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// atomic.h - atomic variables whose operations carry their memory order in the name; sim world.
//
// The twin of native/port/atomic.h. Each operation is one yield point named after its caller; no
// expression may contain two of them, because compilers evaluate arguments in different orders.
#ifndef SLABBED_PORT_ATOMIC_H
#define SLABBED_PORT_ATOMIC_H

#include <slabbed/port.h>

namespace slabbed::port {

template <typename T>
inline T load_relaxed(const T &field, const char *site = __builtin_FUNCTION()) {
  return sim::load<__ATOMIC_RELAXED>(&field, site);
}

template <typename T>
inline T load_acquire(const T &field, const char *site = __builtin_FUNCTION()) {
  return sim::load<__ATOMIC_ACQUIRE>(&field, site);
}

template <typename T>
inline void store_relaxed(T &field, NoDeduce<T> value, const char *site = __builtin_FUNCTION()) {
  sim::store<__ATOMIC_RELAXED>(&field, value, site);
}

template <typename T>
inline void store_release(T &field, NoDeduce<T> value, const char *site = __builtin_FUNCTION()) {
  sim::store<__ATOMIC_RELEASE>(&field, value, site);
}

template <typename T>
inline T exchange_acq_rel(T &field, NoDeduce<T> value, const char *site = __builtin_FUNCTION()) {
  static_assert(kAtomicFits<T>);
  sim::at_rmw(site);
  T old;
  __atomic_exchange(&field, &value, &old, __ATOMIC_ACQ_REL);
  return old;
}

// Strong: false only if the field differed from `expected`. A failed one is a load_acquire.
template <typename T>
inline bool cas_acq_rel(T &field, NoDeduce<T> expected, NoDeduce<T> desired,
                        const char *site = __builtin_FUNCTION()) {
  static_assert(kAtomicFits<T>);
  sim::at_rmw(site);
  return __atomic_compare_exchange(&field, &expected, &desired, false, __ATOMIC_ACQ_REL,
                                   __ATOMIC_ACQUIRE);
}

template <typename T>
inline T fetch_add_relaxed(T &field, NoDeduce<T> n, const char *site = __builtin_FUNCTION()) {
  static_assert(std::is_integral_v<T>);
  sim::at_rmw(site);
  return __atomic_fetch_add(&field, n, __ATOMIC_RELAXED);
}

template <typename T>
inline T fetch_add_acq_rel(T &field, NoDeduce<T> n, const char *site = __builtin_FUNCTION()) {
  static_assert(std::is_integral_v<T>);
  sim::at_rmw(site);
  return __atomic_fetch_add(&field, n, __ATOMIC_ACQ_REL);
}

template <typename T>
inline T fetch_sub_acq_rel(T &field, NoDeduce<T> n, const char *site = __builtin_FUNCTION()) {
  static_assert(std::is_integral_v<T>);
  sim::at_rmw(site);
  return __atomic_fetch_sub(&field, n, __ATOMIC_ACQ_REL);
}

template <typename T>
class Atomic {
 public:
  constexpr Atomic() = default;
  constexpr explicit Atomic(T value) : value_(value) {}
  Atomic(const Atomic &) = delete;
  Atomic &operator=(const Atomic &) = delete;

  T load_relaxed(const char *site = __builtin_FUNCTION()) const {
    return port::load_relaxed(value_, site);
  }
  T load_acquire(const char *site = __builtin_FUNCTION()) const {
    return port::load_acquire(value_, site);
  }
  void store_relaxed(T v, const char *site = __builtin_FUNCTION()) {
    port::store_relaxed(value_, v, site);
  }
  void store_release(T v, const char *site = __builtin_FUNCTION()) {
    port::store_release(value_, v, site);
  }
  T exchange_acq_rel(T v, const char *site = __builtin_FUNCTION()) {
    return port::exchange_acq_rel(value_, v, site);
  }
  bool cas_acq_rel(T expected, T desired, const char *site = __builtin_FUNCTION()) {
    return port::cas_acq_rel(value_, expected, desired, site);
  }
  T fetch_add_relaxed(T n, const char *site = __builtin_FUNCTION()) {
    return port::fetch_add_relaxed(value_, n, site);
  }
  T fetch_add_acq_rel(T n, const char *site = __builtin_FUNCTION()) {
    return port::fetch_add_acq_rel(value_, n, site);
  }
  T fetch_sub_acq_rel(T n, const char *site = __builtin_FUNCTION()) {
    return port::fetch_sub_acq_rel(value_, n, site);
  }

 private:
  alignas(sizeof(T)) T value_{};
};

// The other half of slabbed_light_barrier(): drains the store buffers of every fiber. So for any
// owner that does `store A; light; load B` and a remote side that does `store B; heavy_barrier();
// load A`, at least one sees the other's store.
void heavy_barrier(const char *site = __builtin_FUNCTION());

// Between two looks at a flag that another thread is about to change: somebody else runs. A fiber
// that only looks is not run again before another fiber did something; if nobody can, the run ends
// as a deadlock.
void spin_wait(const char *site = __builtin_FUNCTION());

}  // namespace slabbed::port
#endif  // SLABBED_PORT_ATOMIC_H
