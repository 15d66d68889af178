// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// sysfs.h - the directories under /sys/kernel/slab: which names exist, and what stands in them.
//
// An unmergeable cache has a directory of its own name. A mergeable one has ":" + its id, and one
// link per name that was merged into it, so two creations of the same mergeable cache never
// collide. A directory exists exactly while kmem_cache::in_sysfs is set; there is no second list to
// disagree with. Everything here runs under slab_mutex.
#ifndef SLABBED_INTROSPECT_SYSFS_H
#define SLABBED_INTROSPECT_SYSFS_H

#include "core/cache.h"

namespace slabbed {

// What mm/slub.c create_unique_id() makes of (flags, size); `buffer` holds at least 32 bytes.
void sysfs_unique_id(unsigned size, char *buffer, size_t bytes);

// Makes s->directory. Return: false if that directory exists already (-EEXIST).
bool sysfs_add(Context *context, kmem_cache *s)
    SLABBED_REQUIRES(context->caches.slab_mutex);
void sysfs_remove(Context *context, kmem_cache *s)
    SLABBED_REQUIRES(context->caches.slab_mutex);
// Adds a link `name` to the directory of `s`, replacing a leftover one of that name.
// Return: false without memory, or if a directory has that name.
bool sysfs_alias(Context *context, kmem_cache *s, const char *name)
    SLABBED_REQUIRES(context->caches.slab_mutex);
bool sysfs_exists(Context *context, const char *name)
    SLABBED_REQUIRES(context->caches.slab_mutex);
void sysfs_free_aliases(kmem_cache *s);

// Fills *info. Context: slab_mutex held; takes Slot::locks, barn and list locks.
void cache_info(Context *context, kmem_cache *s, slabbed_cache_info *info)
    SLABBED_REQUIRES(context->caches.slab_mutex);

}  // namespace slabbed
#endif  // SLABBED_INTROSPECT_SYSFS_H
