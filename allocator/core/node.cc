// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "core/node.h"

#include <initializer_list>

#include "core/cache.h"
#include "port/check.h"

namespace slabbed {
namespace {

// Merge sort over `next`; `prev` is left to the caller.
SlabPage *sort_by_address(SlabPage *list) {
  if (!list || !list->next) return list;
  SlabPage *middle = list;
  for (SlabPage *end = list->next; end && end->next; end = end->next->next) middle = middle->next;
  SlabPage *right = sort_by_address(middle->next);
  middle->next = nullptr;
  SlabPage *left = sort_by_address(list);
  SlabPage *head = nullptr;
  SlabPage **tail = &head;
  while (left && right) {
    SlabPage **smaller = left < right ? &left : &right;
    *tail = *smaller;
    tail = &(*smaller)->next;
    *smaller = (*smaller)->next;
  }
  *tail = left ? left : right;
  return head;
}

}  // namespace

void Node::link(SlabPage **list, SlabPage *page) {
  page->prev = nullptr;
  page->next = *list;
  if (page->next) page->next->prev = page;
  *list = page;
}

void Node::unlink(SlabPage **list, SlabPage *page) {
  if (page->prev) page->prev->next = page->next;
  else *list = page->next;
  if (page->next) page->next->prev = page->prev;
}

void Node::add(SlabPage *page) {
  SLABBED_ASSERT(page->inuse == 0);
  page->full = 0;
  link(&partial, page);
  nr_partial++;
  nr_slabs++;
  total_objects += page->objects;
}

void Node::remove(SlabPage *page) {
  SLABBED_CHECK(page->inuse == 0);
  SLABBED_ASSERT(!page->full);
  unlink(&partial, page);
  nr_partial--;
  nr_slabs--;
  total_objects -= page->objects;
}

void Node::to_full(SlabPage *page) {
  SLABBED_ASSERT(page->inuse == page->objects);
  unlink(&partial, page);
  nr_partial--;
  page->full = 1;
  link(&full, page);
}

void Node::to_partial(SlabPage *page) {
  unlink(&full, page);
  page->full = 0;
  link(&partial, page);
  nr_partial++;
}

bool Node::is_valid(const kmem_cache *cache) {
  unsigned long partial_seen = 0, full_seen = 0, objects = 0, used = 0;
  for (SlabPage *page = partial; page; page = page->next) {
    partial_seen++;
    objects += page->objects;
    used += page->inuse;
    if (page->cache != cache || page->full || !slab_is_valid(page)) return false;
  }
  for (SlabPage *page = full; page; page = page->next) {
    full_seen++;
    objects += page->objects;
    used += page->inuse;
    if (page->cache != cache || !page->full || page->inuse != page->objects) return false;
  }
  return partial_seen == nr_partial && partial_seen + full_seen == nr_slabs &&
         objects == total_objects && used == in_use;
}

void Node::sort_lists() {
  for (SlabPage **list : {&partial, &full}) {
    *list = sort_by_address(*list);
    SlabPage *prev = nullptr;
    for (SlabPage *page = *list; page; page = page->next) {
      page->prev = prev;
      prev = page;
    }
  }
}

}  // namespace slabbed
