// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// leak_report.cc - what kmem_cache_destroy() says when objects remain for good.
//
// The kernel's words (mm/slub.c list_slab_objects(), mm/slab_common.c kmem_cache_destroy()). One
// deviation, stated in RULES.md: every remaining object of every slab is listed, full slabs
// included, each once, in address order; the kernel stops at partial slabs of the first node.
#include "core/track.h"
#include "lifecycle/lifecycle.h"

namespace slabbed {
namespace {

bool old_texts(System *system) { return system->boot.destroy == DestroyMode::kLegacy; }

void slab_line(System *system, const SlabPage *page) {
  system->report.line("Slab %p objects=%u used=%u fp=%p flags=0x200(slab|node=%u|zone=0)",
                      page_address(page), page->objects, page->inuse, page->freelist, page->node);
}

// Return: objects listed.
unsigned list_slab_objects(System *system, kmem_cache *s, const SlabPage *page) {
  Report &report = system->report;
  bool old = old_texts(system);
  if (old) {
    report.bug_header(s->name, "Objects remaining in %s on __kmem_cache_shutdown()", s->name);
    slab_line(system, page);
  } else {
    report.bug_header(s->name, "Objects remaining on __kmem_cache_shutdown()");
  }
  const char *base = static_cast<const char *>(page_address(page));
  unsigned listed = 0;
  for (unsigned i = 0; i < page->objects; i++) {
    size_t offset = size_t{i} * s->layout.size;
    const char *object = base + offset;
    if (slab_object_is_free(page, object)) continue;
    listed++;
    report.event(SLABBED_EV_LEAKED_OBJECT, s, object);
    report.line("Object %p @offset=%zu", static_cast<const void *>(object), offset);
    if (s->layout.track) track_print(s, object);
  }
  if (!old) slab_line(system, page);
  return listed;
}

void report_caller(System *system, kmem_cache *s) {
  Report &report = system->report;
  char buffer[256];
  const char *symbol = report.name_of(s->destroy_caller, buffer, sizeof buffer);
  report.line("------------[ cut here ]------------");
  if (system->boot.destroy != DestroyMode::kAsync) {
    report.line("kmem_cache_destroy %s: Slab cache still has objects when called from %s", s->name,
                symbol);
    return;
  }
  report.line("kmem_cache_destroy %s: Slab cache still has objects", s->name);
  report.line("kmem_cache_destroy was called from %s", symbol);
  void *pcs[kStackDepthMax];
  bool complete = true;
  int depth = system->depot.fetch(s->destroy_stack, pcs, &complete);
  if (depth) report.stack(pcs, depth, complete);
}

}  // namespace

bool report_leak(System *system, kmem_cache *s) {
  unsigned objects = 0;
  {
    port::MutexLock guard(s->node.list_lock);
    s->node.sort_lists();
    SlabPage *partial = s->node.partial;
    SlabPage *full = s->node.full;
    while (partial || full) {
      bool take_full = !partial || (full && full < partial);
      SlabPage *&next = take_full ? full : partial;
      if (next->inuse) objects += list_slab_objects(system, s, next);
      next = next->next;
    }
  }
  if (objects == 0) return false;
  report_caller(system, s);
  if (!s->layout.track) {
    system->report.line("(create %s with SLAB_STORE_USER to see where its objects were allocated)",
                        s->name);
  }
  system->report.event(SLABBED_EV_CACHE_LEAKED, s, nullptr, objects);
  return true;
}

}  // namespace slabbed
