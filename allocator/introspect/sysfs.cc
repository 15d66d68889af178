// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "introspect/sysfs.h"

#include <stdio.h>
#include <string.h>

#include "port/check.h"
#include "port/memory.h"
#include "reclaim/reclaim.h"

namespace slabbed {
namespace {

bool directory_exists(const kmem_cache *list, const char *name) {
  for (const kmem_cache *s = list; s; s = s->next) {
    if (s->in_sysfs && strcmp(s->directory, name) == 0) return true;
  }
  return false;
}

bool link_exists(const kmem_cache *list, const char *name) {
  for (const kmem_cache *s = list; s; s = s->next) {
    for (const AliasName *alias = s->in_sysfs ? s->aliases : nullptr; alias; alias = alias->next) {
      if (strcmp(alias->name, name) == 0) return true;
    }
  }
  return false;
}

void remove_link(kmem_cache *list, const char *name) {
  for (kmem_cache *s = list; s; s = s->next) {
    for (AliasName **link = &s->aliases; *link; link = &(*link)->next) {
      if (strcmp((*link)->name, name) != 0) continue;
      AliasName *alias = *link;
      *link = alias->next;
      port::meta_free(alias, alias->bytes);
      return;
    }
  }
}

}  // namespace

void sysfs_unique_id(unsigned size, char *buffer, size_t bytes) {
  snprintf(buffer, bytes, ":%07u", size);
}

bool sysfs_add(Context *context, kmem_cache *s) {
  remove_link(context->caches.newest, s->directory);  // a link gives way to a directory
  if (directory_exists(context->caches.newest, s->directory)) return false;
  if (directory_exists(context->caches.unlisted, s->directory)) return false;
  s->in_sysfs = true;
  context->report.event(SLABBED_EV_SYSFS_ADD, s, nullptr,
                        reinterpret_cast<uintptr_t>(s->directory));
  return true;
}

void sysfs_remove(Context *context, kmem_cache *s) {
  if (!s->in_sysfs) return;
  s->in_sysfs = false;
  context->report.event(SLABBED_EV_SYSFS_REMOVE, s, nullptr,
                        reinterpret_cast<uintptr_t>(s->directory));
}

bool sysfs_alias(Context *context, kmem_cache *s, const char *name) {
  if (directory_exists(context->caches.newest, name)) return false;  // ... and not the reverse
  remove_link(context->caches.newest, name);
  size_t bytes = sizeof(AliasName) + strlen(name) + 1;
  if (port::should_fail(port::Fault::kMeta)) return false;
  auto *alias = static_cast<AliasName *>(port::meta_alloc(bytes));
  if (!alias) return false;
  alias->bytes = static_cast<uint32_t>(bytes);
  strcpy(alias->name, name);
  alias->next = s->aliases;
  s->aliases = alias;
  return true;
}

bool sysfs_exists(Context *context, const char *name) {
  return directory_exists(context->caches.newest, name) ||
         directory_exists(context->caches.unlisted, name) ||
         link_exists(context->caches.newest, name);
}

void sysfs_free_aliases(kmem_cache *s) {
  while (AliasName *alias = s->aliases) {
    s->aliases = alias->next;
    port::meta_free(alias, alias->bytes);
  }
}

void cache_info(Context *context, kmem_cache *s, slabbed_cache_info *info) {
  memset(info, 0, sizeof *info);
  snprintf(info->name, sizeof info->name, "%s", s->name);
  info->object_size = s->object_size.load_relaxed();
  info->slab_size = s->layout.size;
  info->align = s->layout.align;
  info->order = s->layout.order;
  info->objs_per_slab = s->layout.objects;
  info->inuse = s->layout.inuse;
  info->offset = s->layout.offset;
  info->flags = s->flags;
  info->refcount = s->refcount;
  info->in_sysfs = s->in_sysfs;
  for (unsigned slot = 1; slot < port::slot_count(); slot++) {
    PcsCount held = pcs_count(s, slot);
    info->sheaf_objects += held.free;
    info->pending_rcu += held.rcu;
  }
  Barn &barn = s->node.barn;
  {
    port::MutexLock guard(barn.lock);
    for (slabbed_sheaf *sheaf = barn.full; sheaf; sheaf = sheaf->next) {
      info->sheaf_objects += sheaf->size;
    }
  }
  info->pending_rcu += static_cast<Reclaim *>(context->reclaim)->pending(s);
  port::MutexLock guard(s->node.list_lock);
  info->slabs = s->node.nr_slabs;
  info->total_objects = s->node.total_objects;
  info->objects = s->node.in_use;
}

}  // namespace slabbed
