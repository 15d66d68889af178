// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// merge.cc - which existing cache can serve a new request (mm/slab_common.c find_mergeable()).
#include "lifecycle/lifecycle.h"

namespace slabbed {
namespace {

bool slab_unmergeable(System *system, const kmem_cache *s) {
  if (system->boot.nomerge || s->ctor || (s->flags & kNeverMerge)) return true;
  // Linux 6.1: only a boot cache (-1) is exempt, so a leaked cache (0) is handed out again.
  if (system->boot.destroy == DestroyMode::kLegacy) return s->refcount < 0;
  // 0: being destroyed asynchronously, or leaked (RFC patch 1). With `< 0` here, the destroy work
  // would free a cache that somebody has just been given (bug class B25).
  return s->refcount <= 0;
}

}  // namespace

kmem_cache *find_mergeable(System *system, const CacheRequest &request) {
  unsigned align = calculate_alignment(request.flags, request.align, request.size);
  unsigned size = align_up(align_up(request.size, sizeof(void *)), align);
  for (kmem_cache *s = system->caches.oldest; s; s = s->prev) {
    if (slab_unmergeable(system, s)) continue;
    if (size > s->layout.size) continue;
    if ((s->layout.size & ~(align - 1)) != s->layout.size) continue;
    if (s->layout.size - size >= sizeof(void *)) continue;
    return s;
  }
  return nullptr;
}

}  // namespace slabbed
