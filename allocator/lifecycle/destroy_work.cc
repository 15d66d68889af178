// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "lifecycle/destroy_work.h"

#include "lifecycle/lifecycle.h"
#include "port/check.h"

namespace slabbed {
namespace {

// Return: whether the cache is empty and off slab_caches now; if not, it has leaked for good.
bool second_attempt(System *system, kmem_cache *s) SLABBED_REQUIRES(system->caches.slab_mutex) {
  // Objects that came back since destroy may sit in sheaves again: flush before looking.
  unsigned long remain = shutdown_cache(s);
  if (remain != 0 && !report_leak(system, s)) remain = shutdown_cache(s);
  if (remain != 0) {
    s->state = CacheState::kLeaked;
    return false;
  }
  system->caches.remove(s);
  if (s->flags & SLAB_TYPESAFE_BY_RCU) {
    s->state = CacheState::kRcuWait;  // its slab pages have only now begun to wait for readers
    system->caches.add_unlisted(s);
  }
  return true;
}

}  // namespace

bool DestroyWork::start(System *system) {
  system_ = system;
  return thread_.start("slab_destroy", worker_main, this, &system->rcu);
}

void DestroyWork::stop() {
  {
    port::MutexLock guard(lock_);
    stop_ = true;
    work_.notify_all();
  }
  thread_.join();
}

void DestroyWork::schedule(kmem_cache *s) {
  port::MutexLock guard(lock_);
  s->next_work = nullptr;
  if (tail_) tail_->next_work = s;
  else head_ = s;
  tail_ = s;
  queued_++;
  scheduled_++;
  work_.notify_all();
}

void DestroyWork::flush() {
  port::MutexLock guard(lock_);
  // Not a target taken once: an emptied TYPESAFE cache is scheduled again for its pages.
  while (completed_ < scheduled_) done_.wait(lock_);
}

void DestroyWork::restart_in_child() {
  {
    port::MutexLock guard(lock_);
    completed_ = scheduled_ - queued_;  // what the parent's worker had decided, it finishes there
  }
  thread_.join();  // the parent's worker does not exist here
  thread_.start("slab_destroy", worker_main, this, &system_->rcu);
}

void DestroyWork::worker_main(void *self) { static_cast<DestroyWork *>(self)->worker(); }

void DestroyWork::worker() {
  for (;;) {
    unsigned count;
    {
      port::MutexLock guard(lock_);
      while (!stop_ && !head_) work_.wait(lock_);
      if (stop_) return;
      count = queued_;
    }
    run_queued(count);
  }
}

// Runs the `count` caches that stand first in the queue.
void DestroyWork::run_queued(unsigned count) {
  // The real barrier: everything kfree_rcu'd before this point is free when it returns, and every
  // deferred slab page is back. rcu_barrier() would return while batches still wait (bug A1/A3).
  system_->kfree_rcu.barrier();
  for (; count; count--) {
    kmem_cache *released = run_first();
    if (released) release_cache(system_, released);
    port::MutexLock guard(lock_);
    completed_++;
    done_.notify_all();
  }
}

// Return: the cache, if nothing can reach it any more. Under slab_mutex from the queue to the
// decision: fork() takes it too, so a child finds a cache either queued or decided.
kmem_cache *DestroyWork::run_first() {
  port::MutexLock guard(system_->caches.slab_mutex);
  kmem_cache *s = pop();
  if (s->state == CacheState::kRcuWait) {
    system_->caches.remove_unlisted(s);
    return s;
  }
  if (!second_attempt(system_, s)) return nullptr;
  if (s->state != CacheState::kRcuWait) return s;
  schedule(s);
  return nullptr;
}

kmem_cache *DestroyWork::pop() {
  port::MutexLock guard(lock_);
  kmem_cache *s = head_;
  head_ = s->next_work;
  if (!head_) tail_ = nullptr;
  queued_--;
  return s;
}

}  // namespace slabbed
