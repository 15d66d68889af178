// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// destroy.cc - kmem_cache_destroy() in its three generations (boot parameter destroy=).
//
// legacy  Linux 6.1: objects in flight are a leak at once; the cache and its directories stay.
// async   the RFC: names vanish now; if objects remain, the destroy work tries again after the real
//         barrier, and only what is left then is a leak.
// sync    Linux 6.12: the real barrier first, then like legacy, but always unlisted and unlinked.
#include "introspect/sysfs.h"
#include "lifecycle/lifecycle.h"
#include "port/check.h"

namespace slabbed {
namespace {

enum class Next : uint8_t { kNothing, kRelease, kSchedule };

Next forget(System *system, kmem_cache *s) SLABBED_REQUIRES(system->caches.slab_mutex) {
  system->caches.remove(s);
  if (!(s->flags & SLAB_TYPESAFE_BY_RCU)) return Next::kRelease;
  s->state = CacheState::kRcuWait;  // its slab pages still wait for readers
  system->caches.add_unlisted(s);
  return Next::kSchedule;
}

Next last_reference_gone(System *system, kmem_cache *s, const void *caller)
    SLABBED_REQUIRES(system->caches.slab_mutex) {
  Report &report = system->report;
  DestroyMode mode = system->boot.destroy;
  // Release pairs with the acquire in pcs_alloc(), pcs_free() and push_sheaf(), see core/cache.h.
  s->dying.store_release(1);
  s->destroy_caller = caller;
  report.event(SLABBED_EV_CACHE_DYING, s, nullptr);
  unsigned long remain = shutdown_cache(s);
  if (mode != DestroyMode::kLegacy) sysfs_remove(system, s);
  if (remain != 0 && mode == DestroyMode::kAsync) {
    s->destroy_stack = system->depot.save_here(caller);
    s->state = CacheState::kLingering;
    report.event(SLABBED_EV_CACHE_LINGER, s, nullptr, remain);
    return Next::kSchedule;
  }
  // Everything may have come home between look and report; then the next look finds it empty.
  if (remain != 0 && !report_leak(system, s)) remain = shutdown_cache(s);
  if (remain != 0) {
    s->state = CacheState::kLeaked;
    if (mode == DestroyMode::kLegacy) return Next::kNothing;
    system->caches.remove(s);
    system->caches.add_unlisted(s);
    return Next::kNothing;
  }
  sysfs_remove(system, s);
  return forget(system, s);
}

}  // namespace

unsigned long shutdown_cache(kmem_cache *s) {
  cache_flush(s, true);
  unsigned long remain = slab_discard_empty(s);
  // Empty, but the kfree_rcu worker that brought the last object home may still be on its way out
  // of the descriptor. With objects left, nobody is going to release it now.
  if (remain == 0) System::of(s)->kfree_rcu.await_freeing();
  return remain;
}

void destroy_cache(System *system, kmem_cache *s, const void *caller) {
  if (system->boot.destroy == DestroyMode::kSync) system->kfree_rcu.barrier_on_cache(s);
  Next next = Next::kNothing;
  {
    port::MutexLock guard(system->caches.slab_mutex);
    if (s->refcount <= 0) return;  // a boot cache, or destroyed before: nothing to drop
    if (--s->refcount != 0) {
      system->report.event(SLABBED_EV_CACHE_UNREF, s, nullptr,
                           static_cast<uint64_t>(s->refcount));
      return;
    }
    next = last_reference_gone(system, s, caller);
  }
  if (next == Next::kSchedule) system->destroy_work.schedule(s);
  if (next == Next::kRelease) release_cache(system, s);
}

}  // namespace slabbed
