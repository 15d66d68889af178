// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// lifecycle.h - birth and death of a cache.
//
//   create ---> LIVE --last destroy--> dying, flushed
//                                        | empty                    | objects remain
//                                        v                          v
//                            (TYPESAFE: RCU_WAIT)       async: LINGER, destroy work, second attempt
//                                        |                  legacy, sync: LEAKED at once, reported
//                                        v                          | empty       | still objects
//                                     released <--------------------+             v
//                                                                              LEAKED, reported
//
// One release path for all three generations of kmem_cache_destroy(), without slab_mutex (RFC patch
// 4): release_cache(). It runs exactly once per cache, after the last thing that could reach the
// descriptor - slots, batches, the destroy work, deferred slab pages - has let go.
#ifndef SLABBED_LIFECYCLE_LIFECYCLE_H
#define SLABBED_LIFECYCLE_LIFECYCLE_H

#include "lifecycle/system.h"

namespace slabbed {

struct CacheRequest {
  const char *name;
  unsigned size;
  unsigned align;
  slab_flags_t flags;
  void (*ctor)(void *);
};

inline constexpr slab_flags_t kNeverMerge =
    SLAB_STORE_USER | SLAB_TYPESAFE_BY_RCU | SLAB_NO_MERGE;

// create.cc
kmem_cache *create_cache(System *system, const CacheRequest &request);
// A cache nobody can reach yet; not on any list. nullptr: no memory or impossible layout.
kmem_cache *make_cache(System *system, const CacheRequest &request, bool mergeable);
// merge.cc. Caller holds slab_mutex.
kmem_cache *find_mergeable(System *system, const CacheRequest &request)
    SLABBED_REQUIRES(system->caches.slab_mutex);

// destroy.cc
void destroy_cache(System *system, kmem_cache *s, const void *caller);
// Revokes and flushes every slot and the barn, returns empty slabs. Return: slabs that remain.
// At 0 nothing but deferred slab pages can reach the descriptor any more. Caller holds slab_mutex
// and has set dying.
unsigned long shutdown_cache(kmem_cache *s);
// release.cc. Context: no lock held, `s` on no list; the descriptor is gone afterwards.
void release_cache(System *system, kmem_cache *s);
// Frees the descriptor's memory and nothing else.
void free_descriptor(kmem_cache *s);

// leak_report.cc: every object that remains, once, in address order, and who called destroy.
// Return: false, with nothing printed, if the last object has come home since the caller looked
// (the kfree_rcu worker needs no slab_mutex): then there is nothing to accuse anybody of.
bool report_leak(System *system, kmem_cache *s);

}  // namespace slabbed
#endif  // SLABBED_LIFECYCLE_LIFECYCLE_H
