// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// time.cc - jiffies are the steady clock, cut to 1/hz, counted from the first look at it.
#include "port/time.h"

#include "port/atomic.h"
#include "port/check.h"

namespace slabbed::port {
namespace {

constexpr uint64_t kNanoseconds = 1000000000;
// Beyond any deadline that could be waited for, and still a valid timespec.
constexpr uint64_t kEndOfTime = uint64_t{1} << 62;

Atomic<unsigned> current_hz{100};
Atomic<uint64_t> epoch_ns{0};  // 0 until the first look

uint64_t now_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * kNanoseconds + static_cast<uint64_t>(now.tv_nsec);
}

uint64_t epoch(uint64_t now) {
  uint64_t start = epoch_ns.load_relaxed();
  if (start != 0) return start;
  // Of two threads that look first, one sets the epoch and the other takes it over.
  return epoch_ns.cas_acq_rel(0, now) ? now : epoch_ns.load_relaxed();
}

}  // namespace

uint64_t jiffies(const char *) {
  uint64_t now = now_ns();
  uint64_t start = epoch(now);
  if (now < start) return 0;  // another thread set the epoch between the two looks
  unsigned __int128 scaled = static_cast<unsigned __int128>(now - start) * hz();
  return static_cast<uint64_t>(scaled / kNanoseconds);
}

void set_hz(unsigned n) {
  SLABBED_CHECK(n >= 1 && n <= 1000000);
  current_hz.store_relaxed(n);
}

unsigned hz() { return current_hz.load_relaxed(); }

timespec time_of_jiffy(uint64_t jiffy) {
  unsigned rate = hz();
  // Rounded up: whoever wakes at this time finds jiffies() >= jiffy.
  unsigned __int128 ns = (static_cast<unsigned __int128>(jiffy) * kNanoseconds + rate - 1) / rate;
  ns += epoch(now_ns());
  if (ns > kEndOfTime) ns = kEndOfTime;
  timespec at;
  at.tv_sec = static_cast<time_t>(ns / kNanoseconds);
  at.tv_nsec = static_cast<long>(ns % kNanoseconds);
  return at;
}

}  // namespace slabbed::port
