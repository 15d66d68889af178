// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// model.h - what must be true of the world after a prefix of a trace. Rules read it, only apply()
// changes it; it remembers facts and judges nothing.
//
// Time is the position of an event in the trace, counted from 1. "Certainly" is the word that keeps
// the model sound: an operation takes effect somewhere between its invoke and its return, so an
// object is
//   certainly held    from kAlloc (after the call) to its release event (before the call), and
//   certainly back    only when the releasing call has returned (kfree_rcu: when the batch that
//                     brought it back was finished).
// In between it may be either, and no rule may depend on which.
//
//          kAlloc            kFree
//   kFree ────────▶ kLive ──────────────────▶ kFree (certainly back at back_at)
//                     │ kKfreeRcu  kReclaimed   ▲
//                     ├──────▶ kPending ────────┤
//                     │ kCallRcuFree    kFree   │
//                     └──────▶ kCallRcu ────────┘
#ifndef SLABBED_CONFORMANCE_ORACLE_MODEL_H
#define SLABBED_CONFORMANCE_ORACLE_MODEL_H

#include <string>
#include <vector>

#include "conformance/oracle/spans.h"
#include "conformance/trace/event.h"

namespace slabbed::conf {

using At = uint32_t;                     // position in the trace, from 1; 0 = before everything
inline constexpr At kNever = 0xffffffff;  // later than everything

enum class ObjectState : uint8_t { kLive, kCallRcu, kPending, kFree };

struct Object {
  uint64_t begin = 0, end = 0;
  uint32_t cache = 0;        // of the slab it lies in, else as the event says
  uint32_t op = 0, index = 0;  // its name: index-th object of operation op
  ObjectState state = ObjectState::kLive;
  bool in_slab = false;
  uint8_t release_thread = 0;
  At alloc_at = kNever;
  At release_at = kNever;    // kFree, kKfreeRcu or kCallRcuFree
  At returned_at = kNever;   // the releasing call returned
  At back_at = kNever;       // certainly with the allocator again
  uint64_t release_clock = 0;  // jiffies at release_at
  uint32_t listed_in = 0;    // number of the last leak report of its cache that lists it
  bool was_kfree_rcu = false;
  bool was_deferred = false;   // kfree_rcu() or call_rcu(): back later than the call returned
  bool held() const { return state != ObjectState::kFree; }
};

struct Slab {
  uint64_t begin = 0, end = 0;
  uint32_t cache = 0, objects = 0;
  bool typesafe = false;
  At last_release = 0;       // of any object on it, kfree_rcu: until it was reclaimed; 0 = none
};

struct Cache {
  bool known = false;        // its kCacheCreate was seen
  uint16_t flags = 0;
  uint32_t text = 0;         // its name
  uint64_t object_size = 0, slab_size = 0;
  uint64_t room = 0;         // no object has more: slab_size, else the share of a slab page
  uint64_t refs = 0;
  At dying_at = kNever;      // last reference dropped
  At destroy_invoke = kNever;  // the destroy call that dropped it was invoked
  At attempt_at = kNever;    // the newest known start of an attempt to shut it down
  At linger_at = kNever;     // the first attempt found objects; the work tries again
  At leaked_at = kNever;
  At released_at = kNever;
  uint32_t report = 1;       // number of the leak report being written
  uint32_t listed = 0;       // objects in that report so far
  uint32_t slabs = 0;
  uint64_t slab_objects = 0;
  bool dying() const { return dying_at != kNever; }
  bool leaked() const { return leaked_at != kNever; }
  bool released() const { return released_at != kNever; }
};

struct Directory {
  uint32_t text = 0, cache = 0;
  uint8_t thread = 0;
  bool present = false;
  At added_at = 0, removed_at = 0;
};

struct Reader { uint64_t section = 0; uint8_t thread = 0; At opened_at = 0; };
struct GracePeriod { uint64_t number = 0; At started_at = 0; };
struct Batch { uint64_t number = 0; bool freed = false; };

// An operation in progress, and what it has released so far.
struct ThreadState {
  struct Released { uint32_t object; bool reclaimed; };
  bool in_operation = false;
  bool touched = false;
  uint8_t type = kOpOther;
  uint16_t flags = 0;        // create: asked for
  uint32_t op = kNoOperation, cache = 0;
  uint64_t size = 0, align = 0;
  At invoke_at = 0;
  uint32_t alloc_op = kNoOperation, alloc_index = 0;  // names of objects, as in trace/names.h
  uint32_t dying_cache = 0;    // this operation dropped its last reference
  uint32_t created_cache = 0;  // this operation made it
  std::vector<Released> released;
};

class Model {
 public:
  void begin(const Trace &trace);
  void apply(const Event &event);  // the event at position now()
  At now() const { return now_; }  // of the event that is being judged
  void advance() { ++now_; }

