// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// rcu_api.cc - kfree_rcu() and its barriers, and the RCU names of <slabbed/rcupdate.h>.
#include <slabbed/rcupdate.h>
#include <slabbed/slab.h>

#include "lifecycle/system.h"

using namespace slabbed;

void kvfree_call_rcu(rcu_head *head, void *pointer) {
  if (pointer == ZERO_SIZE_PTR) return;
  default_system()->kfree_rcu.kvfree_rcu(head, pointer);
}

void kvfree_rcu_barrier(void) { default_system()->kfree_rcu.barrier(); }

void kvfree_rcu_barrier_on_cache(kmem_cache *s) { System::of(s)->kfree_rcu.barrier_on_cache(s); }

void slabbed_rcu_read_lock(void) { default_system()->rcu.read_lock(); }

void slabbed_rcu_read_unlock(void) { default_system()->rcu.read_unlock(); }

void slabbed_synchronize_rcu(void) { default_system()->rcu.synchronize(); }

void slabbed_call_rcu(rcu_head *head, void (*func)(rcu_head *)) {
  default_system()->rcu.call(head, func);
}

void slabbed_rcu_barrier(void) { default_system()->rcu.barrier(); }

void slabbed_rcu_register_thread(void) { default_system()->rcu.register_thread(); }

void slabbed_rcu_unregister_thread(void) { default_system()->rcu.unregister_thread(); }
