// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// kfree_rcu.cc - the caller's side: where an object waits until its batch is handed over.
//
// Order of preference: the slot's rcu sheaf of the object's cache (goes back whole), the slot's
// mixed batch, the slot's chain through rcu_head. Only the one-argument form, without memory and
// without an rcu_head, waits.
#include "port/check.h"
#include "port/time.h"
#include "reclaim/reclaim.h"

namespace slabbed {
namespace {

// One page of pointers, as the kernel's kvfree_rcu_bulk_data.
constexpr unsigned kMixedCapacity = (kPageBytes - sizeof(slabbed_sheaf)) / sizeof(void *);
static_assert(sizeof(ChainLink) == 2 * sizeof(void *), "a ChainLink lies in the rcu_head");

}  // namespace

void Reclaim::kvfree_rcu(rcu_head *head, void *object) {
  SlabPage *page = page_of(object);
  kmem_cache *s = page->state == PageState::kSlab ? page->cache : nullptr;
  bool sheaves = s && s->sheaf_capacity;
  if (sheaves && push_fast(s, object)) return;
  unsigned slot = port::this_slot();
  if (sheaves && slot && push_sheaf(s, slot, object)) return;
  if (push_mixed(slot, object)) return;
  if (head) {
    push_chain(slot, reinterpret_cast<ChainLink *>(head), object);
  } else {
    free_slowly(object);
  }
}

// The owner protocol of <slabbed/slab.h>, on rcu_free. Leaves the last place for the slow path,
// which hands the full sheaf over.
bool Reclaim::push_fast(kmem_cache *s, void *object) {
  slabbed_pcs *pcs = slabbed_this_pcs(s);
  // Pairs with the heavy barrier of whoever revokes (core/pcs.cc, sweep).
  port::store_relaxed(pcs->busy, 1u);
  slabbed_light_barrier();
  slabbed_sheaf *sheaf = port::load_acquire(pcs->rcu_free);
  bool pushed = sheaf->size + 1 < sheaf->capacity;
  if (pushed) sheaf->objects[sheaf->size++] = object;
  // Release: hands size and objects[] to the side that waits for busy == 0.
  port::store_release(pcs->busy, 0u);
  return pushed;
}

bool Reclaim::push_sheaf(kmem_cache *s, unsigned slot, void *object) {
  port::MutexLock guard(context_->slots[slot].lock);
  if (s->dying.load_acquire()) return false;
  slabbed_pcs *pcs = s->pcs(slot);
  slabbed_sheaf *sheaf = pcs->rcu_free;
  bool fresh = sheaf == &slabbed_empty_sheaf;
  if (fresh) {
    sheaf = s->node.barn.get_empty();
    if (!sheaf) sheaf = sheaf_alloc(s, s->sheaf_capacity);
    if (!sheaf) return false;
  }
  sheaf->objects[sheaf->size++] = object;
  SLABBED_ASSERT(sheaf->size <= sheaf->capacity);
  if (sheaf->size == sheaf->capacity) {
    // Queued under the slot's lock: a sweep finds the objects either here or in the queue.
    if (!fresh) port::store_relaxed(pcs->rcu_free, &slabbed_empty_sheaf);
    unlist_rcu(context_, slot, pcs);
    queue(sheaf, false);
  } else if (fresh) {
    port::store_relaxed(pcs->rcu_free, sheaf);
    pcs->next_rcu = context_->slots[slot].rcu_list;
    context_->slots[slot].rcu_list = pcs;
    pcs->listed = 1;
    arm_timer();
  }
  return true;
}

bool Reclaim::push_mixed(unsigned slot, void *object) {
  Slot &place = context_->slots[slot];
  port::MutexLock guard(place.lock);
  if (!place.mixed) {
    place.mixed = sheaf_alloc(nullptr, kMixedCapacity);
    if (!place.mixed) return false;
    arm_timer();
  }
  slabbed_sheaf *batch = place.mixed;
  batch->objects[batch->size++] = object;
  if (batch->size == batch->capacity) {
    place.mixed = nullptr;
    queue(batch, false);
  }
  return true;
}

void Reclaim::push_chain(unsigned slot, ChainLink *link, void *object) {
  Slot &place = context_->slots[slot];
  port::MutexLock guard(place.lock);
  link->object = object;
  link->next = place.chain;
  place.chain = link;
  arm_timer();
}

// Without memory and without an rcu_head the object waits on the caller's stack.
void Reclaim::free_slowly(void *object) {
  ChainLink link{nullptr, object};
  queue_chain(&link);
  wait_until_completed();
}

void Reclaim::arm_timer() {
  port::MutexLock guard(lock_);
  if (deadline_) return;
  deadline_ = port::jiffies() + context_->boot.kfree_rcu_drain;
  work_.notify_all();
}

void Reclaim::queue(slabbed_sheaf *sheaf, bool from_transit) {
  port::MutexLock guard(lock_);
  sheaf->next = nullptr;
  sheaf->sequence = ++sequence_;
  if (ready_tail_) ready_tail_->next = sheaf;
  else ready_head_ = sheaf;
  ready_tail_ = sheaf;
  context_->report.event(SLABBED_EV_BATCH_QUEUED, sheaf->cache, nullptr, sheaf->sequence,
                         sheaf->size);
  if (from_transit && --transit_ == 0) completion_.notify_all();
  work_.notify_all();
}

void Reclaim::queue_chain(ChainLink *chain) {
  port::MutexLock guard(lock_);
  unsigned objects = 0;
  ChainLink **tail = &chain;
  for (; *tail; tail = &(*tail)->next) objects++;
  *tail = ready_chain_;
  ready_chain_ = chain;
  ready_chain_sequence_ = ++sequence_;
  context_->report.event(SLABBED_EV_BATCH_QUEUED, nullptr, nullptr, sequence_, objects);
  work_.notify_all();
}

// Moves the slot's partial batches out; rcu sheaves only of cache `only`, if given. Sheaves whose
// owner may still be busy land in *taken (in transit); mixed batch and chain are queued right here.
void Reclaim::sweep_slot(unsigned slot, kmem_cache *only, slabbed_sheaf **taken) {
  Slot &place = context_->slots[slot];
  port::MutexLock guard(place.lock);
  for (slabbed_pcs *pcs = place.rcu_list, *next; pcs; pcs = next) {
    next = pcs->next_rcu;
    if (only && pcs->cache != only) continue;
    unlist_rcu(context_, slot, pcs);
    slabbed_sheaf *sheaf = pcs->rcu_free;
    port::store_relaxed(pcs->rcu_free, &slabbed_empty_sheaf);
    expect_hook(context_);
    sheaf->next = *taken;
    *taken = sheaf;
  }
  if (slabbed_sheaf *batch = place.mixed) {
    place.mixed = nullptr;
    queue(batch, false);
  }
  if (ChainLink *chain = place.chain) {
    place.chain = nullptr;
    queue_chain(chain);
  }
}

void Reclaim::sweep(kmem_cache *only) {
  slabbed_sheaf *taken = nullptr;
  for (unsigned slot = 0; slot < port::slot_count(); slot++) sweep_slot(slot, only, &taken);
  if (!taken) return;
  // The same three steps as core/pcs.cc; one heavy barrier serves all slots.
  port::heavy_barrier();
  for (slabbed_sheaf *sheaf = taken, *next; sheaf; sheaf = next) {
    next = sheaf->next;
    for (unsigned slot = 1; slot < port::slot_count(); slot++) {
      // Acquire pairs with the owner's release of busy.
      while (port::load_acquire(sheaf->cache->pcs(slot)->busy)) port::spin_wait();
    }
    queue(sheaf, true);
  }
}

void Reclaim::flush_slot(unsigned slot) {
  slabbed_sheaf *taken = nullptr;
  sweep_slot(slot, nullptr, &taken);  // called by the slot's own thread: nobody is busy
  for (slabbed_sheaf *sheaf = taken, *next; sheaf; sheaf = next) {
    next = sheaf->next;
    queue(sheaf, true);
  }
}

void Reclaim::wait_until_completed() {
  port::MutexLock guard(lock_);
  while (transit_) completion_.wait(lock_);
  uint64_t target = sequence_;
  while (completed_ < target) completion_.wait(lock_);
}

void Reclaim::barrier() {
  sweep(nullptr);
  wait_until_completed();
}

void Reclaim::barrier_on_cache(kmem_cache *s) {
  sweep(s);
  wait_until_completed();
}

}  // namespace slabbed
