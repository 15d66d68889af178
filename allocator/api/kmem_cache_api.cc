// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// kmem_cache_api.cc - the kmem_cache_* calls: find the System, one call down.
#include <slabbed/slab.h>
#include <slabbed/system.h>

#include <string.h>

#include "introspect/sysfs.h"
#include "lifecycle/lifecycle.h"
#include "port/check.h"

using namespace slabbed;

kmem_cache *kmem_cache_create(const char *name, unsigned size, unsigned align, slab_flags_t flags,
                              void (*ctor)(void *)) {
  return create_cache(default_system(), CacheRequest{name, size, align, flags, ctor});
}

void kmem_cache_destroy(kmem_cache *s) {
  if (s) destroy_cache(System::of(s), s, __builtin_return_address(0));
}

int kmem_cache_shrink(kmem_cache *s) {
  cache_flush(s, false);
  return slab_discard_empty(s) != 0;
}

void *slabbed_alloc_slow(kmem_cache *s, gfp_t gfp) {
  return cache_alloc_slow(s, gfp, __builtin_return_address(0));
}

void slabbed_free_slow(kmem_cache *s, void *object) {
  cache_free_slow(s, object, __builtin_return_address(0));
}

void *slabbed_kmem_cache_alloc(kmem_cache *s, gfp_t gfp) { return kmem_cache_alloc(s, gfp); }

void slabbed_kmem_cache_free(kmem_cache *s, void *object) { kmem_cache_free(s, object); }

int kmem_cache_alloc_bulk(kmem_cache *s, gfp_t gfp, size_t count, void **objects) {
  size_t got = 0;
  while (got < count) {
    size_t want = count - got < 1024 ? count - got : 1024;
    unsigned part = bulk_alloc(s, objects + got, static_cast<unsigned>(want),
                               __builtin_return_address(0));
    got += part;
    if (part < want) {
      if (got) bulk_free(s, objects, static_cast<unsigned>(got), __builtin_return_address(0));
      return 0;
    }
  }
  if (gfp & __GFP_ZERO) {
    for (size_t i = 0; i < count; i++) memset(objects[i], 0, s->object_size.load_relaxed());
  }
  return static_cast<int>(count);
}

void kmem_cache_free_bulk(kmem_cache *s, size_t count, void **objects) {
  if (!s) {
    for (size_t i = 0; i < count; i++) kfree(objects[i]);
    return;
  }
  while (count) {
    unsigned part = count < 1024 ? static_cast<unsigned>(count) : 1024;
    bulk_free(s, objects, part, __builtin_return_address(0));
    objects += part;
    count -= part;
  }
}

int slabbed_cache_get_info(const kmem_cache *s, slabbed_cache_info *info) {
  if (!s) return -1;
  kmem_cache *cache = const_cast<kmem_cache *>(s);
  Context *context = cache->context;
  port::MutexLock guard(context->caches.slab_mutex);
  cache_info(context, cache, info);
  return 0;
}

int slabbed_cache_get_info_at(slabbed_system *system, unsigned index, slabbed_cache_info *info) {
  Context *context = reinterpret_cast<System *>(system);
  port::MutexLock guard(context->caches.slab_mutex);
  kmem_cache *s = context->caches.newest;
  while (s && index--) s = s->next;
  if (!s) return -1;
  cache_info(context, s, info);
  return 0;
}

int slabbed_sysfs_exists(slabbed_system *system, const char *name) {
  Context *context = reinterpret_cast<System *>(system);
  port::MutexLock guard(context->caches.slab_mutex);
  return sysfs_exists(context, name);
}

unsigned long slabbed_pages_in_use(slabbed_system *system) {
  return reinterpret_cast<System *>(system)->pages.pages_in_use();
}
