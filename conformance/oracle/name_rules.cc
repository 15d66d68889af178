// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// name_rules.cc - directories in sysfs: one cache a name, and a name is free again when destroy
// returns (RFC patch 3; legacy: when the cache is released). kSysfsAdd and kSysfsRemove are exact.
#include "conformance/oracle/rules.h"

namespace slabbed::conf {

namespace {
const Directory *directory_of(const Model &m, uint32_t cache) {
  for (const Directory &directory : m.directories()) {
    if (directory.present && directory.cache == cache) return &directory;
  }
  return nullptr;
}

const Directory *directory_named(const Model &m, uint32_t text) {
  for (const Directory &directory : m.directories()) {
    if (m.text(directory.text) == m.text(text)) return &directory;
  }
  return nullptr;
}
}  // namespace

bool name_gone(const Model &m, const Event &e, Why &why) {
  if (e.kind == EventKind::kCacheReleased) {
    const Directory *directory = e.cache != 0 ? directory_of(m, e.cache) : nullptr;
    if (directory == nullptr) return false;
    return why("Cache ", m.name(e.cache), " is released while its directory ",
               m.text(directory->text), " still exists.");
  }
  uint32_t number = m.thread(e.thread).dying_cache;
  if (e.a != kOpDestroy || number == 0 || m.legacy()) return false;
  const Directory *directory = directory_of(m, number);
  if (directory == nullptr) return false;
  return why("kmem_cache_destroy() of cache ", m.name(number), " returned, but its directory ",
             m.text(directory->text), " still exists.");
}

bool name_free(const Model &m, const Event &e, Why &why) {
  const ThreadState &thread = m.thread(e.thread);
  if (e.a != 0 || !thread.in_operation) return false;
  const Directory *same = directory_named(m, e.text);
  // Taken at some moment of the call: the create may have been refused right then.
  if (same != nullptr && (same->present || same->removed_at > thread.invoke_at)) return false;
  if (m.legacy()) {
    // 6.1: a leaked cache keeps its directory, which may be the one of its size (":0000064").
    for (const Directory &directory : m.directories()) {
      if (directory.present && m.cache(directory.cache).dying()) return false;
    }
  }
  return why("Creating cache ", m.text(e.text),
             " failed although no cache had that name and no request for memory was refused.");
}

bool name_unique(const Model &m, const Event &e, Why &why) {
  const Directory *same = directory_named(m, e.text);
  bool present = same != nullptr && same->present;
  if (e.kind == EventKind::kSysfsAdd) {
    if (!present) return false;
    return why("Directory ", m.text(e.text), " is added although it exists, for cache ",
               m.name(same->cache), ".");
  }
  if (!present) return why("Directory ", m.text(e.text), " is removed although it does not exist.");
  if (e.cache == 0 || same->cache == 0 || same->cache == e.cache) return false;
  return why("Cache ", m.name(e.cache), " removes directory ", m.text(e.text), " of cache ",
             m.name(same->cache), ".");
}

bool name_stays(const Model &m, const Event &e, Why &why) {
  const Cache &cache = m.cache(e.cache);
  if (!m.legacy() || cache.released()) return false;
  if (e.kind == EventKind::kSysfsRemove) {
    if (!cache.leaked()) return false;
    return why("Leaked cache ", m.name(e.cache), " loses its directory ", m.text(e.text), ".");
  }
  for (const Directory &directory : m.directories()) {  // kCacheLeaked: destroy may not have waited
    if (directory.cache != e.cache || directory.present) continue;
    if (!cache.dying() || directory.removed_at < cache.dying_at) continue;
    return why("Cache ", m.name(e.cache), " leaked and had already lost its directory ",
               m.text(directory.text), ".");
  }
  return false;
}

}  // namespace slabbed::conf
