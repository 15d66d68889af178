// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// futex.h - sleep until a word changes; the one thing CondVar and the fork gate are made of.
//
// Always inlined: the fork gate calls it from functions no sanitizer may see into.
#ifndef SLABBED_PORT_NATIVE_FUTEX_H
#define SLABBED_PORT_NATIVE_FUTEX_H

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>

namespace slabbed::port {

// Sleeps while *word == expected, until woken or until `deadline` (CLOCK_MONOTONIC, nullptr: none).
// May return for no reason. Return: false iff the deadline has passed.
[[gnu::always_inline]] inline bool futex_wait(uint32_t *word, uint32_t expected,
                                              const timespec *deadline) {
  long r = syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected, deadline,
                   nullptr, FUTEX_BITSET_MATCH_ANY);
  return !(r != 0 && errno == ETIMEDOUT);
}

[[gnu::always_inline]] inline void futex_wake_all(uint32_t *word) {
  syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace slabbed::port
#endif  // SLABBED_PORT_NATIVE_FUTEX_H
