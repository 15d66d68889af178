// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// create.cc - kmem_cache_create(): check, merge or make, publish (mm/slab_common.c).
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <new>

#include "introspect/sysfs.h"
#include "lifecycle/lifecycle.h"
#include "port/memory.h"

namespace slabbed {
namespace {

constexpr slab_flags_t kPermitted = SLAB_HWCACHE_ALIGN | SLAB_STORE_USER | SLAB_PANIC |
                                    SLAB_TYPESAFE_BY_RCU | SLAB_NO_MERGE;

const char *shown_name(const CacheRequest &request) {
  return request.name ? request.name : "(null)";
}

int check_request(System *system, const CacheRequest &request) {
  bool name_ok = request.name && request.name[0];
  // The kernel divides by a zero size, and rounds with an align that is no power of two; both are
  // refused here.
  bool size_ok = request.size != 0 && request.size <= KMALLOC_MAX_SIZE;
  bool align_ok = (request.align & (request.align - 1)) == 0 && request.align <= kPageBytes;
  if (!name_ok || !size_ok || !align_ok) {
    system->report.line("kmem_cache_create(%s) integrity check failed", shown_name(request));
    return -EINVAL;
  }
  if (request.flags & ~kPermitted) return -EINVAL;
  Layout layout;  // no order may hold one object once its tracks are added
  bool possible = calculate_layout(request.size, request.align, request.flags,
                                   request.ctor != nullptr, system->boot.nr_cpus, &layout);
  return possible ? 0 : -EINVAL;
}

const char *copy_string(const char *text) {
  size_t bytes = strlen(text) + 1;
  if (port::should_fail(port::Fault::kMeta)) return nullptr;
  char *copy = static_cast<char *>(port::meta_alloc(bytes));
  if (copy) memcpy(copy, text, bytes);
  return copy;
}

void free_string(const char *text) {
  if (text) port::meta_free(const_cast<char *>(text), strlen(text) + 1);
}

// destroy=legacy only: a cache that leaked serves again, and the next destroy tries again.
void revive(kmem_cache *s) {
  s->state = CacheState::kLive;
  s->node.barn.reopen();
  s->dying.store_release(0);  // the slow paths may build sheaves again; see core/cache.h
}

kmem_cache *alias_of(System *system, kmem_cache *s, const CacheRequest &request)
    SLABBED_REQUIRES(system->caches.slab_mutex) {
  // A missing link is not worth failing for; the kernel only says so.
  if (!sysfs_alias(system, s, request.name)) {
    system->report.line("SLUB: Unable to add cache alias %s to sysfs", request.name);
  }
  if (s->refcount == 0) revive(s);
  s->refcount++;
  if (request.size > s->object_size.load_relaxed()) s->object_size.store_relaxed(request.size);
  unsigned inuse = align_up(request.size, sizeof(void *));
  if (inuse > s->layout.inuse) s->layout.inuse = inuse;
  system->report.event(SLABBED_EV_CACHE_ALIASED, s, nullptr,
                       static_cast<uint64_t>(s->refcount));
  return s;
}

kmem_cache *create_locked(System *system, const CacheRequest &request, int *error)
    SLABBED_REQUIRES(system->caches.slab_mutex) {
  bool mergeable = !system->boot.nomerge && !request.ctor && !(request.flags & kNeverMerge);
  if (mergeable) {
    if (kmem_cache *s = find_mergeable(system, request)) return alias_of(system, s, request);
  }
  kmem_cache *s = make_cache(system, request, mergeable);
  if (!s) {
    *error = -ENOMEM;
    return nullptr;
  }
  if (!sysfs_add(system, s)) {
    *error = -EEXIST;
    free_descriptor(s);
    return nullptr;
  }
  system->caches.add(s);
  system->report.event(SLABBED_EV_CACHE_CREATED, s, nullptr, request.size, request.flags);
  if (mergeable) sysfs_alias(system, s, request.name);
  return s;
}

}  // namespace

kmem_cache *make_cache(System *system, const CacheRequest &request, bool mergeable) {
  Layout layout;
  bool possible = calculate_layout(request.size, request.align, request.flags,
                                   request.ctor != nullptr, system->boot.nr_cpus, &layout);
  if (!possible) return nullptr;
  if ((request.flags & SLAB_STORE_USER) && !system->depot.init()) return nullptr;
  if (port::should_fail(port::Fault::kMeta)) return nullptr;
  void *memory = port::meta_alloc(cache_bytes());
  if (!memory) return nullptr;
  kmem_cache *s = new (memory) kmem_cache{};
  s->context = system;
  s->layout = layout;
  s->flags = request.flags & ~SLAB_PANIC;
  s->ctor = request.ctor;
  s->object_size.store_relaxed(request.size);
  s->refcount = 1;
  bool sheaves = system->boot.sheaves && !(request.flags & SLAB_STORE_USER);
  s->sheaf_capacity = sheaves ? system->boot.sheaf_capacity : 0;
  for (unsigned slot = 0; slot < port::slot_count(); slot++) {
    slabbed_pcs *pcs = new (s->pcs(slot)) slabbed_pcs{};
    pcs->main = pcs->rcu_free = &slabbed_empty_sheaf;
    pcs->cache = s;
  }
  char id[32];
  sysfs_unique_id(layout.size, id, sizeof id);
  s->name = copy_string(request.name);
  if (s->name) s->directory = copy_string(mergeable ? id : request.name);
  if (!s->name || !s->directory) {
    free_descriptor(s);
    return nullptr;
  }
  return s;
}

void free_descriptor(kmem_cache *s) {
  sysfs_free_aliases(s);
  free_string(s->name);
  free_string(s->directory);
  s->~kmem_cache();
  port::meta_free(s, cache_bytes());
}

kmem_cache *create_cache(System *system, const CacheRequest &request) {
  int error = check_request(system, request);
  kmem_cache *s = nullptr;
  if (error == 0) {
    port::MutexLock guard(system->caches.slab_mutex);
    s = create_locked(system, request, &error);
  }
  if (s) return s;
  const char *name = shown_name(request);
  if (request.flags & SLAB_PANIC) {
    system->report.line("%s: Failed to create slab '%s'. Error %d", "__kmem_cache_create_args",
                        name, error);
    abort();
  }
  system->report.line("%s(%s) failed with error %d", "__kmem_cache_create_args", name, error);
  return nullptr;
}

}  // namespace slabbed
