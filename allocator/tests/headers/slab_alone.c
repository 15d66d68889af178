// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// slab_alone.c - <slabbed/slab.h> and <slabbed/system.h> as plain C11 programs use them.
#include <slabbed/slab.h>
#include <slabbed/system.h>

struct item {
  int value;
  struct {
    void *next;
    void *func;
  } rcu;
};

static void construct(void *object) { ((struct item *)object)->value = 7; }

int main(void) {
  struct kmem_cache *items =
      kmem_cache_create("items", sizeof(struct item), 0, SLAB_HWCACHE_ALIGN, construct);
  if (!items) return 1;
  struct item *item = kmem_cache_alloc(items, GFP_KERNEL);
  if (!item || item->value != 7) return 2;
  kmem_cache_free(items, item);
  void *bulk[8];
  if (kmem_cache_alloc_bulk(items, GFP_ATOMIC, 8, bulk) != 8) return 3;
  kmem_cache_free_bulk(items, 8, bulk);
  char *text = kzalloc(100, GFP_KERNEL);
  if (!text || text[99]) return 4;
  kfree_rcu_mightsleep(text);
  kvfree_rcu_barrier();
  struct slabbed_cache_info info;
  if (slabbed_cache_get_info(items, &info) || info.objects != info.sheaf_objects) return 5;
  kmem_cache_destroy(items);
  slabbed_system_shutdown(slabbed_system_default());
  return 0;
}
