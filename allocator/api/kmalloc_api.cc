// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// kmalloc_api.cc - kmalloc() and kfree(): size class or whole pages.
#include <slabbed/slab.h>

#include <string.h>

#include "lifecycle/system.h"
#include "port/check.h"

using namespace slabbed;

namespace {

void *kmalloc_large(System *system, size_t size, gfp_t gfp) {
  if (size > KMALLOC_MAX_SIZE) return nullptr;
  unsigned order = 0;
  while ((size_t{kPageBytes} << order) < size) order++;
  SlabPage *page = system->pages.alloc(order, PageState::kLarge);
  if (!page) return nullptr;
  void *object = page_address(page);
  if (gfp & __GFP_ZERO) memset(object, 0, size_t{kPageBytes} << order);
  return object;
}

}  // namespace

void *kmalloc(size_t size, gfp_t gfp) {
  if (size == 0) return ZERO_SIZE_PTR;
  System *system = default_system();
  if (size > KMALLOC_MAX_CACHE_SIZE) return kmalloc_large(system, size, gfp);
  kmem_cache *s = system->kmalloc_caches[kmalloc_index(size)];
  return gfp & __GFP_ZERO ? kmem_cache_zalloc(s, gfp) : kmem_cache_alloc(s, gfp);
}

void kfree(const void *pointer) {
  if (!pointer || pointer == ZERO_SIZE_PTR) return;
  void *object = const_cast<void *>(pointer);
  SlabPage *page = page_of(object);
  if (page->state == PageState::kLarge) {
    default_system()->pages.free(page);
    return;
  }
  SLABBED_CHECK(page->state == PageState::kSlab);
  kmem_cache_free(page->cache, object);
}
