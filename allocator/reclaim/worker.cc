// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// worker.cc - the kfree_rcu worker: one grace period for everything that is queued, then back into
// the barn as whole sheaves, or into the slabs.
#include "port/check.h"
#include "port/time.h"
#include "reclaim/reclaim.h"

namespace slabbed {

bool Reclaim::start(Context *context) {
  context_ = context;
  context->expect_rcu_sheaf = expect_hook;
  context->queue_rcu_sheaf = queue_hook;
  context->defer_slab = defer_hook;
  context->reclaim = this;
  return thread_.start("kfree_rcu", worker_main, this, &context->rcu);
}

void Reclaim::stop() {
  {
    port::MutexLock guard(lock_);
    stop_ = true;
    work_.notify_all();
  }
  thread_.join();
}

void Reclaim::drop() {
  slabbed_sheaf *dropped = nullptr;
  for (unsigned slot = 0; slot < port::slot_count(); slot++) sweep_slot(slot, nullptr, &dropped);
  port::MutexLock guard(lock_);
  for (slabbed_sheaf *sheaf = ready_head_, *next; sheaf; sheaf = next) {
    next = sheaf->next;
    sheaf->size = 0;
    sheaf_free(sheaf);
  }
  for (slabbed_sheaf *sheaf = dropped, *next; sheaf; sheaf = next) {
    next = sheaf->next;
    sheaf->size = 0;
    sheaf_free(sheaf);
  }
  ready_head_ = ready_tail_ = nullptr;
}

Reclaim *Reclaim::of(Context *context) { return static_cast<Reclaim *>(context->reclaim); }

void Reclaim::expect_hook(Context *context) {
  Reclaim *self = of(context);
  port::MutexLock guard(self->lock_);
  self->transit_++;
}

void Reclaim::queue_hook(Context *context, slabbed_sheaf *sheaf) {
  of(context)->queue(sheaf, true);
}

void Reclaim::defer_hook(Context *context, SlabPage *page) {
  Reclaim *self = of(context);
  port::MutexLock guard(self->lock_);
  page->next = self->ready_slabs_;
  self->ready_slabs_ = page;
  self->sequence_++;
  self->work_.notify_all();
}

void Reclaim::worker_main(void *self) { static_cast<Reclaim *>(self)->worker(); }

// Return: false when the System shuts down. True with a due deadline means: sweep first.
bool Reclaim::wait_for_work() {
  for (;;) {
    if (stop_) return false;
    if (ready_head_ || ready_chain_ || ready_slabs_) return true;
    if (deadline_ == 0) {
      work_.wait(lock_);
    } else if (port::jiffies() >= deadline_) {
      return true;
    } else {
      work_.wait_until(lock_, deadline_);
    }
  }
}

Reclaim::Batch Reclaim::take_ready() {
  Batch batch;
  batch.sheaves = ready_head_;
  batch.chain = ready_chain_;
  batch.chain_sequence = ready_chain_sequence_;
  batch.slabs = ready_slabs_;
  batch.newest = sequence_;
  ready_head_ = ready_tail_ = nullptr;
  ready_chain_ = nullptr;
  ready_slabs_ = nullptr;
  return batch;
}

void Reclaim::worker() {
  for (;;) {
    bool due = false;
    {
      port::MutexLock guard(lock_);
      if (!wait_for_work()) return;
      due = deadline_ != 0 && port::jiffies() >= deadline_;
      // Cleared before the sweep: whoever fills a slot after the sweep has passed it arms again.
      if (due) deadline_ = 0;
    }
    if (due) sweep(nullptr);
    {
      port::MutexLock guard(lock_);
      current_ = take_ready();
    }
    if (current_.empty()) continue;
    context_->report.event(SLABBED_EV_BATCH_WAIT, nullptr, nullptr, current_.newest);
    // Taken before, waited for after: the grace period starts when every object of the batch has
    // been queued. The other way round new objects would ride on an older grace period (bug A8).
    context_->rcu.synchronize();
    // Freed and completed in one step for fork(): a child that found the batch gone but not
    // completed would wait for it for ever.
    port::MutexLock freeing(freeing_lock_);
    free_batch(&current_);
    port::MutexLock guard(lock_);
    completed_ = current_.newest;
    completion_.notify_all();
  }
}

void Reclaim::free_batch(Batch *batch) {
  while (slabbed_sheaf *sheaf = batch->sheaves) {
    batch->sheaves = sheaf->next;
    uint64_t sequence = sheaf->sequence;
    uint32_t objects = sheaf->size;
    kmem_cache *s = sheaf->cache;
    for (uint32_t i = 0; i < objects; i++) {
      context_->report.event(SLABBED_EV_OBJECT_RECLAIMED, s, sheaf->objects[i]);
    }
    if (s) free_sheaf(sheaf);
    else free_mixed(sheaf);
    context_->report.event(SLABBED_EV_BATCH_FREED, s, nullptr, sequence, objects);
  }
  free_chain(batch);
  while (SlabPage *page = batch->slabs) {
    batch->slabs = page->next;
    slab_release_pages(context_, page);
  }
}

void Reclaim::free_sheaf(slabbed_sheaf *sheaf) {
  kmem_cache *s = sheaf->cache;
  bool whole = sheaf->size == sheaf->capacity;
  if (whole && s->node.barn.put_full(sheaf)) return;
  sheaf_flush(s, sheaf);
}

void Reclaim::reclaim_object(void *object) {
  SlabPage *page = page_of(object);
  if (page->state == PageState::kLarge) {
    context_->pages.free(page);
  } else {
    slab_free(page->cache, &object, 1, nullptr);
  }
}

void Reclaim::free_mixed(slabbed_sheaf *sheaf) {
  while (sheaf->size) reclaim_object(sheaf->objects[--sheaf->size]);
  sheaf_free(sheaf);
}

void Reclaim::free_chain(Batch *batch) {
  if (!batch->chain) return;
  unsigned objects = 0;
  while (ChainLink *link = batch->chain) {
    batch->chain = link->next;  // read before: the link lies in the object
    void *object = link->object;
    context_->report.event(SLABBED_EV_OBJECT_RECLAIMED, page_of(object)->cache, object);
    reclaim_object(object);
    objects++;
  }
  context_->report.event(SLABBED_EV_BATCH_FREED, nullptr, nullptr, batch->chain_sequence, objects);
}

void Reclaim::await_freeing() { port::MutexLock freeing(freeing_lock_); }

bool Reclaim::in_transit() {
  port::MutexLock guard(lock_);
  return transit_ != 0;
}

void Reclaim::await_transit() {
  port::MutexLock guard(lock_);
  while (transit_) completion_.wait(lock_);
}

// The parent's worker was waiting for a grace period, or idle; what it held is queued again.
void Reclaim::restart_in_child() {
  {
    port::MutexLock guard(lock_);
    while (slabbed_sheaf *sheaf = current_.sheaves) {
      current_.sheaves = sheaf->next;
      sheaf->next = ready_head_;
      ready_head_ = sheaf;
      if (!ready_tail_) ready_tail_ = sheaf;
    }
    if (current_.chain) {
      ChainLink **tail = &ready_chain_;
      if (!ready_chain_) ready_chain_sequence_ = current_.chain_sequence;
      while (*tail) tail = &(*tail)->next;
      *tail = current_.chain;
      current_.chain = nullptr;
    }
    while (SlabPage *page = current_.slabs) {
      current_.slabs = page->next;
      page->next = ready_slabs_;
      ready_slabs_ = page;
    }
  }
  thread_.join();
  thread_.start("kfree_rcu", worker_main, this, &context_->rcu);
}

unsigned long Reclaim::pending(kmem_cache *s) {
  unsigned long objects = 0;
  for (unsigned slot = 0; slot < port::slot_count(); slot++) {
    Slot &place = context_->slots[slot];
    port::MutexLock guard(place.lock);
    for (uint32_t i = 0; place.mixed && i < place.mixed->size; i++) {
      objects += page_of(place.mixed->objects[i])->cache == s;
    }
    for (ChainLink *link = place.chain; link; link = link->next) {
      objects += page_of(link->object)->cache == s;
    }
  }
  port::MutexLock guard(lock_);
  for (slabbed_sheaf *sheaf = ready_head_; sheaf; sheaf = sheaf->next) {
    if (sheaf->cache == s) objects += sheaf->size;
  }
  return objects;
}

}  // namespace slabbed
