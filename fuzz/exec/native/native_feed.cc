// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// native_feed.cc - see native_feed.h; also the functions of the native world.h.
#include "native_feed.h"

#include <unistd.h>

#include <algorithm>

#include "conformance/trace/stamp.h"

namespace slabbed::fuzz {
namespace {

using conf::EventKind;

constexpr size_t kEventsPerThread = 1 << 15;
// A native run has no virtual time: one jiffy is one millisecond, and nobody sleeps for long.
constexpr uint64_t kSleepMax = 4;
constexpr unsigned kMicrosecondsPerJiffy = 1000;

// Threads that were not told their number are liburcu's callback thread: no other thread that is
// not the program's gets to code of the test bed that records.
thread_local unsigned t_thread = NativeFeed::kCallbackThread;

// Which side of the call the event stands on; a stamp must shrink the interval, never widen it.
bool stands_after_call(EventKind kind) {
  return kind == EventKind::kReturn || kind == EventKind::kAlloc || kind == EventKind::kReaderLock;
}

}  // namespace

NativeFeed *current_feed;

void set_current_thread(unsigned number) { t_thread = number; }

NativeFeed::NativeFeed() : recorder_(kThreads, kEventsPerThread) {}

void NativeFeed::begin() {
  recorder_.begin();
  report_lines_.clear();
  for (Section &section : sections_) section.number = 0;
  current_feed = this;
}

void NativeFeed::note(EventKind kind, unsigned thread, uint32_t op, const Note &what) {
  bool after = stands_after_call(kind);
  uint64_t stamp = after ? conf::stamp_after() : 0;
  conf::Event &event = recorder_.add(thread, kind, thread, op);
  event.object = what.object;
  event.a = what.a;
  event.b = what.b;
  event.c = what.c;
  event.d = what.d;
  event.cache = what.cache;
  event.flags = what.flags;
  if (what.text != nullptr) event.text = recorder_.text(thread, what.text);
  // Filling the event takes time too; the stamp is the one next to the call.
  event.time = after ? stamp : conf::stamp_before();
}

uint64_t NativeFeed::section(unsigned thread) const {
  return uint64_t{thread} << 32 | sections_[thread].number;
}

void NativeFeed::report_sink(void *self, const char *line) {
  auto *feed = static_cast<NativeFeed *>(self);
  pthread_mutex_lock(&feed->report_lock_);
  feed->report_lines_.emplace_back(line);
  pthread_mutex_unlock(&feed->report_lock_);
}

void NativeFeed::finish(conf::Trace &trace, std::vector<std::string> &report_lines) {
  recorder_.finish(trace);
  report_lines = report_lines_;
}

namespace world {

void sleep_jiffies(uint64_t n) {
  usleep(static_cast<useconds_t>(std::min(n, kSleepMax) * kMicrosecondsPerJiffy));
}

unsigned current_thread() { return t_thread; }

void note(EventKind kind, unsigned thread, uint32_t op, const Note &what) {
  current_feed->note(kind, thread, op, what);
}

uint64_t reader_section(unsigned thread) { return current_feed->section(thread); }

void reader_opened(unsigned thread) {
  current_feed->open_section(thread);
  note(EventKind::kReaderLock, thread, conf::kNoOperation, {.a = reader_section(thread)});
}

void reader_closing(unsigned thread) {
  note(EventKind::kReaderUnlock, thread, conf::kNoOperation, {.a = reader_section(thread)});
}

uint32_t cache_number(const void *descriptor) {
  // Only equality means anything to the judge of native traces.
  auto address = reinterpret_cast<uintptr_t>(descriptor);
  return static_cast<uint32_t>(address >> 6) | 1;
}

}  // namespace world
}  // namespace slabbed::fuzz
