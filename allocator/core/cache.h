// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// cache.h - struct kmem_cache and the three layers a request falls through.
//
//   kmem_cache_alloc() [slab.h, inline] -> cache_alloc_slow() -> slab_alloc() -> PageAllocator
//   own main sheaf                         spare, barn, refill    partial slabs     new slab
//
// The pcs of all slots lie behind the descriptor at SLABBED_CACHE_HEADER_BYTES, so the fast path
// finds its own with one add. A cache keeps no sheaves when something must see each operation
// (SLAB_STORE_USER) or when the boot parameters say so; then every pcs points at the empty sheaf.
//
// A cache is *dying* from the moment its last reference is dropped. From then on no slot gets a
// sheaf for it and its barn is closed; frees go straight to the slabs.
#ifndef SLABBED_CORE_CACHE_H
#define SLABBED_CORE_CACHE_H

#include <slabbed/slab.h>

#include "core/context.h"
#include "core/layout.h"
#include "core/node.h"
#include "port/atomic.h"

namespace slabbed {

enum class CacheState : uint8_t {
  kLive,
  kLingering,  // objects remained at destroy; the destroy work will look again
  kLeaked,     // and they still remained
  kRcuWait     // TYPESAFE: empty, waits for its last slab pages' grace period
};

struct AliasName {
  AliasName *next;
  uint32_t bytes;  // of this allocation
  char name[];
};

}  // namespace slabbed

struct kmem_cache {
  slabbed::Context *context;         // constant, as are layout, flags, ctor, name and sheaves
  slabbed::Layout layout;
  slab_flags_t flags;
  void (*ctor)(void *object);        // not called any more once the cache is dying
  const char *name;                  // own copy: the caller's may be gone (bug class B1)
  const char *directory;             // its sysfs directory: the name, or ":id" if mergeable
  uint32_t sheaf_capacity;           // 0: no sheaves
  // Bytes kmem_cache_zalloc() clears: the largest object_size of all aliases. Relaxed: an alias
  // that raises it has not handed its pointer to anybody yet.
  slabbed::port::Atomic<uint32_t> object_size;
  // Set once under slab_mutex. Release; slow paths load it with acquire under their Slot::lock, and
  // destroy takes each Slot::lock after setting it: a slow path either sees it, or its sheaf is
  // seen by the flush. Without the pair a dying cache would keep a full sheaf in some slot.
  slabbed::port::Atomic<uint32_t> dying;

  // Guarded by slab_mutex.
  kmem_cache *next;
  kmem_cache *prev;
  int refcount;                      // -1: boot cache, never destroyed; 0: destroyed or destroying
  bool in_sysfs;
  slabbed::CacheState state;
  slabbed::AliasName *aliases;
  slabbed::StackHandle destroy_stack;
  const void *destroy_caller;
  kmem_cache *next_work;             // destroy work queue; guarded by its lock

  slabbed::Node node;

  slabbed_pcs *pcs(unsigned slot) {
    return reinterpret_cast<slabbed_pcs *>(reinterpret_cast<char *>(this) +
                                           SLABBED_CACHE_HEADER_BYTES + slot * SLABBED_PCS_BYTES);
  }
};
static_assert(sizeof(kmem_cache) <= SLABBED_CACHE_HEADER_BYTES, "pcs lie at a fixed offset");
static_assert(sizeof(slabbed_pcs) == SLABBED_PCS_BYTES, "one cache line per slot");

namespace slabbed {

inline size_t cache_bytes() {
  return SLABBED_CACHE_HEADER_BYTES + size_t{port::slot_count()} * SLABBED_PCS_BYTES;
}

// --- slab.cc: slab pages under list_lock -------------------------------------------------------
// Context: any; takes list_lock, may take the page allocator's. Return: how many it got.
unsigned slab_alloc(kmem_cache *s, void **objects, unsigned count, const void *caller);
void slab_free(kmem_cache *s, void *const *objects, unsigned count, const void *caller);
// Discards every empty slab. Return: slabs that remain.
unsigned long slab_discard_empty(kmem_cache *s);
// The freelist is acyclic, inside the slab, and as long as the counters say.
bool slab_is_valid(const SlabPage *page);
// Whether `object` is on the freelist. Caller holds list_lock.
bool slab_object_is_free(const SlabPage *page, const void *object);
// Gives the pages back now; the grace period, if any, is over.
void slab_release_pages(Context *context, SlabPage *page);

// --- pcs.cc: sheaves of the slots ----------------------------------------------------------------
// One object through the calling thread's sheaves, or nullptr: ask the slabs.
void *pcs_alloc(kmem_cache *s, unsigned slot);
bool pcs_free(kmem_cache *s, unsigned slot, void *object);
// Takes every sheaf of every slot (or of one) away and puts its objects into the slabs; rcu sheaves
// go to the worker. With `close`, also closes and empties the barn. Waits for busy owners.
// Context: no Slot::lock held; may spin until another thread leaves its fast path.
void cache_flush(kmem_cache *s, bool close);
void cache_flush_slot(kmem_cache *s, unsigned slot);
// What a slot holds of `s`, exactly, also while its owner is at work: the owner is kept out while
// its sheaves are looked at. Context: takes the Slot::lock; may spin like cache_flush().
struct PcsCount {
  uint32_t free;  // in main and spare
  uint32_t rcu;   // kfree_rcu'd, in the rcu sheaf
};
PcsCount pcs_count(kmem_cache *s, unsigned slot);
// Takes a pcs off its slot's list of rcu sheaves. Caller holds the Slot::lock.
void unlist_rcu(Context *context, unsigned slot, slabbed_pcs *pcs);
// Empties a sheaf that nobody else can reach into the slabs and gives the sheaf back.
void sheaf_flush(kmem_cache *s, slabbed_sheaf *sheaf);
void sheaf_recycle(kmem_cache *s, slabbed_sheaf *sheaf);

// --- cache.cc ----------------------------------------------------------------------------------
void *cache_alloc_slow(kmem_cache *s, gfp_t gfp, const void *caller);
void cache_free_slow(kmem_cache *s, void *object, const void *caller);
// Through the caller's main sheaf as far as that goes, then straight to the slabs. Return of
// bulk_alloc: how many it got.
unsigned bulk_alloc(kmem_cache *s, void **objects, unsigned count, const void *caller);
void bulk_free(kmem_cache *s, void *const *objects, unsigned count, const void *caller);
// Walks node and counters; for ASSERTs at state changes and for tests.
bool cache_is_valid(kmem_cache *s);

}  // namespace slabbed
#endif  // SLABBED_CORE_CACHE_H
