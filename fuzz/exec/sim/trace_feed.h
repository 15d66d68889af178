// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// trace_feed.h - turns what the allocator's observer, its report sink, the scheduler and the
// operations say into the events of one trace.
//
// Everything here runs on the program's fibers but is no part of the program: functions that a
// fiber may reach are unsanitized and touch only memory made before the run (see trace/recorder.h).
#ifndef SLABBED_FUZZ_EXEC_SIM_TRACE_FEED_H
#define SLABBED_FUZZ_EXEC_SIM_TRACE_FEED_H

#include <slabbed/system.h>

#include <cstdint>
#include <string>
#include <vector>

#include "conformance/trace/recorder.h"
#include "fuzz/sched/simulation.h"
#include "world.h"

namespace slabbed::fuzz {

class TraceFeed {
 public:
  struct KnownCache {
    const void *descriptor;
    slab_flags_t flags;
    bool released;
  };

  TraceFeed();
  void begin();
  slabbed_observer observer() { return {&TraceFeed::on_system, this}; }
  sched::EventSink sink() { return {&TraceFeed::on_sched, this}; }
  static void report_sink(void *self, const char *line);

  // One event; `op` is that of the operation `thread` is in.
  SLABBED_TRACE_QUIET void note(conf::EventKind kind, unsigned thread, uint32_t op,
                                const Note &what);
  SLABBED_TRACE_QUIET uint64_t reader_section(unsigned thread) { return of(thread).section; }
  // The newest cache that lived at `descriptor`; numbers count from 1, 0: unknown (kmalloc).
  SLABBED_TRACE_QUIET uint32_t cache_number(const void *descriptor) const;

  // Caches by their numbers, 1..cache_count().
  const KnownCache &cache(size_t number) const { return caches_[number - 1]; }
  size_t cache_count() const { return cache_count_; }
  void finish(conf::Trace &trace) const { recorder_.finish(trace); }
  // Report lines as printed, addresses and stacks included.
  void report_lines(std::vector<std::string> &lines) const;

 private:
  static constexpr size_t kCachesMax = 1024;
  static constexpr size_t kLineBytes = 512;
  // By thread: its current operation and reader section; what it asks a new cache to be.
  static constexpr unsigned kThreads = 256;
  struct PerThread {
    uint32_t op;
    uint16_t create_flags;
    const char *create_name;
    uint64_t section;
  };

  SLABBED_TRACE_QUIET static void on_system(void *self, slabbed_event kind, const kmem_cache *cache,
                                            const void *object, uint64_t a, uint64_t b);
  SLABBED_TRACE_QUIET static void on_sched(void *self, sched::SchedEvent kind, unsigned thread,
                                           uint64_t a);
  SLABBED_TRACE_QUIET void cache_created(unsigned thread, const kmem_cache *cache, uint64_t bytes,
                                         uint64_t flags);
  SLABBED_TRACE_QUIET PerThread &of(unsigned thread) { return threads_[thread % kThreads]; }
  SLABBED_TRACE_QUIET void report_line(unsigned thread, const char *line);

  conf::SimRecorder recorder_;
  conf::EventBuffer report_;
  KnownCache caches_[kCachesMax];
  size_t cache_count_ = 0;
  PerThread threads_[kThreads];
};

// The feed of the run in progress.
extern TraceFeed *current_feed;

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_SIM_TRACE_FEED_H
