// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// system.h - one whole allocator: the shared Context, kfree_rcu, the destroy work, boot caches.
#ifndef SLABBED_LIFECYCLE_SYSTEM_H
#define SLABBED_LIFECYCLE_SYSTEM_H

#include "core/context.h"
#include "lifecycle/destroy_work.h"
#include "port/fork.h"
#include "port/slot.h"
#include "reclaim/reclaim.h"

namespace slabbed {

inline constexpr unsigned kKmallocClasses = 13;

class System : public Context {
 public:
  static System *boot_up(const char *parameters, const void *flavour,
                         const slabbed_observer *observer, const char **error);
  void shut_down();
  static System *of(kmem_cache *s) { return static_cast<System *>(s->context); }

  Reclaim kfree_rcu;
  DestroyWork destroy_work;
  kmem_cache *kmalloc_caches[kKmallocClasses] = {};  // constant after boot

 private:
  struct ExitHook : port::SlotUser { System *system; };
  struct ForkHook : port::ForkUser { System *system; };
  static System *forked(port::ForkUser *self);
  static void thread_exit(port::SlotUser *self, unsigned slot);
  bool create_kmalloc_caches();
  void release_everything();

  ExitHook exit_hook_{};
  ForkHook fork_hook_{};
};

// The process-default System; boots one from SLABBED_BOOT at first use.
System *default_system();

// kmalloc class of `size` (1..KMALLOC_MAX_CACHE_SIZE): index into kmalloc_caches.
unsigned kmalloc_index(size_t size);
unsigned kmalloc_class_bytes(unsigned index);

// fork.cc: locks everything in lock order, and puts the child back on its feet.
void system_fork_prepare(System *system);
void system_fork_parent(System *system);
void system_fork_child(System *system);

}  // namespace slabbed
#endif  // SLABBED_LIFECYCLE_SYSTEM_H
