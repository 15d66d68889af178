// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// epilogue.cc - see epilogue.h.
#include "epilogue.h"

namespace slabbed::fuzz {
namespace {

using conf::EventKind;

void note(EventKind kind, const Note &what) {
  world::note(kind, 0, conf::kNoOperation, what);
}

void quiescent(conf::Quiescence what) { note(EventKind::kQuiescent, {.a = what}); }

void count(const void *descriptor, uint32_t number, uint16_t flags) {
  slabbed_cache_info info;
  if (slabbed_cache_get_info(static_cast<const kmem_cache *>(descriptor), &info) != 0) return;
  note(EventKind::kCounters, {.a = info.objects,
                              .b = info.total_objects,
                              .c = info.slabs,
                              .d = info.objs_per_slab,
                              .cache = number,
                              .flags = flags});
}

// Every cache whose descriptor still exists, leaked ones included.
void count_all(const TraceFeed &feed) {
  for (uint32_t number = 1; number <= feed.cache_count(); ++number) {
    const TraceFeed::KnownCache &known = feed.cache(number);
    if (!known.released) count(known.descriptor, number, 0);
  }
}

// Shrinks every cache that the program still holds, and counts again. Aliases share a number.
void shrink_all(RunState &state) {
  uint32_t done[kMaxCaches];
  unsigned done_count = 0;
  for (auto &entry : state.caches) {
    CacheRecord *record = entry.load();
    if (record == nullptr || record->gone.load()) continue;
    bool seen = false;
    for (unsigned i = 0; i < done_count; ++i) seen |= done[i] == record->number;
    if (seen) continue;
    done[done_count++] = record->number;
    kmem_cache_shrink(record->cache);
    count(record->cache, record->number, conf::kAfterShrink);
  }
}

}  // namespace

void run_epilogue(slabbed_system *system, RunState &state, TraceFeed &feed) {
  quiescent(conf::kProgramDone);
  // No barrier here: what was kfree_rcu'd must come back by itself.
  sched::sleep_jiffies(kDrainJiffies + 1);
  // A sleep ends when nothing but time can go on: the timer's work is done.
  sched::sleep_jiffies(2);
  quiescent(conf::kDrained);
  rcu_barrier();
  kvfree_rcu_barrier();
  slabbed_flush_destroy_work(system);
  rcu_barrier();  // callbacks that the work above has queued
  kvfree_rcu_barrier();
  sched::sleep_jiffies(2);
  quiescent(conf::kBarrier);
  count_all(feed);
  shrink_all(state);
  kvfree_rcu_barrier();  // pages of type-stable slabs go back after a grace period
  sched::sleep_jiffies(2);
  note(EventKind::kPages, {.a = slabbed_pages_in_use(system)});
  note(EventKind::kEnd, {});
}

}  // namespace slabbed::fuzz
