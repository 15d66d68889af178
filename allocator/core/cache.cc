// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// cache.cc - the slow path: own sheaves first, then the slabs.
#include "core/cache.h"

#include <string.h>

#include "port/check.h"

namespace slabbed {

void *cache_alloc_slow(kmem_cache *s, gfp_t gfp, const void *caller) {
  void *object = nullptr;
  if (s->sheaf_capacity) {
    // A __GFP_ZERO request comes here with a full sheaf as well: pcs_alloc() pops from it.
    unsigned slot = port::this_slot();
    if (slot) object = pcs_alloc(s, slot);
  }
  if (!object && slab_alloc(s, &object, 1, caller) == 0) return nullptr;
  if (gfp & __GFP_ZERO) memset(object, 0, s->object_size.load_relaxed());
  return object;
}

void cache_free_slow(kmem_cache *s, void *object, const void *caller) {
  if (s->sheaf_capacity) {
    unsigned slot = port::this_slot();
    if (slot && pcs_free(s, slot, object)) return;
  }
  slab_free(s, &object, 1, caller);
}

namespace {

// The owner protocol of <slabbed/slab.h>, for code that moves several objects at once.
slabbed_sheaf *enter_main(slabbed_pcs *pcs) {
  // Pairs with the heavy barrier in core/pcs.cc: busy is visible before main is read.
  port::store_relaxed(pcs->busy, 1u);
  slabbed_light_barrier();
  return port::load_acquire(pcs->main);
}

// Release: hands size and objects[] to the side that waits for busy == 0.
void leave_main(slabbed_pcs *pcs) { port::store_release(pcs->busy, 0u); }

}  // namespace

unsigned bulk_alloc(kmem_cache *s, void **objects, unsigned count, const void *caller) {
  slabbed_pcs *pcs = slabbed_this_pcs(s);
  slabbed_sheaf *main = enter_main(pcs);
  unsigned got = main->size < count ? main->size : count;
  if (got) {
    main->size -= got;
    memcpy(objects, main->objects + main->size, got * sizeof(void *));
  }
  leave_main(pcs);
  if (got < count) got += slab_alloc(s, objects + got, count - got, caller);
  return got;
}

void bulk_free(kmem_cache *s, void *const *objects, unsigned count, const void *caller) {
  slabbed_pcs *pcs = slabbed_this_pcs(s);
  slabbed_sheaf *main = enter_main(pcs);
  unsigned room = main->capacity - main->size;
  unsigned pushed = room < count ? room : count;
  if (pushed) {
    memcpy(main->objects + main->size, objects, pushed * sizeof(void *));
    main->size += pushed;
  }
  leave_main(pcs);
  if (pushed < count) slab_free(s, objects + pushed, count - pushed, caller);
}

bool cache_is_valid(kmem_cache *s) {
  port::MutexLock lock(s->node.list_lock);
  return s->node.is_valid(s);
}

}  // namespace slabbed
