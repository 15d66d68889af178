// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// abstract_run.cc - see abstract_run.h. Every function is one step; steps of different threads
// interleave at random.
#include "conformance/tests/abstract_run.h"

#include <algorithm>

namespace slabbed::conf {

namespace {
constexpr unsigned kWorker = 16, kDestroyWorker = 17, kGracePeriods = 33;

template <typename T>
bool erase_one(std::vector<T> &list, const T &value) {
  auto at = std::find(list.begin(), list.end(), value);
  if (at == list.end()) return false;
  list.erase(at);
  return true;
}
}  // namespace

AbstractRun::AbstractRun(uint64_t seed, Generation generation, Fault fault)
    : state_(seed * 0x9e3779b97f4a7c15u + 1), generation_(generation), fault_(fault) {
  trace_.async_destroy = generation == Generation::kAsync;
  trace_.legacy_destroy = generation == Generation::kLegacy;
}

uint64_t AbstractRun::random(uint64_t below) {
  state_ ^= state_ << 13;
  state_ ^= state_ >> 7;
  state_ ^= state_ << 17;
  return (state_ >> 20) % below;
}

Event &AbstractRun::put(EventKind kind, unsigned thread, uint32_t op) {
  Event event;
  event.kind = kind;
  event.thread = static_cast<uint8_t>(thread);
  event.op = op;
  trace_.events.push_back(event);
  return trace_.events.back();
}

uint32_t AbstractRun::text(const std::string &text) {
  trace_.texts.push_back(text);
  return static_cast<uint32_t>(trace_.texts.size());
}

std::vector<uint32_t> AbstractRun::usable() const {
  std::vector<uint32_t> numbers;
  for (const Cache &c : caches_) {
    if (c.refs != 0) numbers.push_back(c.number);
  }
  return numbers;
}

// ---- the program's threads ----------------------------------------------------------------------

bool AbstractRun::step_thread(unsigned t) {
  switch (threads_[t].op) {
    case Op::kNone:
      if (threads_[t].left == 0 && threads_[t].section == 0) return false;
      if (threads_[t].left == 0 || random(4) == 0) {
        toggle_reader(t);
      } else {
        begin_operation(t);
      }
      return true;
    case Op::kAlloc:
      return step_alloc(t);
    case Op::kFree:
      return step_free(t);
    case Op::kKfreeRcu:
      return step_kfree_rcu(t);
    case Op::kBarrier:
      return step_barrier(t);
    case Op::kCreate:
      return step_create(t);
    case Op::kDestroy:
      return step_destroy(t);
  }
  return false;
}

void AbstractRun::toggle_reader(unsigned t) {
  Thread &thread = threads_[t];
  if (thread.section == 0) {
    thread.section = next_section_++;
    put(EventKind::kReaderLock, t).a = thread.section;
  } else {
    put(EventKind::kReaderUnlock, t).a = thread.section;
    thread.section = 0;
  }
}

void AbstractRun::begin_operation(unsigned t) {
  Thread &thread = threads_[t];
  --thread.left;
  constexpr Op kChoices[] = {Op::kAlloc,    Op::kAlloc,   Op::kAlloc,  Op::kFree,   Op::kKfreeRcu,
                             Op::kKfreeRcu, Op::kBarrier, Op::kCreate, Op::kDestroy};
  Op op = kChoices[random(9)];
  std::vector<uint32_t> caches = usable();
  if (caches.empty()) op = Op::kCreate;
  bool blocks = op == Op::kBarrier || op == Op::kCreate || op == Op::kDestroy;
  if (blocks && thread.section != 0) toggle_reader(t);
  thread.number = next_op_++;
  thread.phase = 0;
  thread.cache = caches.empty() ? 0 : caches[random(caches.size())];
  if (op == Op::kFree || op == Op::kKfreeRcu) {
    if (thread.held.empty()) return;
    size_t i = random(thread.held.size());
    Held held = thread.held[i];
    thread.held.erase(thread.held.begin() + static_cast<std::ptrdiff_t>(i));
    if (cache(held.cache).refs == 0) return;  // its cache was destroyed: the object is given up
    thread.object = held.object;
    thread.cache = held.cache;
  }
  if (op == Op::kDestroy && cache(thread.cache).users != 0) return;
  if (op == Op::kAlloc || op == Op::kFree || op == Op::kKfreeRcu) ++cache(thread.cache).users;
  thread.op = op;
}

bool AbstractRun::end_operation(unsigned t, OpType type, uint64_t result, uint16_t flags) {
  Thread &thread = threads_[t];
  Event &event = put(EventKind::kReturn, t, thread.number);
  event.a = type;
  event.b = result;
  event.flags = flags;
  if (thread.op == Op::kAlloc || thread.op == Op::kFree || thread.op == Op::kKfreeRcu) {
    --cache(thread.cache).users;
  }
  thread.op = Op::kNone;
  return true;
}

bool AbstractRun::step_alloc(unsigned t) {
  Thread &thread = threads_[t];
  Cache &c = cache(thread.cache);
  if (thread.phase++ == 0) {
    Event &event = put(EventKind::kInvoke, t, thread.number);
    event.a = kOpAlloc;
    event.cache = c.number;
    return true;
  }
  if (thread.phase == 2) {
    bool failed = false;
    thread.object = take(c, t, thread.number, &failed);
    return !failed || end_operation(t, kOpAlloc, 1, kFaultInjected);
  }
  if (thread.phase == 3) {
    Event &event = put(EventKind::kAlloc, t, thread.number);
    event.object = thread.object;
    event.cache = c.number;
    event.a = kObjectBytes;
    event.b = 8;
    if (c.typesafe) event.flags = kTypesafe;
    thread.held.push_back({thread.object, c.number});
    return true;
  }
  return end_operation(t, kOpAlloc);
}

bool AbstractRun::step_free(unsigned t) {
  Thread &thread = threads_[t];
  Cache &c = cache(thread.cache);
  if (thread.phase++ == 0) {
    put(EventKind::kInvoke, t, thread.number).a = kOpFree;
    Event &event = put(EventKind::kFree, t, thread.number);
    event.object = thread.object;
    event.cache = c.number;
    return true;
  }
  if (thread.phase == 2) {
    give_back(c, thread.object, !c.dying, t);
    return true;
  }
  return end_operation(t, kOpFree);
}

bool AbstractRun::step_kfree_rcu(unsigned t) {
  Thread &thread = threads_[t];
  if (thread.phase++ == 0) {
    put(EventKind::kInvoke, t, thread.number).a = kOpKfreeRcu;
    put(EventKind::kKfreeRcu, t, thread.number).object = thread.object;
    return true;
  }
  if (thread.phase == 2) {
    if (fault_ == Fault::kBatchLost && random(4) == 0) return true;
    queue_.push_back({thread.object, thread.cache, ++sequence_});
    return true;
  }
  return end_operation(t, kOpKfreeRcu);
}

bool AbstractRun::step_barrier(unsigned t) {
  Thread &thread = threads_[t];
  if (thread.phase == 0) {
    put(EventKind::kInvoke, t, thread.number).a = kOpKvfreeBarrier;
    thread.phase = 1;
    return true;
  }
  if (thread.phase == 1) {
    thread.target = sequence_;
    if (fault_ == Fault::kPartialBatchMissed) thread.target = batch_target_;
    thread.phase = 2;
    return true;
  }
  if (completed_ < thread.target) return false;
  return end_operation(t, kOpKvfreeBarrier);
}

bool AbstractRun::step_create(unsigned t) {
  Thread &thread = threads_[t];
  if (thread.phase++ != 0) return end_operation(t, kOpCreate, thread.object);
  std::string name(1, static_cast<char>('a' + random(4)));
  bool typesafe = random(3) == 0;
  auto flags = static_cast<uint16_t>(typesafe ? kTypesafe : random(2) == 0 ? kNoMerge : 0);
  Event &invoke = put(EventKind::kInvoke, t, thread.number);
  invoke.a = kOpCreate;
  invoke.b = kObjectBytes;
  invoke.flags = flags;
  invoke.text = text(name);
  thread.object = 0;
  for (Cache &c : caches_) {
    bool revives = c.leaked && generation_ == Generation::kLegacy;
    bool wrongly = c.dying && fault_ == Fault::kRefcountBelowZero;
    if (flags != 0 || c.released || c.listed || (c.refs == 0 && !revives && !wrongly)) continue;
    c.dying = c.leaked = false;
    Event &alias = put(EventKind::kCacheAlias, t, thread.number);
    alias.cache = c.number;
    alias.a = ++c.refs;
    return true;
  }
  for (const Cache &c : caches_) {
    if (c.name != name || c.unlinked) continue;
    put(EventKind::kCacheCreateFailed, t, thread.number).text = text(name);
    thread.object = 1;
    return true;
  }
  Cache c;
  c.number = static_cast<uint32_t>(caches_.size() + 1);
  c.name = name;
  c.typesafe = typesafe;
  c.listed = flags != 0;  // never merged
  c.refs = 1;
  put(EventKind::kSysfsAdd, t, thread.number).text = text(name);
  Event &created = put(EventKind::kCacheCreate, t, thread.number);
  created.cache = c.number;
  created.a = created.b = kObjectBytes;
  created.flags = flags;
  created.text = text(name);
  caches_.push_back(c);
  return true;
}

bool AbstractRun::step_destroy(unsigned t) {
  Thread &thread = threads_[t];
  Cache &c = cache(thread.cache);
  if (thread.phase == 0) {
    // Somebody may have begun to use it, or destroyed it, since it was chosen.
    if (c.users != 0 || c.refs == 0) {
      thread.op = Op::kNone;
      return true;
    }
    Event &event = put(EventKind::kInvoke, t, thread.number);
    event.a = kOpDestroy;
    event.cache = c.number;
    thread.target = generation_ == Generation::kSync ? sequence_ : 0;
    thread.phase = 1;
    return true;
  }
  if (thread.phase == 1) {
    if (completed_ < thread.target) return false;
    if (c.users != 0 && c.refs == 1) return false;  // the program sees to it
    thread.phase = 2;
    if (c.refs == 0) return true;
    if (--c.refs == 0) {
      last_reference_gone(c, t, thread.number);
    } else {
      Event &event = put(EventKind::kCacheUnref, t, thread.number);
      event.cache = c.number;
      event.a = c.refs;
    }
    return true;
  }
  return end_operation(t, kOpDestroy, 0);
}

// ---- the allocator ------------------------------------------------------------------------------

uint64_t AbstractRun::take(Cache &c, unsigned t, uint32_t op, bool *failed) {
  std::vector<uint64_t> &from = c.sheaf.empty() ? c.free : c.sheaf;
  if (from.empty()) {
    if (random(8) == 0) {
      *failed = true;
      if (fault_ == Fault::kSlabsOffByOne) ++c.extra_slabs;
      return 0;
    }
    uint64_t base = next_page_;
    if (!pages_.empty()) {
      base = pages_.back();
      pages_.pop_back();
    } else {
      next_page_ += kSlabBytes;
    }
    Event &event = put(EventKind::kSlabNew, t, op);
    event.object = base;
    event.cache = c.number;
    event.a = kSlabBytes;
    event.b = kPerSlab;
    if (c.typesafe) event.flags = kTypesafe;
    c.slabs.push_back(base);
    for (uint64_t i = 0; i < kPerSlab; ++i) c.free.push_back(base + i * kObjectBytes);
    return take(c, t, op, failed);
  }
  uint64_t object = from.back();
  if (fault_ != Fault::kHandedOutTwice || random(8) != 0) from.pop_back();
  return object;
}

void AbstractRun::give_back(Cache &c, uint64_t object, bool may_cache, unsigned t) {
  if (may_cache && c.sheaf.size() < 4 && random(2) == 0) {
    c.sheaf.push_back(object);
  } else {
    c.free.push_back(object);
    if (random(2) == 0) discard_empty(c, t);
  }
}

void AbstractRun::flush(Cache &c, unsigned t) {
  c.free.insert(c.free.end(), c.sheaf.begin(), c.sheaf.end());
  c.sheaf.clear();
  discard_empty(c, t);
}

void AbstractRun::discard_empty(Cache &c, unsigned t) {
  for (size_t i = c.slabs.size(); i-- > 0;) {
    uint64_t base = c.slabs[i];
    auto on_slab = [&](uint64_t object) { return object >= base && object < base + kSlabBytes; };
    auto free = std::count_if(c.free.begin(), c.free.end(), on_slab);
    if (static_cast<uint64_t>(free) < kPerSlab) continue;
    c.free.erase(std::remove_if(c.free.begin(), c.free.end(), on_slab), c.free.end());
    c.slabs.erase(c.slabs.begin() + static_cast<std::ptrdiff_t>(i));
    if (c.typesafe && fault_ != Fault::kTypesafePageEarly) {
      deferred_.emplace_back(c.number, base);
      ++sequence_;
      continue;
    }
    Event &event = put(EventKind::kSlabFree, t);
    event.object = base;
    event.cache = c.number;
    event.a = kSlabBytes;
    pages_.push_back(base);
  }
}

void AbstractRun::unlink(Cache &c, unsigned t) {
  if (c.unlinked) return;
  c.unlinked = true;
  Event &event = put(EventKind::kSysfsRemove, t);
  event.cache = c.number;
  event.text = text(c.name);
}

void AbstractRun::last_reference_gone(Cache &c, unsigned t, uint32_t op) {
  c.dying = true;
  put(EventKind::kCacheDying, t, op).cache = c.number;
  flush(c, t);
  if (generation_ != Generation::kLegacy && fault_ != Fault::kNameFreedLate) unlink(c, t);
  bool empty = c.slabs.empty();
  if (!empty && generation_ != Generation::kAsync) {
    c.leaked = true;
    return report(c, t);
  }
  if (empty) unlink(c, t);
  if (empty && !c.typesafe) return release(c, t);
  if (!empty) put(EventKind::kCacheLinger, t, op).cache = c.number;
  work_.push_back(c.number);
}

void AbstractRun::report(Cache &c, unsigned t) {
  uint64_t listed = 0;
  for (uint64_t base : c.slabs) {
    for (uint64_t i = 0; i < kPerSlab; ++i) {
      uint64_t object = base + i * kObjectBytes;
      if (std::find(c.free.begin(), c.free.end(), object) != c.free.end()) continue;
      Event &event = put(EventKind::kLeakedObject, t);
      event.cache = c.number;
      event.object = object;
      ++listed;
    }
  }
  Event &event = put(EventKind::kCacheLeaked, t);
  event.cache = c.number;
  event.a = listed;
}

void AbstractRun::release(Cache &c, unsigned t) {
  c.released = true;
  put(EventKind::kCacheReleased, t).cache = c.number;
  if (fault_ == Fault::kReleasedTwice) put(EventKind::kCacheReleased, t).cache = c.number;
}

// ---- workers ------------------------------------------------------------------------------------

bool AbstractRun::readers_gone() const {
  for (const Thread &thread : threads_) {
    auto at = std::find(waits_for_.begin(), waits_for_.end(), thread.section);
    if (thread.section != 0 && at != waits_for_.end()) return false;
  }
  return true;
}

void AbstractRun::take_queue() {
  batch_target_ = sequence_;
  batch_.swap(queue_);
  batch_slabs_.swap(deferred_);
  Event &event = put(EventKind::kBatchQueued, kWorker);
  event.a = next_batch_;
  event.b = batch_.size();
}

bool AbstractRun::step_worker() {
  if (in_gp_) {
    if (!readers_gone()) return false;
    put(EventKind::kGpEnd, kGracePeriods).a = next_gp_++;
    in_gp_ = false;
    if (fault_ == Fault::kOldGracePeriod) take_queue();
    free_batch();
    return true;
  }
  if (queue_.empty() && deferred_.empty()) return false;
  // A lone object waits for the timer, which is armed by the first one only.
  if (fault_ == Fault::kTimerNotArmed && draining_ && queue_.size() == 1) return false;
  if (!draining_ && random(4) != 0) return true;
  if (fault_ != Fault::kOldGracePeriod) take_queue();
  if (fault_ == Fault::kGracePeriodSkipped) {
    free_batch();
    return true;
  }
  put(EventKind::kBatchWait, kWorker).a = next_batch_;
  waits_for_.clear();
  for (const Thread &thread : threads_) {
    if (thread.section != 0) waits_for_.push_back(thread.section);
  }
  put(EventKind::kGpStart, kGracePeriods).a = next_gp_;
  in_gp_ = true;
  return true;
}

void AbstractRun::free_batch() {
  for (const Pending &pending : batch_) {
    put(EventKind::kReclaimed, kWorker).object = pending.object;
    Cache &c = cache(pending.cache);
    bool into_barn = fault_ == Fault::kSheafIntoDyingBarn || fault_ == Fault::kNoSecondFlush;
    if (c.dying && into_barn) {
      c.sheaf.push_back(pending.object);
    } else {
      give_back(c, pending.object, !c.dying, kWorker);
    }
  }
  Event &event = put(EventKind::kBatchFreed, kWorker);
  event.a = next_batch_++;
  event.b = batch_.size();
  for (const auto &[number, base] : batch_slabs_) {
    Event &freed = put(EventKind::kSlabFree, kWorker);
    freed.object = base;
    freed.cache = number;
    freed.a = kSlabBytes;
    pages_.push_back(base);
  }
  batch_.clear();
  batch_slabs_.clear();
  completed_ = batch_target_;
}

bool AbstractRun::step_destroy_worker() {
  if (work_.empty()) return false;
  if (!work_waits_) {
    work_waits_ = true;
    work_target_ = fault_ == Fault::kDestroyTrustsRcuBarrier ? 0 : sequence_;
    return true;
  }
  if (completed_ < work_target_) return false;
  work_waits_ = false;
  Cache &c = cache(work_.front());
  if (fault_ != Fault::kNoSecondFlush) flush(c, kDestroyWorker);
  if (!c.slabs.empty()) {
    work_.erase(work_.begin());
    c.leaked = true;
    report(c, kDestroyWorker);
    return true;
  }
  // What was given up since the barrier began waits for readers once more.
  if (c.typesafe && !c.waited_for_pages) return c.waited_for_pages = true;
  work_.erase(work_.begin());
  unlink(c, kDestroyWorker);
  release(c, kDestroyWorker);
  return true;
}

// ---- the whole run ------------------------------------------------------------------------------

void AbstractRun::count(Cache &c, uint16_t flags) {
  Event &event = put(EventKind::kCounters, 0);
  event.cache = c.number;
  event.b = c.slabs.size() * kPerSlab;
  event.a = event.b - c.free.size();
  event.c = c.slabs.size() + c.extra_slabs;
  event.d = kPerSlab;
  event.flags = flags;
}

void AbstractRun::epilogue() {
  put(EventKind::kQuiescent, 0).a = kProgramDone;
  for (Cache &c : caches_) {
    if (!c.released) count(c, 0);
  }
  draining_ = true;
  while (step_worker()) {
  }
  put(EventKind::kQuiescent, 0).a = kDrained;
  fault_ = fault_ == Fault::kTimerNotArmed ? Fault::kNone : fault_;
  while (step_worker() || step_destroy_worker()) {
  }
  put(EventKind::kQuiescent, 0).a = kBarrier;
  for (Cache &c : caches_) {
    if (!c.released) count(c, 0);
  }
  for (Cache &c : caches_) {
    if (c.refs == 0) continue;
    flush(c, 0);
    count(c, kAfterShrink);
  }
  while (step_worker()) {
  }
  uint64_t pages = 0;
  for (const Cache &c : caches_) pages += c.slabs.size() * (kSlabBytes / 4096);
  put(EventKind::kPages, 0).a = pages;
  put(EventKind::kEnd, 0);
}

Trace AbstractRun::run() {
  for (unsigned t = 1; t <= kThreads; ++t) threads_[t].left = 5 + static_cast<unsigned>(random(25));
  bool running = true;
  for (unsigned step = 0; running && step < kStepsMax; ++step) {
    unsigned actor = 1 + static_cast<unsigned>(random(kThreads + 2));
    if (actor <= kThreads) {
      step_thread(actor);
    } else if (actor == kThreads + 1) {
      step_worker();
    } else {
      step_destroy_worker();
    }
    running = false;
    for (const Thread &thread : threads_) {
      running |= thread.left != 0 || thread.op != Op::kNone || thread.section != 0;
    }
  }
  if (!running) epilogue();
  return std::move(trace_);
}

}  // namespace slabbed::conf
