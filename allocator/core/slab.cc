// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// slab.cc - slab pages: the freelist inside them and the node lists around them.
//
// Everything here runs under the node's list_lock, except making and giving back pages, which never
// happen under it (bug class B4: freeing pages under list_lock can recurse into the allocator).
#include <string.h>

#include "core/cache.h"
#include "core/track.h"
#include "port/annotate.h"
#include "port/check.h"

namespace slabbed {
namespace {

void *get_freepointer(const kmem_cache *s, const void *object) {
  return *reinterpret_cast<void *const *>(static_cast<const char *>(object) + s->layout.offset);
}

void set_freepointer(const kmem_cache *s, void *object, void *next) {
  SLABBED_CHECK(object != next);  // a naive double free
  *reinterpret_cast<void **>(static_cast<char *>(object) + s->layout.offset) = next;
}

// Context: no lock held (runs the caller's constructor). Return: a slab that nobody knows yet.
SlabPage *new_slab(kmem_cache *s) {
  Context *context = s->context;
  SlabPage *page = context->pages.alloc(s->layout.order, PageState::kSlab);
  if (!page && s->layout.min_order < s->layout.order) {
    page = context->pages.alloc(s->layout.min_order, PageState::kSlab);
  }
  if (!page) return nullptr;
  page->cache = s;
  unsigned bytes = kPageBytes << page->order;
  unsigned objects = bytes / s->layout.size;
  page->objects = static_cast<uint16_t>(objects < s->layout.objects ? objects : s->layout.objects);
  char *base = static_cast<char *>(page_address(page));
  // A dying cache's constructor may lie in a module that is gone. Only a use after destroy comes
  // here.
  bool construct = s->ctor && !s->dying.load_acquire();
  for (unsigned i = page->objects; i-- > 0;) {
    char *object = base + size_t{i} * s->layout.size;
    if (s->layout.track) track_clear(s, object);
    if (construct) s->ctor(object);
    set_freepointer(s, object, page->freelist);
    page->freelist = object;
  }
  context->report.event(SLABBED_EV_SLAB_NEW, s, base, bytes, page->objects);
  return page;
}

// Takes a slab that has left its node. Context: no list_lock held.
void discard(kmem_cache *s, SlabPage *page) {
  if (s->flags & SLAB_TYPESAFE_BY_RCU) {
    // Readers may still look at objects of this page: it returns after a grace period.
    s->context->defer_slab(s->context, page);
  } else {
    slab_release_pages(s->context, page);
  }
}

// Tracks are written under list_lock, here and in slab_free(): a leak report reads them under it
// while the kfree_rcu worker may still bring objects home (destroy=legacy).
unsigned take_from(kmem_cache *s, SlabPage *page, void **objects, unsigned count,
                   const void *caller) {
  unsigned taken = 0;
  while (taken < count && page->freelist) {
    void *object = page->freelist;
    page->freelist = get_freepointer(s, object);
    objects[taken++] = object;
    if (s->layout.track) track_set(s, object, kTrackAlloc, caller);
  }
  page->inuse = static_cast<uint16_t>(page->inuse + taken);
  SLABBED_CHECK(page->inuse <= page->objects);
  return taken;
}

}  // namespace

void slab_release_pages(Context *context, SlabPage *page) {
  SLABBED_ASSERT(page->inuse == 0);
  context->report.event(SLABBED_EV_SLAB_FREE, page->cache, page_address(page),
                        uint64_t{kPageBytes} << page->order);
  context->pages.free(page);
}

unsigned slab_alloc(kmem_cache *s, void **objects, unsigned count, const void *caller) {
  Node &node = s->node;
  unsigned got = 0;
  SlabPage *fresh = nullptr;
  for (;;) {
    {
      port::MutexLock lock(node.list_lock);
      if (fresh) node.add(fresh);
      while (got < count && node.partial) {
        SlabPage *page = node.partial;
        unsigned taken = take_from(s, page, objects + got, count - got, caller);
        got += taken;
        node.in_use += taken;
        if (page->inuse == page->objects) node.to_full(page);
      }
      SLABBED_EXPENSIVE(node.is_valid(s));
    }
    if (got == count) break;
    fresh = new_slab(s);
    if (!fresh) break;
  }
  return got;
}

void slab_free(kmem_cache *s, void *const *objects, unsigned count, const void *caller) {
  Node &node = s->node;
  SlabPage *empty = nullptr;
  {
    port::MutexLock lock(node.list_lock);
    for (unsigned i = 0; i < count; i++) {
      SlabPage *page = page_of(objects[i]);
      SLABBED_CHECK(page->cache == s);
      SLABBED_CHECK(page->inuse != 0);
      if (s->layout.track) track_set(s, objects[i], kTrackFree, caller);
      set_freepointer(s, objects[i], page->freelist);
      page->freelist = objects[i];
      page->inuse--;
      node.in_use--;
      // As free_to_partial_list(): a slab that was full does not count itself.
      bool surplus = page->inuse == 0 && node.nr_partial >= s->layout.min_partial;
      if (page->full) node.to_partial(page);
      if (surplus) {
        node.remove(page);
        page->next = empty;
        empty = page;
      }
    }
    SLABBED_EXPENSIVE(node.is_valid(s));
  }
  while (SlabPage *page = empty) {
    empty = page->next;
    discard(s, page);
  }
}

unsigned long slab_discard_empty(kmem_cache *s) {
  Node &node = s->node;
  SlabPage *empty = nullptr;
  unsigned long remain;
  {
    port::MutexLock lock(node.list_lock);
    for (SlabPage *page = node.partial, *next; page; page = next) {
      next = page->next;
      if (page->inuse != 0) continue;
      node.remove(page);
      page->next = empty;
      empty = page;
    }
    remain = node.nr_slabs;
    SLABBED_EXPENSIVE(node.is_valid(s));
  }
  while (SlabPage *page = empty) {
    empty = page->next;
    discard(s, page);
  }
  return remain;
}

bool slab_is_valid(const SlabPage *page) {
  const kmem_cache *s = page->cache;
  const char *base = static_cast<const char *>(page_address(page));
  unsigned free_objects = 0;
  for (const void *object = page->freelist; object; object = get_freepointer(s, object)) {
    size_t distance = static_cast<size_t>(static_cast<const char *>(object) - base);
    if (distance % s->layout.size != 0) return false;
    if (distance / s->layout.size >= page->objects) return false;
    if (++free_objects > page->objects) return false;  // a cycle
  }
  return page->inuse + free_objects == page->objects;
}

bool slab_object_is_free(const SlabPage *page, const void *object) {
  unsigned steps = 0;
  for (const void *free = page->freelist; free; free = get_freepointer(page->cache, free)) {
    if (free == object) return true;
    if (++steps > page->objects) break;
  }
  return false;
}

}  // namespace slabbed