  const Trace &trace() const { return *trace_; }
  bool legacy() const { return trace_->legacy_destroy; }
  bool async() const { return trace_->async_destroy && !legacy(); }
  bool sync() const { return !legacy() && !async(); }

  const Object &object(uint32_t index) const { return objects_[index]; }
  const Object *held_at(uint64_t address) const;
  const Object *held_overlapping(uint64_t begin, uint64_t end) const;
  const Object *last_at(uint64_t address) const;  // newest with that start, held or not; slow
  // Held objects, in address order; for_each stops at the first for which fn returns true.
  template <typename Fn>
  const Object *find_held(Fn fn) const {
    for (const Span &span : held_.all()) {
      if (fn(objects_[span.index])) return &objects_[span.index];
    }
    return nullptr;
  }
  uint64_t held_in(uint32_t cache) const;

  const Slab *slab_at(uint64_t address) const;
  const Slab *slab_starting(uint64_t base) const;
  const Slab *slab_overlapping(uint64_t begin, uint64_t end) const;
  uint64_t slab_pages() const;
  const Cache &cache(uint32_t number) const;
  const std::vector<Cache> &caches() const { return caches_; }
  const std::vector<Directory> &directories() const { return directories_; }
  const ThreadState &thread(unsigned number) const { return threads_[number]; }
  bool thread_in(OpType type) const;  // is any thread inside such an operation?

  const std::vector<Reader> &readers() const { return readers_; }
  const Reader *reader_older_than(At at) const;
  // Start of the newest grace period that has ended, and the newest end; 0 = none.
  At ended_gp_start() const { return ended_gp_start_; }
  At gp_ended_at() const { return gp_ended_at_; }
  const Batch *batch(uint64_t number) const;
  uint64_t batch_objects_queued() const { return batch_objects_queued_; }
  uint64_t batch_objects_freed() const { return batch_objects_freed_; }

  // Nothing runs, and everything kfree_rcu()d or destroyed is done: numbers are exact.
  bool settled() const { return settled_; }
  // Some allocation failed because memory was refused to it.
  bool allocation_failed() const { return allocation_failed_; }
  bool clock_known() const { return clock_known_; }
  uint64_t clock() const { return clock_; }
  const std::string &text(uint32_t index) const;
  std::string name(uint32_t number) const;  // for explanations: 3 "dentry"

 private:
  Cache &cache_of(uint32_t number);
  ThreadState &touch(uint8_t thread);
  void apply_invoke(const Event &event);
  void apply_return(const Event &event);
  void apply_alloc(const Event &event);
  void apply_release(const Event &event);
  void apply_reclaimed(const Event &event);
  void apply_reader(const Event &event);
  void apply_grace_period(const Event &event);
  void apply_batch(const Event &event);
  void apply_slab(const Event &event);
  void apply_cache(const Event &event);
  void adopt(const Event &event, Cache &cache);
  void apply_cache_end(const Event &event);
  void apply_leak(const Event &event);
  void apply_directory(const Event &event);
  void close_released(ThreadState &thread, bool whole_operation);
  void hold_nothing(uint32_t object);

  const Trace *trace_ = nullptr;
  At now_ = 0;
  std::vector<Object> objects_;
  Spans held_;                  // of objects_
  std::vector<Slab> slabs_;
  Spans slab_spans_;            // of slabs_
  std::vector<Cache> caches_;   // by number
  std::vector<Directory> directories_;
  std::vector<Reader> readers_;  // open ones
  std::vector<GracePeriod> grace_periods_;  // running ones
  std::vector<Batch> batches_;
  uint64_t batch_objects_queued_ = 0, batch_objects_freed_ = 0;
  std::vector<ThreadState> threads_ = std::vector<ThreadState>(256);
  std::vector<uint8_t> touched_;  // threads that this trace mentions
  At ended_gp_start_ = 0, gp_ended_at_ = 0;
  bool settled_ = false, clock_known_ = false, allocation_failed_ = false;
  uint64_t clock_ = 0;
};

}  // namespace slabbed::conf
#endif  // SLABBED_CONFORMANCE_ORACLE_MODEL_H
