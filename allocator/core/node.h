// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// node.h - the slabs of one cache on one node, and the states a slab goes through.
//
//     new_slab()            alloc takes the last free object
//   (pages) ----> PARTIAL ----------------------------------> FULL
//                  ^   |  <----------------------------------  |
//                  |   |       free gives the first one back
//                  |   | inuse == 0 and (nr_partial >= min_partial, or shrink, or destroy)
//                  |   v
//                  |  DISCARDED -> pages go back (TYPESAFE: after a grace period)
//
// Invariants, under list_lock:
//   nr_partial = length of `partial`; nr_slabs = nr_partial + length of `full`;
//   total_objects = sum of slab->objects; in_use = sum of slab->inuse <= total_objects.
// nr_slabs and total_objects are kept in every build (RFC patch 2: destroy decides by them).
#ifndef SLABBED_CORE_NODE_H
#define SLABBED_CORE_NODE_H

#include "core/pages.h"
#include "core/sheaf.h"
#include "port/mutex.h"

namespace slabbed {

struct Node {
  port::Mutex list_lock{"list_lock"};
  SlabPage *partial SLABBED_GUARDED_BY(list_lock) = nullptr;
  SlabPage *full SLABBED_GUARDED_BY(list_lock) = nullptr;
  unsigned long nr_partial SLABBED_GUARDED_BY(list_lock) = 0;
  unsigned long nr_slabs SLABBED_GUARDED_BY(list_lock) = 0;
  unsigned long total_objects SLABBED_GUARDED_BY(list_lock) = 0;
  unsigned long in_use SLABBED_GUARDED_BY(list_lock) = 0;
  Barn barn;

  void add(SlabPage *page) SLABBED_REQUIRES(list_lock);      // a new slab, all objects free
  void remove(SlabPage *page) SLABBED_REQUIRES(list_lock);   // an empty slab leaves
  void to_full(SlabPage *page) SLABBED_REQUIRES(list_lock);
  void to_partial(SlabPage *page) SLABBED_REQUIRES(list_lock);
  // Reports promise address order; the order of the lists means nothing else.
  void sort_lists() SLABBED_REQUIRES(list_lock);
  // Walks both lists and compares with the counters.
  bool is_valid(const kmem_cache *cache) SLABBED_REQUIRES(list_lock);

 private:
  void link(SlabPage **list, SlabPage *page) SLABBED_REQUIRES(list_lock);
  void unlink(SlabPage **list, SlabPage *page) SLABBED_REQUIRES(list_lock);
};

}  // namespace slabbed
#endif  // SLABBED_CORE_NODE_H
