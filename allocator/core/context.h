// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// context.h - what every layer of one System shares: boot parameters, pages, RCU, slots, reports.
//
// A System (lifecycle/system.h) is a Context plus the machinery above the core. Calls that would go
// upwards (a TYPESAFE slab that must wait for a grace period, an rcu sheaf found by a flush) go
// through the hooks, which reclaim/ fills in at boot.
//
// Lock order, outermost first, for the whole allocator:
//   slab_mutex (registry) -> kfree_rcu freeing -> Slot::lock -> Barn::lock -> Node::list_lock
//   -> reclaim queue lock -> stack depot -> page allocator
//   slab_mutex -> destroy work (a leaf)
// Nobody holds a Slot::lock while waiting for another slot's owner or for a grace period.
#ifndef SLABBED_CORE_CONTEXT_H
#define SLABBED_CORE_CONTEXT_H

#include <slabbed/system.h>

#include "core/pages.h"
#include "port/mutex.h"
#include "port/rcu.h"
#include "port/slot.h"
#include "report/depot.h"
#include "report/report.h"

namespace slabbed {

enum class DestroyMode : uint8_t { kLegacy, kAsync, kSync };

struct BootParameters {
  unsigned nr_cpus = 2;
  unsigned hz = 100;
  unsigned sheaf_capacity = 32;
  uint64_t kfree_rcu_drain = 0;  // 0: 5 * hz
  unsigned long pages = 0;
  DestroyMode destroy = DestroyMode::kAsync;
  bool nomerge = false;
  bool sheaves = true;
  bool symbols = true;
};

// An object that waits without a batch: linked through its own rcu_head (the kernel's channel 3).
struct ChainLink {
  ChainLink *next;
  void *object;
};

// What one thread slot of the System owns. Everything here is guarded by `lock`; the sheaves
// themselves by the owner protocol of <slabbed/slab.h>.
struct Slot {
  port::Mutex lock{"slot"};
  slabbed_pcs *rcu_list SLABBED_GUARDED_BY(lock) = nullptr;  // pcs that may hold an rcu sheaf
  slabbed_sheaf *mixed SLABBED_GUARDED_BY(lock) = nullptr;   // batch of objects of any cache
  ChainLink *chain SLABBED_GUARDED_BY(lock) = nullptr;
};

// All caches of the System: slab_caches, and those that left it but are not released yet.
struct Registry {
  port::Mutex slab_mutex{"slab_mutex"};
  kmem_cache *newest SLABBED_GUARDED_BY(slab_mutex) = nullptr;  // slab_caches, as slabinfo lists it
  kmem_cache *oldest SLABBED_GUARDED_BY(slab_mutex) = nullptr;  // where the merge scan starts
  kmem_cache *unlisted SLABBED_GUARDED_BY(slab_mutex) = nullptr;

  void add(kmem_cache *s) SLABBED_REQUIRES(slab_mutex);
  void remove(kmem_cache *s) SLABBED_REQUIRES(slab_mutex);      // from slab_caches, to nowhere
  void add_unlisted(kmem_cache *s) SLABBED_REQUIRES(slab_mutex);
  void remove_unlisted(kmem_cache *s) SLABBED_REQUIRES(slab_mutex);
};

struct Context {
  BootParameters boot;
  Registry caches;
  Report report;
  PageAllocator pages;
  port::Rcu rcu;
  StackDepot depot;
  Slot slots[port::kMaxSlots];

  void *reclaim = nullptr;  // the Reclaim behind the hooks

  // Frees a TYPESAFE slab page after a grace period. Context: any, no list_lock held.
  void (*defer_slab)(Context *context, SlabPage *page) = nullptr;
  // A flush took an rcu sheaf out of its slot, and (once the owner is out) hands it to the worker.
  // Between the two calls the sheaf is in transit; barriers wait for it. Without the first call a
  // barrier could find the slot empty and return before the objects are even queued.
  void (*expect_rcu_sheaf)(Context *context) = nullptr;
  void (*queue_rcu_sheaf)(Context *context, slabbed_sheaf *sheaf) = nullptr;
};

}  // namespace slabbed
#endif  // SLABBED_CORE_CONTEXT_H
