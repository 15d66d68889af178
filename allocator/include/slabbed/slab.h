// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// slab.h - the allocator's public interface: the kernel's names with the kernel's meaning.
//
// Usable from C11 and C++20. Declares no RCU read-side name, so it stands beside <urcu.h> in any
// include order; kernel-style code that wants rcu_read_lock() and friends from slabbed itself
// includes <slabbed/rcupdate.h>. Everything slabbed adds to the kernel's interface starts with
// slabbed_ (see <slabbed/system.h> for boot parameters and observers).
//
// Calls act on the process-default System (slabbed_system_set_default()); without one, the first
// call boots a System with the SLABBED_BOOT environment variable as its boot parameters.
#ifndef SLABBED_SLAB_H
#define SLABBED_SLAB_H

#include <stddef.h>
#include <stdint.h>

#include <slabbed/port.h>

#ifdef __cplusplus
extern "C" {
#endif

// Inlined even without optimisation, so that a return address of the slow path lies in the user's
// own function.
#define SLABBED_FAST static inline __attribute__((always_inline))

typedef unsigned gfp_t;
typedef unsigned slab_flags_t;
struct kmem_cache;
struct rcu_head;

// Allocation flags (include/linux/gfp_types.h). Only the bits slabbed gives a meaning to.
#define __GFP_HIGH 0x20u
#define __GFP_IO 0x40u
#define __GFP_FS 0x80u
#define __GFP_ZERO 0x100u
#define __GFP_DIRECT_RECLAIM 0x400u
#define __GFP_KSWAPD_RECLAIM 0x800u
#define GFP_KERNEL (__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_ATOMIC (__GFP_HIGH | __GFP_KSWAPD_RECLAIM)
#define GFP_NOWAIT (__GFP_KSWAPD_RECLAIM)

// Cache flags (include/linux/slab.h). SLAB_PANIC aborts when creation fails.
#define SLAB_HWCACHE_ALIGN 0x00002000u
#define SLAB_STORE_USER 0x00010000u
#define SLAB_PANIC 0x00040000u
#define SLAB_TYPESAFE_BY_RCU 0x00080000u
#define SLAB_NO_MERGE 0x01000000u

// kmalloc(0) returns this; kfree() accepts it. Dereferencing it faults.
#define ZERO_SIZE_PTR ((void *)16)

// kmem_cache_create - make a cache of objects of @size bytes.
// @name: copied; may be gone after the call. @align: 0 or a power of two. @ctor: run once per
// object when its slab page is made, never again when the object is reused.
// Context: may block; takes slab_mutex. Return: the cache, an existing mergeable one (unless
// SLAB_NO_MERGE, a ctor or a never-merge flag forbids it), or NULL with a line on the report sink.
// Source: mm/slab_common.c __kmem_cache_create_args().
SLABBED_API struct kmem_cache *kmem_cache_create(const char *name, unsigned size, unsigned align,
                                                 slab_flags_t flags, void (*ctor)(void *));

// kmem_cache_destroy - drop one reference; the last one destroys the cache (NULL is ignored).
// With boot parameter destroy=async (default) it returns at once: if objects remain, a work item
// waits for everything kfree_rcu'd before and tries again; only what is left then is reported as a
// leak. destroy=sync waits first; destroy=legacy reports at once (Linux 6.1).
// Context: async and legacy do not wait for a grace period; sync may block. Takes slab_mutex.
// Source: RFC "mm, slab: asynchronously destroy caches with outstanding objects", 15 Jul 2024.
SLABBED_API void kmem_cache_destroy(struct kmem_cache *s);

// kmem_cache_shrink - return every empty slab page. Return: 0 iff no slab remains on any node.
// Context: may block; revokes every slot's sheaf of this cache.
SLABBED_API int kmem_cache_shrink(struct kmem_cache *s);

// kmem_cache_alloc_bulk - all or nothing. Return: @count, or 0 with @objects undefined.
SLABBED_API int kmem_cache_alloc_bulk(struct kmem_cache *s, gfp_t gfp, size_t count,
                                      void **objects);
// kmem_cache_free_bulk - @s NULL: the objects may belong to any cache (kfree_bulk). May reorder.
SLABBED_API void kmem_cache_free_bulk(struct kmem_cache *s, size_t count, void **objects);

// kmalloc family over the classes 8,16,32,64,96,128,192,256,512,1k,2k,4k,8k; larger sizes come from
// whole pages, up to KMALLOC_MAX_SIZE. Return: NULL when memory or the fault injector says no.
#define KMALLOC_MAX_CACHE_SIZE 8192u
#define KMALLOC_MAX_SIZE (2u << 20)
SLABBED_API void *kmalloc(size_t size, gfp_t gfp);
SLABBED_FAST void *kzalloc(size_t size, gfp_t gfp) { return kmalloc(size, gfp | __GFP_ZERO); }
// kfree - NULL and ZERO_SIZE_PTR are ignored; accepts objects of any cache.
SLABBED_API void kfree(const void *object);

// kfree_rcu - free @ptr after a grace period; @field is its struct rcu_head member.
// Never waits and never fails; without memory for a batch it chains through @field.
// Context: any, also inside a reader. Source: include/linux/rcupdate.h kvfree_rcu_arg_2().
#define kfree_rcu(ptr, field)                                             \
  do {                                                                    \
    __typeof__(ptr) slabbed_ptr_ = (ptr);                                 \
    if (slabbed_ptr_) kvfree_call_rcu(&slabbed_ptr_->field, (void *)slabbed_ptr_); \
  } while (0)
// kfree_rcu_mightsleep - the same without a member; without memory it waits for a grace period.
// Context: outside readers.
#define kfree_rcu_mightsleep(ptr)                                         \
  do {                                                                    \
    void *slabbed_ptr_ = (void *)(ptr);                                   \
    if (slabbed_ptr_) kvfree_call_rcu(NULL, slabbed_ptr_);                \
  } while (0)
SLABBED_API void kvfree_call_rcu(struct rcu_head *head, void *ptr);

// kvfree_rcu_barrier - wait until everything kfree_rcu'd before this call has been freed.
// rcu_barrier() is not enough for that, by design (kernel-doc of kvfree_rcu_barrier()).
// Context: may block; not inside a reader or an RCU callback.
SLABBED_API void kvfree_rcu_barrier(void);
// The same promise for the objects of one cache only.
SLABBED_API void kvfree_rcu_barrier_on_cache(struct kmem_cache *s);

// ---------------------------------------------------------------------------------------------
// Fast path. One pcs (per-cpu sheaves; here per thread slot) of each slot lies behind the cache
// descriptor; the thread's slot is a byte offset in TLS, so the lookup is one add. Slot 0 belongs
// to no thread: its main sheaf is always the empty one, which sends every call to the slow path.
//
// Owner protocol: the owner marks itself busy with a plain store and a *light* barrier, then reads
// `main`. Whoever wants the sheaf of another slot takes that slot's lock, points `main` at
// slabbed_empty_sheaf, issues the *heavy* barrier and waits until busy is 0 (core/pcs.cc). Either
// the owner sees the empty sheaf, or the remote side sees busy: that is the whole argument.
struct slabbed_sheaf {
  struct slabbed_sheaf *next;   // barn list, batch list or the slot's list; owned by the holder
  struct kmem_cache *cache;
  uint64_t sequence;            // rcu sheaves: order in which they were handed over
  uint32_t size;                // 0 <= size <= capacity; objects[0..size) are free objects
  uint32_t capacity;
  void *objects[];
};

struct slabbed_pcs {
  uint32_t busy;                     // owner only; 1 while it may touch main or rcu_free
  uint32_t listed;                   // slot lock: on the slot's list of pcs with an rcu sheaf
  struct slabbed_sheaf *main;        // slot lock writes, owner reads while busy; never NULL
  struct slabbed_sheaf *rcu_free;    // the same rule; slabbed_empty_sheaf when there is none
  struct slabbed_sheaf *spare;       // slot lock; full, empty or NULL
  struct slabbed_pcs *next_rcu;      // slot lock
  struct kmem_cache *cache;          // constant
  struct slabbed_sheaf *frozen_main; // slot lock; only during fork()
  struct slabbed_sheaf *frozen_rcu;  // likewise
};

extern SLABBED_API struct slabbed_sheaf slabbed_empty_sheaf;  // size == capacity == 0, for ever

SLABBED_API void *slabbed_alloc_slow(struct kmem_cache *s, gfp_t gfp);
SLABBED_API void slabbed_free_slow(struct kmem_cache *s, void *object);
// Out-of-line twins of the inline calls below, for dlsym() and other languages.
SLABBED_API void *slabbed_kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp);
SLABBED_API void slabbed_kmem_cache_free(struct kmem_cache *s, void *object);

