// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// step_name.cc - see step_name.h.
#include "fuzz/program/step_name.h"

#include <cassert>
#include <charconv>

namespace slabbed::fuzz {
namespace {

constexpr const char *kKindNames[kPointKinds] = {
    "operation",   "load",        "store",       "rmw",          "heavy_barrier", "spin",
    "lock",        "unlock",      "wait",        "notify",       "read_lock",     "read_unlock",
    "synchronize", "call_rcu",    "rcu_barrier", "page_alloc",   "page_free",     "meta_alloc",
    "meta_free",   "time",        "thread_start", "thread_exit", "drain",         "blocked"};

// Threads in a row without gaps, for choosing one by a remainder.
constexpr unsigned kThreadCount = kProgramThreads + 1 + kWorkers + 3;

unsigned thread_at(unsigned index) {
  assert(index < kThreadCount);
  if (index <= kProgramThreads) return index;
  return kFirstWorker + (index - kProgramThreads - 1);
}

// "<prefix><decimal number without leading zeros>", number below `limit`.
bool parse_numbered(std::string_view name, char prefix, unsigned limit, unsigned *number) {
  if (name.size() < 2 || name.size() > 3 || name[0] != prefix) return false;
  if (name[1] == '0' && name.size() > 2) return false;
  const char *end = name.data() + name.size();
  auto [rest, error] = std::from_chars(name.data() + 1, end, *number);
  return error == std::errc() && rest == end && *number < limit;
}

bool parse_thread(std::string_view name, unsigned *number) {
  if (parse_numbered(name, 't', kProgramThreads + 1, number)) return true;
  if (parse_numbered(name, 'w', kWorkers, number)) {
    *number += kFirstWorker;
    return true;
  }
  if (name == "callbacks") *number = kCallbacks;
  else if (name == "grace_period") *number = kGracePeriod;
  else if (name == "clock") *number = kClock;
  else return false;
  return true;
}

}  // namespace

// thread_at() relies on the model's own fibers following the workers without a gap.
static_assert(kCallbacks == kFirstWorker + kWorkers && kGracePeriod == kCallbacks + 1 &&
              kClock == kGracePeriod + 1 && kClock < kDrain);

bool is_thread(unsigned number) {
  return number <= kProgramThreads || (number >= kFirstWorker && number <= kClock);
}

bool is_target(unsigned number) {
  return is_thread(number) || (number >= kDrain && is_thread(number - kDrain));
}

uint8_t normal_thread(uint8_t number) {
  return is_thread(number) ? number : static_cast<uint8_t>(thread_at(number % kThreadCount));
}

uint8_t normal_target(uint8_t number) {
  return is_target(number) ? number : normal_thread(number);
}

std::string target_name(unsigned number) {
  assert(is_target(number));
  if (number >= kDrain) return "drain(" + target_name(number - kDrain) + ")";
  if (number == kCallbacks) return "callbacks";
  if (number == kGracePeriod) return "grace_period";
  if (number == kClock) return "clock";
  if (number >= kFirstWorker) return "w" + std::to_string(number - kFirstWorker);
  return "t" + std::to_string(number);
}

bool parse_target(std::string_view name, uint8_t *number) {
  constexpr std::string_view kOpen = "drain(";
  unsigned base = 0, thread = 0;
  if (name.size() > kOpen.size() && name.substr(0, kOpen.size()) == kOpen && name.back() == ')') {
    name = name.substr(kOpen.size(), name.size() - kOpen.size() - 1);
    base = kDrain;
  }
  if (!parse_thread(name, &thread)) return false;
  *number = static_cast<uint8_t>(base + thread);
  return true;
}

const char *point_kind_name(unsigned kind) {
  assert(kind < kPointKinds);
  return kKindNames[kind];
}

bool parse_point_kind(std::string_view name, uint8_t *kind) {
  for (unsigned i = 0; i < kPointKinds; ++i) {
    if (name != kKindNames[i]) continue;
    *kind = static_cast<uint8_t>(i);
    return true;
  }
  return false;
}

}  // namespace slabbed::fuzz
