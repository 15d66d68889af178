// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// interval.cc - one sweep over the stamps with the set of ranges that nobody else may get.
#include "conformance/oracle/interval.h"

#include <algorithm>

namespace slabbed::conf {

namespace {
bool is_release(const Event &event) {
  return event.kind == EventKind::kFree || event.kind == EventKind::kKfreeRcu;
}

std::string describe(const ObjectName &name) {
  if (name.op == kNoOperation) return "object " + std::to_string(name.index) + " of the test bed";
  return "object " + std::to_string(name.index) + " of operation " + std::to_string(name.op);
}
}  // namespace

void IntervalCheck::collect_sections(const Trace &trace) {
  sections_.clear();
  longest_.clear();
  constexpr size_t kNone = ~size_t{0};
  std::vector<size_t> open(256, kNone);  // by thread: its section
  for (const Event &event : trace.events) {
    if (event.kind == EventKind::kEnd) break;
    if (event.kind == EventKind::kReaderLock) {
      open[event.thread] = sections_.size();
      sections_.push_back({event.time, kForever});
    } else if (event.kind == EventKind::kReaderUnlock && open[event.thread] != kNone) {
      sections_[open[event.thread]].until = event.time;
      open[event.thread] = kNone;
    }
  }
  uint64_t latest = 0;
  for (const Section &section : sections_) {
    latest = std::max(latest, section.until);
    longest_.push_back(latest);
  }
}

// The latest end among the sections that were open at `release`; `release` itself if there is none.
uint64_t IntervalCheck::protected_until(uint64_t release) const {
  auto opened_before = [&](const Section &section) { return section.from < release; };
  auto after = std::partition_point(sections_.begin(), sections_.end(), opened_before);
  if (after == sections_.begin()) return release;
  return std::max(release, longest_[static_cast<size_t>(after - sections_.begin()) - 1]);
}

namespace {
constexpr auto kLater = [](const auto &x, const auto &y) {
  return x.until != y.until ? x.until > y.until : x.held > y.held;
};
}  // namespace

void IntervalCheck::expire(uint64_t now) {
  while (!endings_.empty() && endings_.front().until <= now) {
    alive_.erase(held_[endings_.front().held].begin);
    std::pop_heap(endings_.begin(), endings_.end(), kLater);
    endings_.pop_back();
  }
}

// Return: false if the object is not in use (its allocation has the same stamp, or is missing).
bool IntervalCheck::release(const Event &event) {
  uint32_t index = alive_.starting(event.object);
  if (index == Spans::kNone || held_[index].until != kForever) return false;
  Held &held = held_[index];
  held.until = event.time;
  if (event.kind == EventKind::kKfreeRcu) held.until = protected_until(event.time);
  if (held.until <= event.time) {
    alive_.erase(held.begin);
  } else if (held.until != kForever) {
    endings_.push_back({held.until, index});
    std::push_heap(endings_.begin(), endings_.end(), kLater);
  } else {
    held.until = kForever - 1;  // a reader that never closes: protected for ever, but not in use
  }
  return true;
}

bool IntervalCheck::allocate(const Event &event, size_t index, Finding &finding) {
  uint64_t end = event.object + (event.a != 0 ? event.a : 1);
  uint32_t other = alive_.overlapping(event.object, end);
  names_.observe(event);
  ObjectName name = names_.object(event.object);
  if (other == Spans::kNone) {
    alive_.insert(event.object, end, static_cast<uint32_t>(held_.size()));
    held_.push_back({event.object, name, kForever});
    return false;
  }
  bool in_use = held_[other].until == kForever;
  finding.rule = in_use ? Rule::kAllocDisjoint : Rule::kRcuTooEarly;
  finding.event = index;
  finding.explanation = "The memory of " + describe(name) + " is that of " +
                        describe(held_[other].name) +
                        (in_use ? ", which was certainly in use."
                                : ", which was kfree_rcu()d while a reader that is certainly still "
                                  "open was open.");
  return true;
}

// The events [first, last), all with one stamp: nothing orders them, so releases that end an older
// interval come first, then allocations, then the releases of those.
bool IntervalCheck::step(const Trace &trace, size_t first, size_t last, Finding &finding) {
  expire(trace.events[first].time);
  later_.clear();
  for (size_t i = first; i < last; ++i) {
    if (is_release(trace.events[i]) && !release(trace.events[i])) later_.push_back(i);
  }
  for (size_t i = first; i < last; ++i) {
    if (trace.events[i].kind != EventKind::kAlloc) continue;
    if (allocate(trace.events[i], i, finding)) return true;
  }
  for (size_t i : later_) release(trace.events[i]);
  return false;
}

bool IntervalCheck::check(const Trace &trace, Finding &finding) {
  collect_sections(trace);
  held_.clear();
  alive_.clear();
  endings_.clear();
  names_.clear();
  size_t first = 0;
  while (first < trace.events.size()) {
    size_t last = first;
    while (last < trace.events.size() && trace.events[last].time == trace.events[first].time) {
      if (trace.events[last++].kind == EventKind::kEnd) return false;
    }
    if (step(trace, first, last, finding)) return true;
    first = last;
  }
  return false;
}

}  // namespace slabbed::conf
