// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// system.h - a System is one whole allocator: its pages, caches, workers and boot parameters.
// The kernel has one; tests, fuzz inputs and benchmarks boot as many as they like, one after
// another or side by side. kmem_cache_* calls act on the default System.
#ifndef SLABBED_SYSTEM_H
#define SLABBED_SYSTEM_H

#include <slabbed/slab.h>

#ifdef __cplusplus
extern "C" {
#endif

struct slabbed_system;

// What an observer is told, always outside the fast path. `object` is an address, `a`/`b` depend on
// the kind. Order is the allocator's own order; the call must not call back into the allocator.
enum slabbed_event {
  SLABBED_EV_SLAB_NEW,        // object = first byte, a = bytes, b = objects in the slab
  SLABBED_EV_SLAB_FREE,       // object = first byte, a = bytes: the pages go back
  SLABBED_EV_OBJECT_RECLAIMED,  // kfree_rcu finished for object: it may be handed out again
  SLABBED_EV_BATCH_QUEUED,    // a = batch sequence, b = objects: handed to the worker
  SLABBED_EV_BATCH_WAIT,      // a = sequence of the newest batch the coming grace period covers
  SLABBED_EV_BATCH_FREED,     // a = batch sequence, b = objects
  SLABBED_EV_CACHE_CREATED,   // a = object_size, b = flags
  SLABBED_EV_CACHE_ALIASED,   // a = refcount now
  SLABBED_EV_CACHE_UNREF,     // a = refcount now (not the last reference)
  SLABBED_EV_CACHE_DYING,     // last reference dropped
  SLABBED_EV_CACHE_LINGER,    // objects remain; the destroy work has been scheduled
  SLABBED_EV_CACHE_LEAKED,    // a = objects that remain for good
  SLABBED_EV_CACHE_RELEASED,  // the descriptor is gone: no touch after this
  SLABBED_EV_SYSFS_ADD,       // a = directory name as const char*
  SLABBED_EV_SYSFS_REMOVE,    // a = directory name as const char*
  SLABBED_EV_LEAKED_OBJECT,   // one line of a leak report: object
  SLABBED_EV_REPORT           // a = one line of report text as const char*
};

struct slabbed_observer {
  void (*event)(void *context, enum slabbed_event kind, const struct kmem_cache *cache,
                const void *object, uint64_t a, uint64_t b);
  void *context;
};

// slabbed_system_boot - make a System.
// @parameters: kernel style, separated by blanks, e.g. "destroy=sync slab_nomerge nr_cpus=4".
//   nr_cpus=N (2)            number of CPUs the slab layout assumes
//   destroy=legacy|async|sync (async)  generation of kmem_cache_destroy()
//   slab_nomerge             never merge caches
//   sheaves=0|1 (1)          per-slot sheaves on or off
//   sheaf_capacity=N (32)    objects in a sheaf
//   symbols=0|1 (1)          reports name code addresses, or leave them numbers (much faster)
//   hz=N (100)               jiffies per second
//   kfree_rcu_drain=N (5*hz) jiffies until a partial batch is drained
//   pages=N                  page budget, 0 = no limit
// @flavour: native world: the program's `const struct rcu_flavor_struct *`, NULL for
//   urcu_memb_flavor. Sim world: ignored.
// @observer: may be NULL; must outlive the System.
// Return: the System, or NULL with *error (if not NULL) set to one static line.
SLABBED_API struct slabbed_system *slabbed_system_boot(const char *parameters, const void *flavour,
                                                       const struct slabbed_observer *observer,
                                                       const char **error);
// slabbed_system_shutdown - stop the workers and give all memory back, live objects included.
// Context: may block; no other thread may use the System any more. Clears the default if it is it.
SLABBED_API void slabbed_system_shutdown(struct slabbed_system *system);
SLABBED_API void slabbed_system_set_default(struct slabbed_system *system);
SLABBED_API struct slabbed_system *slabbed_system_default(void);
// Report lines go here instead of to stderr. The sink must not call back into the allocator.
SLABBED_API void slabbed_system_set_report_sink(struct slabbed_system *system,
                                                void (*sink)(void *context, const char *line),
                                                void *context);

// Waits until the destroy work of every kmem_cache_destroy() called before has run (flush_work()).
// Context: may block; not inside a reader.
SLABBED_API void slabbed_flush_destroy_work(struct slabbed_system *system);

// What /sys/kernel/slab/<cache>/ and /proc/slabinfo show, as numbers. Exact when nothing runs.
struct slabbed_cache_info {
  char name[64];
  unsigned object_size, slab_size, align, order, objs_per_slab, inuse, offset;
  unsigned flags;
  int refcount;
  int in_sysfs;               // its directory exists
  unsigned long slabs;        // nr_slabs over all nodes
  unsigned long total_objects;
  unsigned long objects;      // handed out by slab pages: live, cached in sheaves, or pending
  unsigned long sheaf_objects;  // of these: free, in main, spare and barn sheaves
  unsigned long pending_rcu;  // of these: kfree_rcu'd and not yet reclaimed
};
// Return: 0, or -1 when there is no such cache. `index` walks slab_caches, newest first.
SLABBED_API int slabbed_cache_get_info(const struct kmem_cache *s, struct slabbed_cache_info *info);
SLABBED_API int slabbed_cache_get_info_at(struct slabbed_system *system, unsigned index,
                                      struct slabbed_cache_info *info);
// Whether a sysfs directory of that name exists now.
SLABBED_API int slabbed_sysfs_exists(struct slabbed_system *system, const char *name);
// Pages taken from the page allocator and not given back, slab pages and large kmalloc alike.
SLABBED_API unsigned long slabbed_pages_in_use(struct slabbed_system *system);

#ifdef __cplusplus
}
#endif
#endif  // SLABBED_SYSTEM_H
