// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// pcs.cc - the sheaves of the thread slots: refill and flush by the owner, revocation by others.
//
// Owner and remote side never share a lock on the fast path. The remote side
//   1. takes the slot's lock, remembers the sheaf, points the pcs at the empty sheaf, unlocks;
//   2. issues the heavy barrier: every other thread has now executed a full barrier, too;
//   3. waits until busy is 0.
// The owner stores busy = 1, executes the light barrier and then loads the sheaf pointer. Either
// its load came after step 1's store, and it sees the empty sheaf; or its busy = 1 came before step
// 2, and step 3 waits for it. So after step 3 the remembered sheaf belongs to the remote side
// alone. Without the heavy barrier both can miss each other's store (store buffering): the same
// object is then handed out twice. Litmus: conformance/litmus/accepts/pcs_revoke.slab.
#include "core/cache.h"
#include "port/check.h"

namespace slabbed {
namespace {

bool is_none(const slabbed_sheaf *sheaf) { return sheaf == &slabbed_empty_sheaf; }

// Caller holds the slot's lock. Relaxed: the owner reaches its own sheaf in program order, the
// remote side through the protocol above; nobody learns anything from this store alone.
void set_main(slabbed_pcs *pcs, slabbed_sheaf *sheaf) { port::store_relaxed(pcs->main, sheaf); }

// Caller holds the slot's lock and owns the slot.
slabbed_sheaf *new_empty_sheaf(kmem_cache *s) {
  slabbed_sheaf *sheaf = s->node.barn.get_empty();
  return sheaf ? sheaf : sheaf_alloc(s, s->sheaf_capacity);
}

// Finds a sheaf with objects for the owner: spare, barn, or its own refilled. nullptr: none.
slabbed_sheaf *full_sheaf_for(kmem_cache *s, slabbed_pcs *pcs, slabbed_sheaf *main) {
  if (pcs->spare && pcs->spare->size != 0) {
    slabbed_sheaf *sheaf = pcs->spare;
    pcs->spare = is_none(main) ? nullptr : main;
    return sheaf;
  }
  if (slabbed_sheaf *sheaf = s->node.barn.get_full()) {
    if (!is_none(main)) {
      if (!pcs->spare) pcs->spare = main;
      else sheaf_recycle(s, main);
    }
    return sheaf;
  }
  slabbed_sheaf *sheaf = is_none(main) ? new_empty_sheaf(s) : main;
  if (!sheaf) return nullptr;
  sheaf->size = slab_alloc(s, sheaf->objects, sheaf->capacity, nullptr);
  if (sheaf->size != 0) return sheaf;
  if (sheaf != main) sheaf_recycle(s, sheaf);
  return nullptr;
}

// Finds a sheaf with room for the owner, whose main is full (or none). nullptr: no memory.
slabbed_sheaf *roomy_sheaf_for(kmem_cache *s, slabbed_pcs *pcs, slabbed_sheaf *main) {
  if (is_none(main)) {
    if (slabbed_sheaf *spare = pcs->spare; spare && spare->size != spare->capacity) {
      pcs->spare = nullptr;
      return spare;
    }
    return new_empty_sheaf(s);
  }
  if (slabbed_sheaf *spare = pcs->spare; spare && spare->size != spare->capacity) {
    pcs->spare = main;
    return spare;
  }
  if (!pcs->spare) {
    slabbed_sheaf *sheaf = new_empty_sheaf(s);
    if (sheaf) pcs->spare = main;
    return sheaf;
  }
  if (slabbed_sheaf *sheaf = new_empty_sheaf(s)) {  // spare is full as well: one goes to the barn
    if (!s->node.barn.put_full(main)) sheaf_flush(s, main);
    return sheaf;
  }
  return nullptr;
}

// What a revocation took, until the owners are known to be out.
struct Taken {
  slabbed_sheaf *sheaves = nullptr;
  slabbed_sheaf *rcu = nullptr;
  bool any = false;
};

// Step 1 for one slot. Context: takes and leaves the slot's lock.
void take(kmem_cache *s, unsigned slot, Taken *taken) {
  port::MutexLock lock(s->context->slots[slot].lock);
  slabbed_pcs *pcs = s->pcs(slot);
  slabbed_sheaf *main = pcs->main;
  if (!is_none(main)) {
    set_main(pcs, &slabbed_empty_sheaf);
    main->next = taken->sheaves;
    taken->sheaves = main;
    taken->any = true;
  }
  if (slabbed_sheaf *spare = pcs->spare) {
    pcs->spare = nullptr;
    spare->next = taken->sheaves;
    taken->sheaves = spare;
    taken->any = true;
  }
  slabbed_sheaf *rcu = pcs->rcu_free;
  if (!is_none(rcu)) {
    port::store_relaxed(pcs->rcu_free, &slabbed_empty_sheaf);  // the same protocol as main
    s->context->expect_rcu_sheaf(s->context);  // still under the slot's lock
    rcu->next = taken->rcu;
    taken->rcu = rcu;
    taken->any = true;
  }
  unlist_rcu(s->context, slot, pcs);
}

// Steps 2 and 3: nobody is inside a sheaf that step 1 took from the slots [first_slot, end_slot).
void await_owners(kmem_cache *s, unsigned first_slot, unsigned end_slot) {
  port::heavy_barrier();
  for (unsigned slot = first_slot; slot < end_slot; slot++) {
    // Acquire pairs with the owner's release of busy: its last pushes and pops are ours to see.
    while (port::load_acquire(s->pcs(slot)->busy)) port::spin_wait();
  }
}

// The rest of a revocation: the objects go home.
void finish(kmem_cache *s, unsigned first_slot, unsigned end_slot, const Taken &taken) {
  if (!taken.any) return;
  await_owners(s, first_slot, end_slot);
  for (slabbed_sheaf *sheaf = taken.rcu, *next; sheaf; sheaf = next) {
    next = sheaf->next;
    s->context->queue_rcu_sheaf(s->context, sheaf);
  }
  for (slabbed_sheaf *sheaf = taken.sheaves, *next; sheaf; sheaf = next) {
    next = sheaf->next;
    sheaf_flush(s, sheaf);
  }
}

}  // namespace

void unlist_rcu(Context *context, unsigned slot, slabbed_pcs *pcs) {
  if (!pcs->listed) return;
  slabbed_pcs **link = &context->slots[slot].rcu_list;
  while (*link != pcs) link = &(*link)->next_rcu;
  *link = pcs->next_rcu;
  pcs->next_rcu = nullptr;
  pcs->listed = 0;
}

PcsCount pcs_count(kmem_cache *s, unsigned slot) {
  port::MutexLock lock(s->context->slots[slot].lock);
  slabbed_pcs *pcs = s->pcs(slot);
  slabbed_sheaf *main = pcs->main;
  slabbed_sheaf *rcu = pcs->rcu_free;
  bool owner_may_be_inside = !is_none(main) || !is_none(rcu);
  if (owner_may_be_inside) {
    // The three steps, with the lock held throughout: it is this slot's owner we wait for, and what
    // it does while busy takes no lock. An owner that finds the empty sheaf waits for the lock.
    set_main(pcs, &slabbed_empty_sheaf);
    port::store_relaxed(pcs->rcu_free, &slabbed_empty_sheaf);
    await_owners(s, slot, slot + 1);
  }
  PcsCount count{main->size, rcu->size};
  if (pcs->spare) count.free += pcs->spare->size;
  if (owner_may_be_inside) {
    // Release pairs with the owner's acquire: our look at the sizes is over before its next push.
    port::store_release(pcs->main, main);
    port::store_release(pcs->rcu_free, rcu);
  }
  return count;
}

void sheaf_recycle(kmem_cache *s, slabbed_sheaf *sheaf) {
  if (!s->node.barn.put_empty(sheaf)) sheaf_free(sheaf);
}

void sheaf_flush(kmem_cache *s, slabbed_sheaf *sheaf) {
  if (sheaf->size) slab_free(s, sheaf->objects, sheaf->size, nullptr);
  sheaf->size = 0;
  sheaf_recycle(s, sheaf);
}

void *pcs_alloc(kmem_cache *s, unsigned slot) {
  port::MutexLock lock(s->context->slots[slot].lock);
  if (s->dying.load_acquire()) return nullptr;
  slabbed_pcs *pcs = s->pcs(slot);
  slabbed_sheaf *main = pcs->main;
  if (main->size == 0) {
    main = full_sheaf_for(s, pcs, main);
    if (!main) return nullptr;
    set_main(pcs, main);
  }
  SLABBED_ASSERT(main->size <= main->capacity);
  return main->objects[--main->size];
}

bool pcs_free(kmem_cache *s, unsigned slot, void *object) {
  port::MutexLock lock(s->context->slots[slot].lock);
  if (s->dying.load_acquire()) return false;
  slabbed_pcs *pcs = s->pcs(slot);
  slabbed_sheaf *main = pcs->main;
  if (main->size == main->capacity) {
    main = roomy_sheaf_for(s, pcs, main);
    if (!main) return false;
    set_main(pcs, main);
  }
  main->objects[main->size++] = object;
  return true;
}

void cache_flush(kmem_cache *s, bool close) {
  Taken taken;
  if (s->sheaf_capacity) {
    for (unsigned slot = 1; slot < port::slot_count(); slot++) take(s, slot, &taken);
    finish(s, 1, port::slot_count(), taken);
  }
  for (slabbed_sheaf *sheaf = s->node.barn.drain(close), *next; sheaf; sheaf = next) {
    next = sheaf->next;
    if (sheaf->size) slab_free(s, sheaf->objects, sheaf->size, nullptr);
    sheaf->size = 0;
    sheaf_free(sheaf);
  }
}

void cache_flush_slot(kmem_cache *s, unsigned slot) {
  if (!s->sheaf_capacity) return;
  Taken taken;
  take(s, slot, &taken);
  finish(s, slot, slot + 1, taken);
}

}  // namespace slabbed
