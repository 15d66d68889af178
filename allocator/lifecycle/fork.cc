// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// fork.cc - what fork() needs: the child gets a usable System.
//
// prepare takes every lock in lock order and freezes the sheaves: each pcs is pointed at the empty
// sheaf and its owner waited for, so every fast path has ended and every new one blocks on a
// Slot::lock. The copy is made at a moment when no structure is half changed. Parent and child put
// the sheaves back; the child flushes the slots of the threads that do not exist there and starts
// the workers again, which find their queues. What another thread had just taken out of its place
// with no lock held (a flush between two of its steps) is lost to the child: memory, not safety.
#include "lifecycle/system.h"

namespace slabbed {
namespace {

// Every cache that anybody can reach: the listed and the unlisted ones.
template <typename Function>
void for_each_cache(System *system, Function function) SLABBED_NO_THREAD_SAFETY_ANALYSIS {
  for (kmem_cache *s = system->caches.newest; s; s = s->next) function(s);
  for (kmem_cache *s = system->caches.unlisted; s; s = s->next) function(s);
}

template <typename Function>
void for_each_pcs(System *system, Function function) {
  for_each_cache(system, [&](kmem_cache *s) {
    for (unsigned slot = 1; slot < port::slot_count(); slot++) function(s->pcs(slot));
  });
}

// All Slot::locks are held. The protocol of core/pcs.cc with one heavy barrier for everything.
void freeze_sheaves(System *system) {
  for_each_pcs(system, [](slabbed_pcs *pcs) {
    pcs->frozen_main = pcs->main;
    pcs->frozen_rcu = pcs->rcu_free;
    port::store_relaxed(pcs->main, &slabbed_empty_sheaf);
    port::store_relaxed(pcs->rcu_free, &slabbed_empty_sheaf);
  });
  port::heavy_barrier();
  for_each_pcs(system, [](slabbed_pcs *pcs) {
    // Acquire pairs with the owner's release of busy.
    while (port::load_acquire(pcs->busy)) port::spin_wait();
  });
}

void thaw_sheaves(System *system) {
  for_each_pcs(system, [](slabbed_pcs *pcs) {
    port::store_relaxed(pcs->main, pcs->frozen_main);
    port::store_relaxed(pcs->rcu_free, pcs->frozen_rcu);
  });
}

// In the child: an owner that had just marked itself busy, and was to find the empty sheaf, will
// never unmark. It touched nothing, but a flush of its slot would wait for it for ever.
void forget_busy_owners(System *system) {
  for_each_pcs(system, [](slabbed_pcs *pcs) { port::store_relaxed(pcs->busy, 0u); });
}

void unlock_slots(System *system) SLABBED_NO_THREAD_SAFETY_ANALYSIS {
  for (unsigned slot = port::slot_count(); slot-- > 0;) system->slots[slot].lock.unlock();
}

// Locks every slot at a moment when no rcu sheaf is in transit. Waiting happens with the slots
// open: a sweep that has one slot's sheaf in its hands still wants the locks of the slots after it.
void lock_slots(System *system) SLABBED_NO_THREAD_SAFETY_ANALYSIS {
  for (;;) {
    for (unsigned slot = 0; slot < port::slot_count(); slot++) system->slots[slot].lock.lock();
    if (!system->kfree_rcu.in_transit()) return;
    unlock_slots(system);
    system->kfree_rcu.await_transit();
  }
}

void unlock_structures(System *system) SLABBED_NO_THREAD_SAFETY_ANALYSIS {
  system->pages.fork_release();
  system->depot.fork_release();
  system->kfree_rcu.fork_release_queue();
  for_each_cache(system, [](kmem_cache *s) SLABBED_NO_THREAD_SAFETY_ANALYSIS {
    s->node.list_lock.unlock();
    s->node.barn.lock.unlock();
  });
  thaw_sheaves(system);
  unlock_slots(system);
  system->kfree_rcu.fork_release_worker();
}

}  // namespace

void system_fork_prepare(System *system) SLABBED_NO_THREAD_SAFETY_ANALYSIS {
  system->caches.slab_mutex.lock();
  system->destroy_work.fork_hold();
  system->kfree_rcu.fork_hold_worker();
  lock_slots(system);
  freeze_sheaves(system);
  for_each_cache(system, [](kmem_cache *s) SLABBED_NO_THREAD_SAFETY_ANALYSIS {
    s->node.barn.lock.lock();
    s->node.list_lock.lock();
  });
  system->kfree_rcu.fork_hold_queue();
  system->depot.fork_hold();
  system->pages.fork_hold();
}

void system_fork_parent(System *system) SLABBED_NO_THREAD_SAFETY_ANALYSIS {
  unlock_structures(system);
  system->destroy_work.fork_release();
  system->caches.slab_mutex.unlock();
}

void system_fork_child(System *system) SLABBED_NO_THREAD_SAFETY_ANALYSIS {
  forget_busy_owners(system);
  unlock_structures(system);
  system->destroy_work.fork_release();
  system->kfree_rcu.restart_in_child();
  system->destroy_work.restart_in_child();
  unsigned own_slot = port::this_slot();
  for (unsigned slot = 1; slot < port::slot_count(); slot++) {
    if (slot == own_slot || !port::slot_in_use(slot)) continue;
    system->kfree_rcu.flush_slot(slot);
    for (kmem_cache *s = system->caches.newest; s; s = s->next) cache_flush_slot(s, slot);
  }
  system->caches.slab_mutex.unlock();
}

}  // namespace slabbed
