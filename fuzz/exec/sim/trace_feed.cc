// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// trace_feed.cc - see trace_feed.h. The words of allocator and scheduler become the trace's words.
#include "trace_feed.h"

#include "fuzz/exec/plain_text.h"

namespace slabbed::fuzz {

using conf::EventKind;

TraceFeed *current_feed;

TraceFeed::TraceFeed() : report_(1, 1 << 17) {}

void TraceFeed::begin() {
  recorder_.begin();
  report_.clear();
  cache_count_ = 0;
  for (PerThread &thread : threads_) thread = {conf::kNoOperation, 0, nullptr, 0};
  current_feed = this;
}

void TraceFeed::report_lines(std::vector<std::string> &lines) const {
  conf::Trace trace;
  report_.move_into(trace);
  lines = std::move(trace.texts);
}

SLABBED_TRACE_QUIET void TraceFeed::note(EventKind kind, unsigned thread, uint32_t op,
                                         const Note &what) {
  conf::Event &event = recorder_.add(kind, thread, op);
  event.object = what.object;
  event.a = what.a;
  event.b = what.b;
  event.c = what.c;
  event.d = what.d;
  event.cache = what.cache;
  event.flags = what.flags;
  if (what.text != nullptr) event.text = recorder_.text(what.text);
  // The allocator's own events in between belong to the operation.
  if (kind == EventKind::kInvoke) {
    of(thread).op = op;
    of(thread).create_flags = what.flags;
    of(thread).create_name = what.text;
  } else if (kind == EventKind::kReturn) {
    of(thread).op = conf::kNoOperation;
  }
}

SLABBED_TRACE_QUIET uint32_t TraceFeed::cache_number(const void *descriptor) const {
  if (descriptor == nullptr) return 0;
  for (size_t i = cache_count_; i > 0; --i) {
    if (caches_[i - 1].descriptor == descriptor) return static_cast<uint32_t>(i);
  }
  return 0;
}

SLABBED_TRACE_QUIET void TraceFeed::cache_created(unsigned thread, const kmem_cache *cache,
                                                  uint64_t bytes, uint64_t flags) {
  if (cache_count_ == kCachesMax) return;
  KnownCache &known = caches_[cache_count_++];
  known.descriptor = cache;
  known.flags = static_cast<slab_flags_t>(flags);
  known.released = false;
  Note what;
  what.a = bytes;
  what.cache = static_cast<uint32_t>(cache_count_);
  what.flags = of(thread).create_flags;
  what.text = of(thread).create_name;
  note(EventKind::kCacheCreate, thread, of(thread).op, what);
}

SLABBED_TRACE_QUIET void TraceFeed::on_system(void *self, slabbed_event kind,
                                              const kmem_cache *cache, const void *object,
                                              uint64_t a, uint64_t b) {
  auto *feed = static_cast<TraceFeed *>(self);
  unsigned thread = sched::current_thread();
  if (kind == SLABBED_EV_CACHE_CREATED) return feed->cache_created(thread, cache, a, b);
  if (kind == SLABBED_EV_REPORT) {
    return feed->report_line(thread, reinterpret_cast<const char *>(a));
  }
  Note what;
  what.cache = feed->cache_number(cache);
  what.object = reinterpret_cast<uint64_t>(object);
  what.a = a;
  what.b = b;
  EventKind to;
  switch (kind) {
    case SLABBED_EV_SLAB_NEW:
      to = EventKind::kSlabNew;
      if (what.cache != 0 && (feed->caches_[what.cache - 1].flags & SLAB_TYPESAFE_BY_RCU)) {
        what.flags = conf::kTypesafe;
      }
      break;
    case SLABBED_EV_SLAB_FREE: to = EventKind::kSlabFree; break;
    case SLABBED_EV_OBJECT_RECLAIMED: to = EventKind::kReclaimed; break;
    case SLABBED_EV_BATCH_QUEUED: to = EventKind::kBatchQueued; break;
    case SLABBED_EV_BATCH_WAIT: to = EventKind::kBatchWait; break;
    case SLABBED_EV_BATCH_FREED: to = EventKind::kBatchFreed; break;
    case SLABBED_EV_CACHE_ALIASED: to = EventKind::kCacheAlias; break;
    case SLABBED_EV_CACHE_UNREF: to = EventKind::kCacheUnref; break;
    case SLABBED_EV_CACHE_DYING: to = EventKind::kCacheDying; break;
    case SLABBED_EV_CACHE_LINGER: to = EventKind::kCacheLinger; break;
    case SLABBED_EV_CACHE_LEAKED: to = EventKind::kCacheLeaked; break;
    case SLABBED_EV_CACHE_RELEASED:
      to = EventKind::kCacheReleased;
      if (what.cache != 0) feed->caches_[what.cache - 1].released = true;
      break;
    case SLABBED_EV_SYSFS_ADD:
    case SLABBED_EV_SYSFS_REMOVE:
      to = kind == SLABBED_EV_SYSFS_ADD ? EventKind::kSysfsAdd : EventKind::kSysfsRemove;
      what.text = reinterpret_cast<const char *>(a);
      what.a = 0;
      break;
    case SLABBED_EV_LEAKED_OBJECT: to = EventKind::kLeakedObject; break;
    default: return;
  }
  feed->note(to, thread, feed->of(thread).op, what);
}

SLABBED_TRACE_QUIET void TraceFeed::report_line(unsigned thread, const char *line) {
  char plain[kLineBytes];
  if (!plain_text(line, plain, sizeof(plain))) return;
  Note what;
  what.text = plain;
  note(EventKind::kReport, thread, of(thread).op, what);
}

void TraceFeed::report_sink(void *self, const char *line) {
  static_cast<TraceFeed *>(self)->report_.text(line);
}

SLABBED_TRACE_QUIET void TraceFeed::on_sched(void *self, sched::SchedEvent kind, unsigned thread,
                                             uint64_t a) {
  auto *feed = static_cast<TraceFeed *>(self);
  Note what;
  what.a = a;
  EventKind to;
  switch (kind) {
    case sched::SchedEvent::kReaderLock:
      to = EventKind::kReaderLock;
      feed->of(thread).section = a;
      break;
    case sched::SchedEvent::kReaderUnlock: to = EventKind::kReaderUnlock; break;
    case sched::SchedEvent::kGpStart: to = EventKind::kGpStart; break;
    case sched::SchedEvent::kGpEnd: to = EventKind::kGpEnd; break;
    case sched::SchedEvent::kClock: to = EventKind::kClock; break;
    default: return;
  }
  feed->note(to, thread, feed->of(thread).op, what);
}

}  // namespace slabbed::fuzz