SLABBED_FAST struct slabbed_pcs *slabbed_this_pcs(struct kmem_cache *s) {
  return (struct slabbed_pcs *)((char *)s + slabbed_slot_offset());
}

// kmem_cache_alloc - one object, content undefined unless __GFP_ZERO (or as the ctor left it).
// Context: any, unless the slow path needs a page and @gfp allows to wait. Return: NULL on failure.
SLABBED_FAST void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp) {
  if (__builtin_expect((gfp & __GFP_ZERO) != 0, 0)) return slabbed_alloc_slow(s, gfp);
  struct slabbed_pcs *pcs = slabbed_this_pcs(s);
  // Pairs with the heavy barrier in revoke (core/pcs.cc): busy is visible before main is read.
  slabbed_store_relaxed_u32(&pcs->busy, 1);
  slabbed_light_barrier();
  struct slabbed_sheaf *main = (struct slabbed_sheaf *)slabbed_load_acquire_ptr(&pcs->main);
  void *object = NULL;
  if (__builtin_expect(main->size != 0, 1)) object = main->objects[--main->size];
  // Release: hands size and objects[] to the remote side, which loads busy with acquire.
  slabbed_store_release_u32(&pcs->busy, 0);
  return __builtin_expect(object != NULL, 1) ? object : slabbed_alloc_slow(s, gfp);
}

SLABBED_FAST void *kmem_cache_zalloc(struct kmem_cache *s, gfp_t gfp) {
  return slabbed_alloc_slow(s, gfp | __GFP_ZERO);
}

// kmem_cache_free - give @object (not NULL, from @s) back. Context: any.
SLABBED_FAST void kmem_cache_free(struct kmem_cache *s, void *object) {
  struct slabbed_pcs *pcs = slabbed_this_pcs(s);
  // The same pairing as in kmem_cache_alloc().
  slabbed_store_relaxed_u32(&pcs->busy, 1);
  slabbed_light_barrier();
  struct slabbed_sheaf *main = (struct slabbed_sheaf *)slabbed_load_acquire_ptr(&pcs->main);
  int pushed = main->size != main->capacity;
  if (__builtin_expect(pushed, 1)) main->objects[main->size++] = object;
  slabbed_store_release_u32(&pcs->busy, 0);
  if (__builtin_expect(!pushed, 0)) slabbed_free_slow(s, object);
}

#ifdef __cplusplus
}
#endif
#endif  // SLABBED_SLAB_H
