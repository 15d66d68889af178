// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// stamp.cc - whether the counter may be trusted, and the clock that replaces it.
#include "conformance/trace/stamp.h"

#include <chrono>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace slabbed::conf {

namespace {
// CPUID 0x80000007 EDX bit 8: the counter runs at one rate in all power states, on all cores.
bool has_invariant_tsc() {
#if defined(__x86_64__)
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (!__get_cpuid(0x80000007, &eax, &ebx, &ecx, &edx)) return false;
  return (edx & (1u << 8)) != 0;
#else
  return false;
#endif
}
}  // namespace

bool stamps_use_tsc() {
  static const bool use = has_invariant_tsc();
  return use;
}

uint64_t steady_stamp() {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

}  // namespace slabbed::conf
