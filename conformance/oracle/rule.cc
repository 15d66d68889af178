// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// rule.cc - id and sentence of every rule, in the order of the enum. The sentences are repeated
// word for word in RULES.md; a test compares them.
#include "conformance/oracle/rule.h"

namespace slabbed::conf {

namespace {
struct Entry {
  const char *id, *text;
};
constexpr Entry kRules[] = {
    {"clean", "No rule was broken."},
    {"ALLOC-1", "An allocation returns memory that overlaps no object still held."},
    {"ALLOC-2", "An object lies inside a slab page of the cache it was allocated from."},
    {"ALLOC-3", "An object has the alignment its cache promises."},
    {"ALLOC-4", "An object allocated with __GFP_ZERO is all zeros."},
    {"ALLOC-5", "An object of a cache with a ctor is as the ctor left it."},
    {"ALLOC-6", "The content of a held object changes only when its owner changes it."},
    {"ALLOC-7", "An allocation fails only if a page or metadata request failed."},
    {"FREE-1", "Only a held object is released, and only once."},
    {"FREE-2", "No page goes back while an object on it is still held."},
    {"RCU-1", "A kfree_rcu()d object is reclaimed only after every older reader closed."},
    {"RCU-2", "What a reader saw published stays as it was until the reader closes."},
    {"RCU-3", "The grace period an object waits for starts after its kfree_rcu()."},
    {"RCU-4", "A call_rcu() callback runs only after every older reader closed."},
    {"RCU-5", "synchronize_rcu() returns only after every older reader closed."},
    {"RCU-6", "rcu_barrier() returns after the callback of every older call_rcu() ran."},
    {"TYPESAFE-1", "A TYPESAFE page goes back only a grace period after its last free."},
    {"TYPESAFE-2", "A reader of a TYPESAFE object finds an object of that type."},
    {"BATCH-1", "Every kfree_rcu() is reclaimed exactly once, and nothing else is."},
    {"BATCH-2", "kvfree_rcu_barrier() returns after every older kfree_rcu() was reclaimed."},
    {"BATCH-3", "kvfree_rcu_barrier_on_cache() promises the same for one cache."},
    {"BATCH-4", "The drain timer reclaims what no barrier and no full batch does."},
    {"BATCH-5", "Batches are freed once, after they were queued, and their objects add up."},
    {"DESTROY-1", "Destroy waits for no grace period (async, legacy)."},
    {"DESTROY-2", "After the barrier a dying cache is released or reported as leaked."},
    {"DESTROY-3", "What was kfree_rcu()d before is not reported as leaked (async, sync)."},
    {"DESTROY-4", "A leak report lists only objects that remain, each once."},
    {"DESTROY-5", "A leak report lists every object that remains, and counts them."},
    {"DESTROY-6", "A cache is released once, and only after its last reference."},
    {"DESTROY-7", "A cache is released only without objects and slab pages."},
    {"DESTROY-8", "The allocator does nothing with a cache after releasing it."},
    {"DESTROY-9", "What remains is reported before destroy returns (legacy, sync)."},
    {"DESTROY-10", "After destroy returned, neither ctor nor the caller's name is touched."},
    {"NAME-1", "The directory is gone when destroy returns (legacy: when released)."},
    {"NAME-2", "Creating a cache under a free name fails only for want of memory."},
    {"NAME-3", "A directory name is added once and removed once, one cache at a time."},
    {"NAME-4", "A leaked cache keeps its directory (legacy)."},
    {"MERGE-1", "Create never returns a cache whose last reference was dropped."},
    {"MERGE-2", "A ctor, TYPESAFE, STORE_USER or NO_MERGE on either side forbids merging."},
    {"MERGE-3", "A merged cache has room and alignment for the new user."},
    {"MERGE-4", "References add up; a cache dies with its last one."},
    {"COUNT-1", "nr_slabs and total_objects are those of the slab pages that exist."},
    {"COUNT-2", "live + pending <= objects <= total_objects."},
    {"COUNT-3", "Right after a shrink objects = live + pending."},
    {"COUNT-4", "Slab pages are disjoint and go back once, as they came."},
    {"COUNT-5", "Pages in use are those of slabs and of large objects."},
    {"COUNT-6", "A dying cache holds back no free object: objects = live + pending."},
    {"COUNT-7", "kmem_cache_shrink() returns 0 only if no slab page remains."},
    {"FAULT-1", "A failed allocation gives back what it took."},
    {"FAULT-2", "Free, kfree_rcu() and the barriers never fail."},
    {"FAULT-3", "A failed create leaves neither cache nor directory."},
    {"PROGRESS-1", "No run ends with threads that wait for each other."},
    {"PROGRESS-2", "Every run ends within the step bound."},
    {"CHECK-1", "No internal check of the allocator fails."},
};
static_assert(sizeof(kRules) / sizeof(kRules[0]) == kRuleCount);
}  // namespace

const char *rule_id(Rule rule) { return kRules[static_cast<unsigned>(rule)].id; }

const char *rule_text(Rule rule) { return kRules[static_cast<unsigned>(rule)].text; }

Rule rule_from_id(std::string_view id) {
  unsigned i = 0;
  while (i < kRuleCount && id != kRules[i].id) ++i;
  return static_cast<Rule>(i);
}

}  // namespace slabbed::conf
