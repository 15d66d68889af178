// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// count_rules.cc - the counters behind slabinfo and destroy, against what was seen to happen.
//
// While anything runs a counter may be a step ahead of the trace or behind it, so equalities hold
// only when the model is settled. What is held by the program or waits for its grace period is
// counted as in use at every moment; that bound always holds.
#include "conformance/oracle/rules.h"

namespace slabbed::conf {

namespace {
constexpr uint64_t kPageBytes = 4096;

// A page of a TYPESAFE cache leaves the counters when it is given up, and the trace a grace period
// later; only a shrink does that while the model is settled.
bool pages_may_wait(const Model &m, const Event &e) {
  return (e.flags & kAfterShrink) != 0 && (m.cache(e.cache).flags & kTypesafe) != 0;
}
}  // namespace

bool count_slabs(const Model &m, const Event &e, Why &why) {
  const Cache &cache = m.cache(e.cache);
  if (!m.settled() || !cache.known) return false;
  if (e.c == cache.slabs && e.b == cache.slab_objects) return false;
  if (pages_may_wait(m, e) && e.c <= cache.slabs && e.b <= cache.slab_objects) return false;
  return why("Cache ", m.name(e.cache), " counts ", e.c, " slabs with ", e.b, " objects, but ",
             cache.slabs, " slabs with ", cache.slab_objects, " objects exist.");
}

bool count_bounds(const Model &m, const Event &e, Why &why) {
  if (e.cache == 0) return false;
  uint64_t held = m.held_in(e.cache);
  if (e.a < held) {
    return why("Cache ", m.name(e.cache), " counts ", e.a, " objects in use, but ", held,
               " are held.");
  }
  if (!m.settled() || e.a <= e.b) return false;
  return why("Cache ", m.name(e.cache), " counts ", e.a, " objects in use of ", e.b, ".");
}

bool count_after_shrink(const Model &m, const Event &e, Why &why) {
  if (!m.settled() || (e.flags & kAfterShrink) == 0 || e.cache == 0) return false;
  uint64_t held = m.held_in(e.cache);
  if (e.a == held) return false;
  return why("Right after a shrink cache ", m.name(e.cache), " counts ", e.a,
             " objects in use, but ", held, " are held.");
}

bool count_slab_pages(const Model &m, const Event &e, Why &why) {
  if (e.kind == EventKind::kSlabNew) {
    uint64_t end = e.object + (e.a != 0 ? e.a : kPageBytes);
    if (m.slab_overlapping(e.object, end) != nullptr) {
      return why("A new slab page overlaps one that was not given back.");
    }
    const Object *object = m.held_overlapping(e.object, end);
    return object != nullptr && why("A new slab page overlaps ", *object, ".");
  }
  const Slab *slab = m.slab_starting(e.object);
  if (slab == nullptr) return why("A slab page goes back that does not exist.");
  if (slab->end - slab->begin != e.a) {
    return why("A slab page of ", slab->end - slab->begin, " bytes goes back as ", e.a, " bytes.");
  }
  if (slab->cache == e.cache || slab->cache == 0) return false;
  return why("A slab page of cache ", m.name(slab->cache), " goes back as one of cache ",
             m.name(e.cache), ".");
}

bool count_pages(const Model &m, const Event &e, Why &why) {
  if (!m.settled()) return false;
  uint64_t least = m.slab_pages(), most = least;
  m.find_held([&](const Object &object) {
    if (object.in_slab) return false;
    uint64_t pages = (object.end - object.begin + kPageBytes - 1) / kPageBytes;
    uint64_t rounded = 1;  // the page allocator gives powers of two
    while (rounded < pages) rounded *= 2;
    least += pages;
    most += rounded;
    return false;
  });
  if (e.a >= least && e.a <= most) return false;
  return why(e.a, " pages are in use, but slabs and large objects account for ", least, ".");
}

bool count_dying(const Model &m, const Event &e, Why &why) {
  const Cache &cache = m.cache(e.cache);
  if (!m.settled() || !cache.dying() || cache.released()) return false;
  uint64_t held = m.held_in(e.cache);
  if (e.a == held) return false;
  return why("Dying cache ", m.name(e.cache), " counts ", e.a, " objects in use, but ", held,
             " are held: it keeps free objects back.");
}

bool count_shrink_result(const Model &m, const Event &e, Why &why) {
  const ThreadState &thread = m.thread(e.thread);
  if (e.a != kOpShrink || e.b != 0 || !thread.in_operation || thread.cache == 0) return false;
  const Object *object = m.find_held([&](const Object &held) {
    return held.cache == thread.cache && held.in_slab && held.alloc_at < thread.invoke_at;
  });
  if (object == nullptr) return false;
  return why("kmem_cache_shrink() of cache ", m.name(thread.cache),
             " says that no slab page remains, but ", *object, " was held all the time.");
}

}  // namespace slabbed::conf
