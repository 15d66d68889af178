// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// system_fixture.h - a System for each test, with everything it says written down.
//
// boot() makes the System the default one, so that the tests call the public interface as programs
// do. Report lines and observer events come from any thread and are kept in their order of arrival.
// TearDown() shuts the System down: whatever a test leaves behind must vanish with it.
#ifndef SLABBED_TESTS_SYSTEM_FIXTURE_H
#define SLABBED_TESTS_SYSTEM_FIXTURE_H

#include <gtest/gtest.h>
#include <slabbed/system.h>

#include <cstdarg>
#include <cstdio>
#include <string>
#include <vector>

#include "port/memory.h"
#include "port/mutex.h"

namespace slabbed::testing {

struct Event {
  slabbed_event kind;
  const kmem_cache *cache;
  const void *object;
  uint64_t a;
  uint64_t b;
  std::string text;  // a, where it is a string
};

inline std::string format(const char *text, ...) {
  char line[512];
  va_list args;
  va_start(args, text);
  vsnprintf(line, sizeof line, text, args);
  va_end(args);
  return line;
}

// A death test starts the program anew instead of forking it: a System has threads, and the child
// of a program under ThreadSanitizer cannot go on with them.
inline void start_death_tests_anew() { ::testing::FLAGS_gtest_death_test_style = "threadsafe"; }

class SystemTest : public ::testing::Test {
 protected:
  SystemTest() { start_death_tests_anew(); }
  void TearDown() override {
    port::set_fault_hook(nullptr, nullptr);
    if (system_) slabbed_system_shutdown(system_);
  }

  void boot(const char *parameters = "") {
    const char *error = nullptr;
    system_ = slabbed_system_boot(parameters, nullptr, &observer_, &error);
    ASSERT_NE(system_, nullptr) << error;
    slabbed_system_set_report_sink(system_, sink, this);
    slabbed_system_set_default(system_);
  }
  void shutdown() {
    slabbed_system_shutdown(system_);
    system_ = nullptr;
  }

  std::vector<std::string> take_lines() {
    port::MutexLock guard(lock_);
    std::vector<std::string> lines;
    lines.swap(lines_);
    return lines;
  }
  std::vector<Event> take_events() {
    port::MutexLock guard(lock_);
    std::vector<Event> events;
    events.swap(events_);
    return events;
  }
  // The events of one kind, leaving all where they are.
  std::vector<Event> events(slabbed_event kind) {
    port::MutexLock guard(lock_);
    std::vector<Event> found;
    for (const Event &event : events_) {
      if (event.kind == kind) found.push_back(event);
    }
    return found;
  }
  size_t count(slabbed_event kind) { return events(kind).size(); }

  static slabbed_cache_info info(const kmem_cache *s) {
    slabbed_cache_info info{};
    EXPECT_EQ(slabbed_cache_get_info(s, &info), 0);
    return info;
  }
  // Names in slab_caches, newest first, without the boot caches.
  std::vector<std::string> slabinfo() {
    std::vector<std::string> names;
    slabbed_cache_info info;
    for (unsigned i = 0; slabbed_cache_get_info_at(system_, i, &info) == 0; i++) {
      if (info.refcount >= 0) names.push_back(info.name);
    }
    return names;
  }
  bool in_sysfs(const char *name) { return slabbed_sysfs_exists(system_, name) != 0; }
  void flush_destroy_work() { slabbed_flush_destroy_work(system_); }
  unsigned long pages() { return slabbed_pages_in_use(system_); }

  slabbed_system *system_ = nullptr;

 private:
  static void sink(void *self, const char *line) {
    auto *test = static_cast<SystemTest *>(self);
    port::MutexLock guard(test->lock_);
    test->lines_.push_back(line);
  }
  static void observe(void *self, slabbed_event kind, const kmem_cache *cache, const void *object,
                      uint64_t a, uint64_t b) {
    auto *test = static_cast<SystemTest *>(self);
    bool is_text = kind == SLABBED_EV_SYSFS_ADD || kind == SLABBED_EV_SYSFS_REMOVE ||
                   kind == SLABBED_EV_REPORT;
    const char *text = is_text ? reinterpret_cast<const char *>(static_cast<uintptr_t>(a)) : "";
    port::MutexLock guard(test->lock_);
    test->events_.push_back(Event{kind, cache, object, a, b, text});
  }

  slabbed_observer observer_{observe, this};
  port::Mutex lock_{"test log"};
  std::vector<std::string> lines_ SLABBED_GUARDED_BY(lock_);
  std::vector<Event> events_ SLABBED_GUARDED_BY(lock_);
};

// Refuses chosen requests for memory. Requests are counted from 1 while the object lives.
class Faults {
 public:
  enum Which { kNth, kEveryMeta, kEveryPage, kEverything };
  explicit Faults(Which which, unsigned nth = 0) : which_(which), nth_(nth) {
    port::set_fault_hook(refuse, this);
  }
  ~Faults() { port::set_fault_hook(nullptr, nullptr); }
  Faults(const Faults &) = delete;
  Faults &operator=(const Faults &) = delete;

  unsigned refused() const { return __atomic_load_n(&refused_, __ATOMIC_ACQUIRE); }

 private:
  static bool refuse(port::Fault kind, void *self) {
    auto *faults = static_cast<Faults *>(self);
    unsigned seen = __atomic_add_fetch(&faults->seen_, 1, __ATOMIC_ACQ_REL);
    bool yes = false;
    switch (faults->which_) {
      case kNth: yes = seen == faults->nth_; break;
      case kEveryMeta: yes = kind == port::Fault::kMeta; break;
      case kEveryPage: yes = kind == port::Fault::kPage; break;
      case kEverything: yes = true; break;
    }
    if (yes) __atomic_add_fetch(&faults->refused_, 1, __ATOMIC_ACQ_REL);
    return yes;
  }

  Which which_;
  unsigned nth_;
  unsigned seen_ = 0;
  unsigned refused_ = 0;
};

}  // namespace slabbed::testing
#endif  // SLABBED_TESTS_SYSTEM_FIXTURE_H
