// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// registry.cc - slab_caches as a doubly linked list, newest first.
#include "core/cache.h"
#include "port/check.h"

namespace slabbed {

void Registry::add(kmem_cache *s) {
  s->prev = nullptr;
  s->next = newest;
  if (newest) newest->prev = s;
  else oldest = s;
  newest = s;
}

void Registry::remove(kmem_cache *s) {
  if (s->prev) s->prev->next = s->next;
  else newest = s->next;
  if (s->next) s->next->prev = s->prev;
  else oldest = s->prev;
  s->next = s->prev = nullptr;
}

void Registry::add_unlisted(kmem_cache *s) {
  s->next = unlisted;
  unlisted = s;
}

void Registry::remove_unlisted(kmem_cache *s) {
  kmem_cache **link = &unlisted;
  while (*link && *link != s) link = &(*link)->next;
  SLABBED_CHECK(*link == s);
  *link = s->next;
}

}  // namespace slabbed
