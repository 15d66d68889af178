// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// reclaim.h - kfree_rcu(): objects wait in batches for a grace period and go back as whole sheaves.
//
//   kvfree_call_rcu()   slot's rcu sheaf (same cache) --full--+
//                       slot's mixed batch (any cache) --full-+--> ready queue --> worker:
//                       slot's chain (no memory) -------------+      take all, one grace period,
//   timer, barrier, flush, thread exit: what is partial ------+      barn or slabs
//
// The worker is the only thread that waits for grace periods: application threads need no RCU
// registration and a call never waits. Each batch gets a sequence number when it is queued; the
// worker takes the whole queue, notes the newest number, waits for one grace period that starts
// after that, frees, and publishes the number as `completed`. A barrier is therefore: sweep what is
// partial into the queue, wait until nothing is in transit, wait until completed >= newest number.
//
// Invariants: completed_ <= sequence_; an object is in exactly one of: a slot (sheaf, mixed,
// chain), transit, ready queue, the worker's hands. deadline_ != 0 whenever a slot holds a partial
// batch that no sweep is about to take.
#ifndef SLABBED_RECLAIM_RECLAIM_H
#define SLABBED_RECLAIM_RECLAIM_H

#include "core/cache.h"
#include "port/mutex.h"
#include "port/thread.h"

struct rcu_head;

namespace slabbed {

class Reclaim {
 public:
  bool start(Context *context);
  // Stops the worker at once.
  void stop();
  // Frees the batches that still wait; their objects vanish with the System's pages.
  void drop();

  // Context: any; may take a Slot::lock, never waits (head == nullptr: may wait without memory).
  void kvfree_rcu(rcu_head *head, void *object);
  // Everything kvfree_rcu'd before this call is free when it returns. Context: may block.
  void barrier();
  void barrier_on_cache(kmem_cache *s);
  // The leaving thread's slot: its partial batches are passed on.
  void flush_slot(unsigned slot);
  // Waits until the worker is not in the middle of freeing a batch: it touches a cache a little
  // longer than the cache has objects (an emptied sheaf looks for a place in the barn, an emptied
  // slab page goes back outside the lock). Context: may block; never for a grace period.
  void await_freeing() SLABBED_EXCLUDES(freeing_lock_);
  // Objects of `s` in mixed batches, chains and the queue; those in rcu sheaves of the slots are
  // counted by pcs_count(). Exact when nothing runs.
  unsigned long pending(kmem_cache *s);

  // fork(): see lifecycle/fork.cc.
  void fork_hold_worker() SLABBED_ACQUIRE(freeing_lock_) { freeing_lock_.lock(); }
  void fork_release_worker() SLABBED_RELEASE(freeing_lock_) { freeing_lock_.unlock(); }
  void fork_hold_queue() SLABBED_ACQUIRE(lock_) { lock_.lock(); }
  void fork_release_queue() SLABBED_RELEASE(lock_) { lock_.unlock(); }
  bool in_transit();
  void await_transit();
  void restart_in_child();

 private:
  // What one grace period serves.
  struct Batch {
    slabbed_sheaf *sheaves = nullptr;
    ChainLink *chain = nullptr;
    uint64_t chain_sequence = 0;
    SlabPage *slabs = nullptr;
    uint64_t newest = 0;
    bool empty() const { return !sheaves && !chain && !slabs; }
  };

  static Reclaim *of(Context *context);
  static void expect_hook(Context *context);
  static void queue_hook(Context *context, slabbed_sheaf *sheaf);
  static void defer_hook(Context *context, SlabPage *page);
  static void worker_main(void *self);

  void worker();
  bool wait_for_work() SLABBED_REQUIRES(lock_);
  Batch take_ready() SLABBED_REQUIRES(lock_);
  void free_batch(Batch *batch);
  void free_sheaf(slabbed_sheaf *sheaf);
  void free_mixed(slabbed_sheaf *sheaf);
  void free_chain(Batch *batch);
  void reclaim_object(void *object);

  bool push_fast(kmem_cache *s, void *object);
  bool push_sheaf(kmem_cache *s, unsigned slot, void *object);
  bool push_mixed(unsigned slot, void *object);
  void push_chain(unsigned slot, ChainLink *link, void *object);
  void free_slowly(void *object);

  void queue(slabbed_sheaf *sheaf, bool from_transit);
  void queue_chain(ChainLink *chain);
  void arm_timer();
  void sweep(kmem_cache *only);
  void sweep_slot(unsigned slot, kmem_cache *only, slabbed_sheaf **taken);
  void wait_until_completed();

  Context *context_ = nullptr;
  port::Mutex lock_{"kfree_rcu queue"};
  // Held by the worker while it frees a batch: fork() never copies half of that, and destroy never
  // releases a descriptor that the worker has not let go of. After slab_mutex in the lock order.
  port::Mutex freeing_lock_{"kfree_rcu freeing"};
  port::CondVar work_;       // the worker waits: ready, deadline_, stop_
  port::CondVar completion_; // barriers wait: transit_, completed_
  slabbed_sheaf *ready_head_ SLABBED_GUARDED_BY(lock_) = nullptr;
  slabbed_sheaf *ready_tail_ SLABBED_GUARDED_BY(lock_) = nullptr;
  ChainLink *ready_chain_ SLABBED_GUARDED_BY(lock_) = nullptr;
  uint64_t ready_chain_sequence_ SLABBED_GUARDED_BY(lock_) = 0;
  SlabPage *ready_slabs_ SLABBED_GUARDED_BY(lock_) = nullptr;
  uint64_t sequence_ SLABBED_GUARDED_BY(lock_) = 0;
  uint64_t completed_ SLABBED_GUARDED_BY(lock_) = 0;
  uint64_t deadline_ SLABBED_GUARDED_BY(lock_) = 0;  // jiffy of the next sweep; 0: none
  unsigned transit_ SLABBED_GUARDED_BY(lock_) = 0;
  bool stop_ SLABBED_GUARDED_BY(lock_) = false;
  Batch current_;            // the worker's; fork_child() puts it back into the queue
  port::KThread thread_;
};

}  // namespace slabbed
#endif  // SLABBED_RECLAIM_RECLAIM_H
