// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// destroy_work.h - the work item of the asynchronous kmem_cache_destroy(), on a worker of its own.
//
// A queued cache is either LINGERING (objects remained: wait for the real barrier, try again) or in
// RCU_WAIT (TYPESAFE and empty: wait for its last slab pages). One barrier serves all that are
// queued when it starts. The worker is not the kfree_rcu worker, so it may wait for that one.
#ifndef SLABBED_LIFECYCLE_DESTROY_WORK_H
#define SLABBED_LIFECYCLE_DESTROY_WORK_H

#include "core/cache.h"
#include "port/mutex.h"
#include "port/thread.h"

namespace slabbed {

class System;

class DestroyWork {
 public:
  bool start(System *system);
  void stop();
  // Context: any; never waits.
  void schedule(kmem_cache *s);
  // Waits until everything scheduled before has run. Context: may block.
  void flush();

  // fork(): see fork.cc.
  void fork_hold() SLABBED_ACQUIRE(lock_) { lock_.lock(); }
  void fork_release() SLABBED_RELEASE(lock_) { lock_.unlock(); }
  void restart_in_child();

 private:
  static void worker_main(void *self);
  void worker();
  void run_queued(unsigned count);
  kmem_cache *run_first();
  kmem_cache *pop();

  System *system_ = nullptr;
  port::Mutex lock_{"destroy work"};
  port::CondVar work_;   // the worker waits: head_, stop_
  port::CondVar done_;   // flush() waits: completed_
  // A cache leaves the queue under slab_mutex, and that only to be decided upon at once; so a
  // forked child finds it queued or decided. Lock order: slab_mutex -> lock_.
  kmem_cache *head_ SLABBED_GUARDED_BY(lock_) = nullptr;
  kmem_cache *tail_ SLABBED_GUARDED_BY(lock_) = nullptr;
  unsigned queued_ SLABBED_GUARDED_BY(lock_) = 0;       // now in the queue
  uint64_t scheduled_ SLABBED_GUARDED_BY(lock_) = 0;    // ever
  uint64_t completed_ SLABBED_GUARDED_BY(lock_) = 0;    // ever
  bool stop_ SLABBED_GUARDED_BY(lock_) = false;
  port::KThread thread_;
};

}  // namespace slabbed
#endif  // SLABBED_LIFECYCLE_DESTROY_WORK_H
