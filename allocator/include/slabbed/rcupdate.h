// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// rcupdate.h - the kernel's RCU names for kernel-style code, on the default System's RCU.
//
// Programs that use liburcu directly include <urcu.h> and <slabbed/slab.h> instead and never this
// file: liburcu redirects the same names by macros, and a silent mix would mean two RCUs.
#ifndef SLABBED_RCUPDATE_H
#define SLABBED_RCUPDATE_H

#if defined(rcu_read_lock) || defined(_URCU_CALL_RCU_H) || defined(URCU_API_MAP)
#error "slabbed/rcupdate.h and <urcu.h> both define the RCU names; include only one of them"
#endif

#include <slabbed/slab.h>

#ifdef __cplusplus
extern "C" {
#endif

// Two words, laid out like liburcu's, so the native world can hand it to any flavour's call_rcu.
struct rcu_head {
  struct rcu_head *next;
  void (*func)(struct rcu_head *head);
};

SLABBED_API void slabbed_rcu_read_lock(void);
SLABBED_API void slabbed_rcu_read_unlock(void);
SLABBED_API void slabbed_synchronize_rcu(void);
SLABBED_API void slabbed_call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
SLABBED_API void slabbed_rcu_barrier(void);
// Threads that use the read side or call_rcu register once with the System's flavour.
SLABBED_API void slabbed_rcu_register_thread(void);
SLABBED_API void slabbed_rcu_unregister_thread(void);

// Context: readers nest and must not block. Source: Documentation/RCU/whatisRCU.rst.
static inline void rcu_read_lock(void) { slabbed_rcu_read_lock(); }
static inline void rcu_read_unlock(void) { slabbed_rcu_read_unlock(); }
// Context: may block; outside readers and callbacks.
static inline void synchronize_rcu(void) { slabbed_synchronize_rcu(); }
static inline void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head)) {
  slabbed_call_rcu(head, func);
}
// Waits for callbacks queued by call_rcu() - not for kfree_rcu(), see kvfree_rcu_barrier().
static inline void rcu_barrier(void) { slabbed_rcu_barrier(); }

// Publication. Release orders the object's initialisation before the pointer; pairs with
// rcu_dereference() in readers. A relaxed store here lets a reader see an uninitialised object.
#define rcu_assign_pointer(p, v) slabbed_store_release_ptr(&(p), (v))
#define rcu_dereference(p) ((__typeof__(p))slabbed_load_acquire_ptr(&(p)))

#ifdef __cplusplus
}
#endif
#endif  // SLABBED_RCUPDATE_H
