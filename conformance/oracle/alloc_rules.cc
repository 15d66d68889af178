// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// alloc_rules.cc - what an allocation promises (kernel: mm/slub.c, Documentation/core-api/
// memory-allocation.rst). kAlloc stands after the call returned, so the object is certainly held
// from there; everything it may collide with must be certainly held, too.
#include "conformance/oracle/rules.h"

namespace slabbed::conf {

namespace {
constexpr uint64_t kKmallocMaxCacheSize = 8192;  // larger ones are whole pages, in no slab
}  // namespace

bool alloc_disjoint(const Model &m, const Event &e, Why &why) {
  const Object *other = m.held_overlapping(e.object, e.object + (e.a != 0 ? e.a : 1));
  if (other == nullptr) return false;
  const char *state = other->state == ObjectState::kPending   ? ", which waits for kfree_rcu()"
                      : other->state == ObjectState::kCallRcu ? ", which waits for call_rcu()"
                                                              : ", which is in use";
  return why("The new object overlaps ", *other, state, ".");
}

bool alloc_inside_slab(const Model &m, const Event &e, Why &why) {
  const Slab *slab = m.slab_at(e.object);
  if (slab == nullptr) {
    if (e.cache == 0 && e.a > kKmallocMaxCacheSize) return false;
    return why("The new object lies in no slab page.");
  }
  if (e.object + e.a > slab->end) return why("The new object reaches beyond its slab page.");
  if (e.cache == 0 || slab->cache == 0 || e.cache == slab->cache) return false;
  return why("The new object of cache ", m.name(e.cache), " lies in a slab page of cache ",
             m.name(slab->cache), ".");
}

bool alloc_aligned(const Model &, const Event &e, Why &why) {
  if (e.b == 0 || e.object % e.b == 0) return false;
  return why("The new object is not aligned to ", e.b, " bytes.");
}

bool alloc_zeroed(const Model &, const Event &e, Why &why) {
  if ((e.flags & kZeroed) == 0 || e.a != 0) return false;
  return why("An object allocated with __GFP_ZERO is not all zeros.");
}

bool alloc_constructed(const Model &, const Event &e, Why &why) {
  if ((e.flags & kConstructed) == 0 || (e.flags & kZeroed) != 0 || e.a != 0) return false;
  return why("A new object is not as its cache's constructor leaves it.");
}

bool alloc_content_kept(const Model &m, const Event &e, Why &why) {
  if ((e.flags & (kZeroed | kConstructed)) != 0 || e.a != 0) return false;
  const Object *object = m.held_at(e.object);
  if (object == nullptr) return why("The content of an object changed under its owner.");
  if (object->state == ObjectState::kPending) return false;  // RCU-2
  return why("The content of ", *object, " changed under its owner.");
}

bool alloc_failure_has_cause(const Model &, const Event &e, Why &why) {
  if (e.a != kOpAlloc || e.b == 0 || (e.flags & (kFaultInjected | kMayFail)) != 0) return false;
  return why("An allocation failed although none of its requests for memory was refused.");
}

}  // namespace slabbed::conf
