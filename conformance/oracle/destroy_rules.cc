// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// destroy_rules.cc - kmem_cache_destroy() in its three generations, up to the one release.
//
// Which objects "remain" is decided where the allocator looks, which the trace does not show. Two
// bounds make it sound: what was certainly held from before the last reference was dropped until
// now must be in the report, and what was certainly back before the last attempt began must not.
#include "conformance/oracle/rules.h"

namespace slabbed::conf {

bool destroy_returns_at_once(const Model &m, const Event &e, Why &why) {
  if (e.a != kOpDestroy || e.b == 0 || m.sync()) return false;
  return why("kmem_cache_destroy() had to wait, although it must return at once.");
}

bool destroy_completes(const Model &m, const Event &e, Why &why) {
  if (e.a != kBarrier) return false;
  const std::vector<Cache> &caches = m.caches();
  for (size_t i = 1; i < caches.size(); ++i) {
    if (!caches[i].dying() || caches[i].released() || caches[i].leaked()) continue;
    uint64_t held = m.held_in(static_cast<uint32_t>(i));
    return why("Everything was waited for, but destroyed cache ", m.name(static_cast<uint32_t>(i)),
               " is neither released nor reported as leaked; it holds ", held, " objects.");
  }
  return false;
}

bool destroy_false_leak(const Model &m, const Event &e, Why &why) {
  const Cache &cache = m.cache(e.cache);
  if (m.legacy() || !cache.dying()) return false;  // 6.1 does not wait: that is the RFC's subject
  const Object *object = m.last_at(e.object);
  if (object == nullptr || !object->was_kfree_rcu) return false;
  // The barrier that must cover it: sync runs it first, the destroy work runs it after lingering.
  At barrier_after = m.sync()                    ? cache.destroy_invoke
                     : cache.linger_at != kNever ? cache.linger_at
                                                 : cache.dying_at;
  if (object->returned_at >= barrier_after) return false;
  return why("The leak report of cache ", m.name(e.cache), " lists ", *object,
             ", which was kfree_rcu()d before and only had to be waited for.");
}

bool destroy_report_held(const Model &m, const Event &e, Why &why) {
  const Cache &cache = m.cache(e.cache);
  const Object *object = m.last_at(e.object);
  if (object == nullptr) {
    if (m.thread_in(kOpAlloc)) return false;  // may be the object that is being allocated
    return why("The leak report of cache ", m.name(e.cache), " lists something nobody allocated.");
  }
  if (object->listed_in == cache.report && object->cache == e.cache) {
    return why("The leak report of cache ", m.name(e.cache), " lists ", *object, " twice.");
  }
  if (object->held()) {
    if (object->cache == e.cache) return false;
    return why("The leak report of cache ", m.name(e.cache), " lists ", *object, " of cache ",
               m.name(object->cache), ".");
  }
  if (!cache.dying() || object->back_at >= cache.attempt_at) return false;
  return why("The leak report of cache ", m.name(e.cache), " lists ", *object,
             ", which had been given back before the cache was looked at.");
}

bool destroy_report_complete(const Model &m, const Event &e, Why &why) {
  const Cache &cache = m.cache(e.cache);
  if (e.a == 0)
    return why("Cache ", m.name(e.cache), " is reported as leaked, but no object remains.");
  if (e.a != cache.listed) {
    return why("The leak report of cache ", m.name(e.cache), " counts ", e.a, " objects and lists ",
               cache.listed, ".");
  }
  const Object *missing = m.find_held([&](const Object &object) {
    return object.cache == e.cache && object.alloc_at < cache.dying_at &&
           object.listed_in != cache.report;
  });
  if (missing == nullptr) return false;
  return why("The leak report of cache ", m.name(e.cache), " does not list ", *missing,
             ", which is still held.");
}

bool destroy_released_once(const Model &m, const Event &e, Why &why) {
  const Cache &cache = m.cache(e.cache);
  if (!cache.known) return false;
  if (cache.released()) return why("Cache ", m.name(e.cache), " is released a second time.");
  if (cache.dying()) return false;
  return why("Cache ", m.name(e.cache), " is released while it is still referenced.");
}

bool destroy_released_empty(const Model &m, const Event &e, Why &why) {
  if (e.cache == 0) return false;
  const Object *object =
      m.find_held([&](const Object &held) { return held.cache == e.cache && held.in_slab; });
  if (object != nullptr) {
    return why("Cache ", m.name(e.cache), " is released while ", *object, " is still held.");
  }
  uint32_t slabs = m.cache(e.cache).slabs;
  if (slabs == 0) return false;
  return why("Cache ", m.name(e.cache), " is released although ", slabs,
             " of its slab pages exist.");
}

bool destroy_after_release(const Model &m, const Event &e, Why &why) {
  if (!m.cache(e.cache).released()) return false;
  return why("The allocator still works on cache ", m.name(e.cache), ", which it has released.");
}

bool destroy_reports_now(const Model &m, const Event &e, Why &why) {
  uint32_t number = m.thread(e.thread).dying_cache;
  if (e.a != kOpDestroy || number == 0 || m.async()) return false;
  const Cache &cache = m.cache(number);
  if (!cache.dying() || cache.leaked()) return false;
  const Object *object = m.find_held([&](const Object &held) {
    return held.cache == number && held.alloc_at < cache.dying_at &&
           (held.state != ObjectState::kPending || m.legacy());
  });
  if (object == nullptr) return false;
  return why("kmem_cache_destroy() of cache ", m.name(number), " returned without reporting ",
             *object, ", which remains.");
}

bool destroy_module(const Model &m, const Event &e, Why &why) {
  return why("After kmem_cache_destroy() of cache ", m.name(e.cache),
             " had returned, the allocator ",
             e.a == 0 ? "called its constructor." : "read its caller's name.");
}

}  // namespace slabbed::conf
