// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// merge_rules.cc - when kmem_cache_create() may hand out an existing cache (kernel:
// mm/slab_common.c find_mergeable(), slab_unmergeable()), and that references are counted right.
// kCacheAlias stands inside the create call, whose kInvoke says what was asked for.
#include "conformance/oracle/rules.h"

namespace slabbed::conf {

namespace {
constexpr uint16_t kNeverMerge = kTypesafe | kStoreUser | kNoMerge | kConstructed;

const ThreadState *request_of(const Model &m, const Event &e) {
  const ThreadState &thread = m.thread(e.thread);
  return thread.in_operation && thread.type == kOpCreate ? &thread : nullptr;
}
}  // namespace

bool merge_dying(const Model &m, const Event &e, Why &why) {
  const Cache &cache = m.cache(e.cache);
  if (!cache.dying() && !cache.released()) return false;
  // Linux 6.1 does merge with a cache that leaked: it serves again, and the next destroy retries.
  if (m.legacy() && cache.leaked() && !cache.released()) return false;
  return why("kmem_cache_create() returns cache ", m.name(e.cache),
             cache.released() ? ", which was released." : ", whose last reference was dropped.");
}

bool merge_never(const Model &m, const Event &e, Why &why) {
  const ThreadState *request = request_of(m, e);
  uint16_t theirs = m.cache(e.cache).flags & kNeverMerge;
  uint16_t ours = request != nullptr ? request->flags & kNeverMerge : 0;
  if (theirs == 0 && ours == 0) return false;
  return why(theirs != 0 ? "Cache " : "A request that must never be merged gets cache ",
             m.name(e.cache),
             theirs != 0 ? ", which must never be merged, gets a second user." : ".");
}

bool merge_fits(const Model &m, const Event &e, Why &why) {
  const ThreadState *request = request_of(m, e);
  const Cache &cache = m.cache(e.cache);
  if (request == nullptr || cache.room == 0) return false;
  if (request->size > cache.room) {
    return why("Objects of ", request->size, " bytes get cache ", m.name(e.cache),
               ", whose objects have ", cache.room, " bytes each.");
  }
  if (request->align == 0 || cache.slab_size % request->align == 0) return false;
  return why("Objects aligned to ", request->align, " get cache ", m.name(e.cache),
             ", whose objects lie ", cache.slab_size, " bytes apart.");
}

bool merge_references(const Model &m, const Event &e, Why &why) {
  const Cache &cache = m.cache(e.cache);
  if (!cache.known) return false;
  uint64_t found = e.kind == EventKind::kCacheDying ? 0 : e.a;
  bool fits = e.kind == EventKind::kCacheAlias ? found == cache.refs + 1 : found + 1 == cache.refs;
  if (fits) return false;
  return why("Cache ", m.name(e.cache), " had ", cache.refs, " references and now has ", found,
             ".");
}

}  // namespace slabbed::conf
