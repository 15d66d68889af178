// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// model.cc - one small function per family of events.
#include "conformance/oracle/model.h"

#include <algorithm>

namespace slabbed::conf {

namespace {
constexpr uint32_t kCacheNumberMax = 1 << 20;  // a larger one is a broken trace, kept out of memory
constexpr uint64_t kPageBytes = 4096;
const Cache kUnknownCache{};
const std::string kNoText;
}  // namespace

void Model::begin(const Trace &trace) {
  trace_ = &trace;
  now_ = 0;
  objects_.clear();
  held_.clear();
  slabs_.clear();
  slab_spans_.clear();
  caches_.clear();
  directories_.clear();
  readers_.clear();
  grace_periods_.clear();
  batches_.clear();
  for (uint8_t number : touched_) {
    std::vector<ThreadState::Released> released = std::move(threads_[number].released);
    released.clear();
    threads_[number] = ThreadState{};
    threads_[number].released = std::move(released);  // keeps its memory
  }
  touched_.clear();
  batch_objects_queued_ = batch_objects_freed_ = 0;
  ended_gp_start_ = gp_ended_at_ = 0;
  settled_ = clock_known_ = allocation_failed_ = false;
  clock_ = 0;
}

void Model::apply(const Event &event) {
  switch (event.kind) {
    case EventKind::kInvoke:
      return apply_invoke(event);
    case EventKind::kReturn:
      return apply_return(event);
    case EventKind::kAlloc:
      return apply_alloc(event);
    case EventKind::kFree:
    case EventKind::kKfreeRcu:
    case EventKind::kCallRcuFree:
      return apply_release(event);
    case EventKind::kReclaimed:
      return apply_reclaimed(event);
    case EventKind::kReaderLock:
    case EventKind::kReaderUnlock:
      return apply_reader(event);
    case EventKind::kGpStart:
    case EventKind::kGpEnd:
      return apply_grace_period(event);
    case EventKind::kBatchQueued:
    case EventKind::kBatchFreed:
      return apply_batch(event);
    case EventKind::kSlabNew:
    case EventKind::kSlabFree:
      return apply_slab(event);
    case EventKind::kCacheCreate:
    case EventKind::kCacheAlias:
    case EventKind::kCacheUnref:
      return apply_cache(event);
    case EventKind::kCacheDestroyCall:
      settled_ = false;
      return;
    case EventKind::kCacheDying:
    case EventKind::kCacheAttempt:
    case EventKind::kCacheLinger:
    case EventKind::kCacheReleased:
      return apply_cache_end(event);
    case EventKind::kCacheLeaked:
    case EventKind::kLeakedObject:
      return apply_leak(event);
    case EventKind::kSysfsAdd:
    case EventKind::kSysfsRemove:
      return apply_directory(event);
    case EventKind::kClock:
      clock_ = event.a;
      clock_known_ = true;
      return;
    case EventKind::kQuiescent:
      settled_ = event.a == kBarrier;
      return;
    default:
      return;  // observations: nothing changes
  }
}

// ---- operations ---------------------------------------------------------------------------------

ThreadState &Model::touch(uint8_t thread) {
  if (!threads_[thread].touched) {
    threads_[thread].touched = true;
    touched_.push_back(thread);
  }
  return threads_[thread];
}

void Model::apply_invoke(const Event &event) {
  ThreadState &thread = touch(event.thread);
  thread.in_operation = true;
  thread.type = static_cast<uint8_t>(event.a);
  thread.flags = event.flags;
  thread.op = event.op;
  thread.cache = event.cache;
  thread.size = event.b;
  thread.align = event.c;
  thread.invoke_at = now_;
  thread.dying_cache = thread.created_cache = 0;
}

void Model::apply_return(const Event &event) {
  ThreadState &thread = touch(event.thread);
  bool refused = (event.flags & kFaultInjected) != 0;
  if (event.a == kOpAlloc && event.b != 0 && refused) allocation_failed_ = true;
  close_released(thread, true);
  thread.in_operation = false;
}

// The call has returned: what it released is certainly on its way, and what it brought back itself
// is certainly back. A worker has no calls; the end of a batch closes what it reclaimed.
void Model::close_released(ThreadState &thread, bool whole_operation) {
  size_t kept = 0;
  for (const ThreadState::Released &released : thread.released) {
    Object &object = objects_[released.object];
    if (released.reclaimed) {
      object.back_at = now_;
    } else if (!whole_operation) {
      thread.released[kept++] = released;
    } else {
      object.returned_at = now_;
      if (!object.was_deferred) object.back_at = now_;
    }
  }
  thread.released.resize(kept);
}

bool Model::thread_in(OpType type) const {
  for (uint8_t number : touched_) {
    if (threads_[number].in_operation && threads_[number].type == type) return true;
  }
  return false;
}

// ---- objects ------------------------------------------------------------------------------------

const Object *Model::held_at(uint64_t address) const {
  uint32_t index = held_.starting(address);
  return index == Spans::kNone ? nullptr : &objects_[index];
}

const Object *Model::held_overlapping(uint64_t begin, uint64_t end) const {
  uint32_t index = held_.overlapping(begin, end);
  return index == Spans::kNone ? nullptr : &objects_[index];
}

const Object *Model::last_at(uint64_t address) const {
  for (size_t i = objects_.size(); i-- > 0;) {
    if (objects_[i].begin == address) return &objects_[i];
  }
  return nullptr;
}

uint64_t Model::held_in(uint32_t cache) const {
  uint64_t count = 0;
  for (const Span &span : held_.all()) count += objects_[span.index].cache == cache ? 1 : 0;
  return count;
}

void Model::hold_nothing(uint32_t object) {
  held_.erase(objects_[object].begin);
  objects_[object].state = ObjectState::kFree;
}

void Model::apply_alloc(const Event &event) {
  settled_ = false;
  ThreadState &thread = touch(event.thread);
  if (thread.alloc_op != event.op) {
    thread.alloc_op = event.op;
    thread.alloc_index = 0;
  }
  Object object;
  object.begin = event.object;
  object.end = event.object + (event.a != 0 ? event.a : 1);
  object.op = event.op;
  object.index = thread.alloc_index++;
  object.alloc_at = now_;
  const Slab *slab = slab_at(event.object);
  object.in_slab = slab != nullptr;
  object.cache = slab != nullptr ? slab->cache : event.cache;
  auto index = static_cast<uint32_t>(objects_.size());
  objects_.push_back(object);
  held_.insert(object.begin, object.end, index);
}

void Model::apply_release(const Event &event) {
  settled_ = false;
  uint32_t index = held_.starting(event.object);
  if (index == Spans::kNone) return;  // FREE-1
  Object &object = objects_[index];
  if (object.state != ObjectState::kCallRcu) object.release_at = now_;
  object.release_thread = event.thread;
  object.release_clock = clock_;
  if (event.kind == EventKind::kCallRcuFree) {
    object.state = ObjectState::kCallRcu;
    object.was_deferred = true;
    touch(event.thread).released.push_back({index, false});
    return;
  }
  uint32_t slab = slab_spans_.overlapping(object.begin, object.begin + 1);
  if (slab != Spans::kNone) slabs_[slab].last_release = now_;
  touch(event.thread).released.push_back({index, false});
  if (event.kind == EventKind::kKfreeRcu) {
    object.state = ObjectState::kPending;
    object.was_kfree_rcu = object.was_deferred = true;
  } else {
    hold_nothing(index);
  }
}

void Model::apply_reclaimed(const Event &event) {
  uint32_t index = held_.starting(event.object);
  if (index == Spans::kNone || objects_[index].state != ObjectState::kPending) return;  // BATCH-1
  uint32_t slab = slab_spans_.overlapping(event.object, event.object + 1);
  if (slab != Spans::kNone) slabs_[slab].last_release = now_;
  hold_nothing(index);
  touch(event.thread).released.push_back({index, true});
}

// ---- readers, grace periods, batches ------------------------------------------------------------

const Reader *Model::reader_older_than(At at) const {
  for (const Reader &reader : readers_) {
    if (reader.opened_at < at) return &reader;
  }
  return nullptr;
}

void Model::apply_reader(const Event &event) {
  if (event.kind == EventKind::kReaderLock) {
    readers_.push_back({event.a, event.thread, now_});
    return;
  }
  for (size_t i = 0; i < readers_.size(); ++i) {
    if (readers_[i].section != event.a || readers_[i].thread != event.thread) continue;
    readers_.erase(readers_.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
}

void Model::apply_grace_period(const Event &event) {
  if (event.kind == EventKind::kGpStart) {
    grace_periods_.push_back({event.a, now_});
    return;
  }
  for (size_t i = 0; i < grace_periods_.size(); ++i) {
    if (grace_periods_[i].number != event.a) continue;
    ended_gp_start_ = std::max(ended_gp_start_, grace_periods_[i].started_at);
    gp_ended_at_ = now_;
    grace_periods_.erase(grace_periods_.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
}

const Batch *Model::batch(uint64_t number) const {
  for (size_t i = batches_.size(); i-- > 0;) {
    if (batches_[i].number == number) return &batches_[i];
  }
  return nullptr;
}

void Model::apply_batch(const Event &event) {
  if (event.kind == EventKind::kBatchQueued) {
    batches_.push_back({event.a, false});
    batch_objects_queued_ += event.b;
    return;
  }
  for (Batch &batch : batches_) {
    if (batch.number == event.a) batch.freed = true;
  }
  batch_objects_freed_ += event.b;
  close_released(touch(event.thread), false);
}

// ---- slab pages ---------------------------------------------------------------------------------

const Slab *Model::slab_at(uint64_t address) const {
  return slab_overlapping(address, address + 1);
}

const Slab *Model::slab_starting(uint64_t base) const {
  uint32_t index = slab_spans_.starting(base);
  return index == Spans::kNone ? nullptr : &slabs_[index];
}

const Slab *Model::slab_overlapping(uint64_t begin, uint64_t end) const {
  uint32_t index = slab_spans_.overlapping(begin, end);
  return index == Spans::kNone ? nullptr : &slabs_[index];
}

uint64_t Model::slab_pages() const {
  uint64_t bytes = 0;
  for (const Span &span : slab_spans_.all()) bytes += span.end - span.begin;
  return bytes / kPageBytes;
}

void Model::apply_slab(const Event &event) {
  if (event.kind == EventKind::kSlabNew) {
    Slab slab;
    slab.begin = event.object;
    slab.end = event.object + (event.a != 0 ? event.a : kPageBytes);
    slab.cache = event.cache;
    slab.objects = static_cast<uint32_t>(event.b);
    Cache &cache = cache_of(event.cache);
    slab.typesafe = ((event.flags | cache.flags) & kTypesafe) != 0;
    slab_spans_.insert(slab.begin, slab.end, static_cast<uint32_t>(slabs_.size()));
    slabs_.push_back(slab);
    if (cache.slab_size == 0 && slab.objects != 0) cache.room = event.a / slab.objects;
    ++cache.slabs;
    cache.slab_objects += slab.objects;
    return;
  }
  const Slab *slab = slab_starting(event.object);
  if (slab == nullptr) return;  // COUNT-4
  Cache &cache = cache_of(slab->cache);
  --cache.slabs;
  cache.slab_objects -= slab->objects;
  slab_spans_.erase(slab->begin);
}

// ---- caches -------------------------------------------------------------------------------------

const Cache &Model::cache(uint32_t number) const {
  return number < caches_.size() ? caches_[number] : kUnknownCache;
}

Cache &Model::cache_of(uint32_t number) {
  if (number > kCacheNumberMax) number = 0;
  if (number >= caches_.size()) caches_.resize(number + 1);
  return caches_[number];
}

void Model::apply_cache(const Event &event) {
  Cache &cache = cache_of(event.cache);
  if (event.kind == EventKind::kCacheUnref) {
    cache.refs = event.a;
    return;
  }
  if (event.kind == EventKind::kCacheCreate) {
    cache = Cache{};
    cache.known = true;
    cache.text = event.text;
    cache.flags = event.flags;
    cache.object_size = event.a;
    cache.slab_size = cache.room = event.b;
    cache.refs = 1;
    adopt(event, cache);
    return;
  }
  // An alias. Under legacy it may revive a leaked cache (Linux 6.1 merges with refcount 0).
  cache.refs = event.a;
  cache.dying_at = cache.destroy_invoke = cache.attempt_at = kNever;
  cache.linger_at = cache.leaked_at = kNever;
}

// What the operation that makes the cache has said or done before the cache had a number: its
// request knows about the ctor, and its directory was added first.
void Model::adopt(const Event &event, Cache &cache) {
  ThreadState &thread = touch(event.thread);
  thread.created_cache = event.cache;
  if (!thread.in_operation || thread.type != kOpCreate) return;
  cache.flags = static_cast<uint16_t>(cache.flags | thread.flags);
  for (Directory &directory : directories_) {
    if (directory.present && directory.thread == event.thread &&
        directory.added_at > thread.invoke_at) {
      directory.cache = event.cache;
    }
  }
}

void Model::apply_cache_end(const Event &event) {
  Cache &cache = cache_of(event.cache);
  if (event.kind == EventKind::kCacheReleased) {
    cache.released_at = now_;
    return;
  }
  // Each of these says that an attempt starts now or later.
  cache.attempt_at = now_;
  if (event.kind == EventKind::kCacheLinger) cache.linger_at = now_;
  if (event.kind != EventKind::kCacheDying) return;
  cache.refs = 0;
  cache.dying_at = now_;
  ThreadState &thread = touch(event.thread);
  cache.destroy_invoke = thread.in_operation ? thread.invoke_at : now_;
  thread.dying_cache = event.cache;
  settled_ = false;
}

void Model::apply_leak(const Event &event) {
  Cache &cache = cache_of(event.cache);
  if (event.kind == EventKind::kCacheLeaked) {
    cache.leaked_at = now_;
    ++cache.report;
    cache.listed = 0;
    return;
  }
  ++cache.listed;
  const Object *object = held_at(event.object);
  if (object == nullptr) object = last_at(event.object);
  if (object == nullptr) return;  // DESTROY-4
  objects_[static_cast<size_t>(object - objects_.data())].listed_in = cache.report;
}

void Model::apply_directory(const Event &event) {
  for (Directory &directory : directories_) {
    if (text(directory.text) != text(event.text)) continue;
    directory.present = event.kind == EventKind::kSysfsAdd;
    if (!directory.present) {
      directory.removed_at = now_;
      return;
    }
    directory.cache = event.cache;
    directory.thread = event.thread;
    directory.added_at = now_;
    return;
  }
  directories_.push_back(
      {event.text, event.cache, event.thread, event.kind == EventKind::kSysfsAdd, now_, 0});
}

std::string Model::name(uint32_t number) const {
  const std::string &name = text(cache(number).text);
  return name.empty() ? std::to_string(number) : std::to_string(number) + " \"" + name + "\"";
}

const std::string &Model::text(uint32_t index) const {
  return index != 0 && index <= trace_->texts.size() ? trace_->texts[index - 1] : kNoText;
}

}  // namespace slabbed::conf
