// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// pages.h - the page allocator: aligned chunks of 1024 pages, each with its page descriptors in
// front, and a buddy system over all chunks.
//
//   chunk (4 MiB, aligned to 4 MiB): [Chunk | PageDescriptor x 1024 | pages ...............]
//
// Object -> slab is arithmetic: mask gives the chunk, shift the index, the descriptor says whether
// it is the head of its block or how far the head lies before it. Descriptors take 48 bytes a page
// (1.2 %). A chunk that becomes empty goes back to the system, except the last one.
//
// Invariants: pages_in_use = sum over handed-out blocks of 1 << order; a block of order n starts at
// an index divisible by 1 << n; two free buddies of one order never exist at rest.
// Lock order: `lock_` is the innermost lock of the allocator.
#ifndef SLABBED_CORE_PAGES_H
#define SLABBED_CORE_PAGES_H

#include <cstddef>
#include <cstdint>

#include "core/layout.h"
#include "port/mutex.h"

namespace slabbed {

inline constexpr size_t kChunkBytes = size_t{4} << 20;
inline constexpr unsigned kChunkPages = kChunkBytes / kPageBytes;

enum class PageState : uint8_t {
  kTail,     // inside a block; head_distance says where it starts
  kReserved, // holds the chunk's own descriptors
  kBuddy,    // head of a free block
  kSlab,     // head of a slab page
  kLarge     // head of a large kmalloc
};

// One per page. As the head of a slab it is what mm/slab.h calls struct slab. Who may write the
// fields: list_lock of its node for a slab, PageAllocator's lock for a free block. state, order and
// head_distance change under the PageAllocator's lock only: a neighbour's coalescing reads them.
struct SlabPage {
  struct kmem_cache *cache;
  void *freelist;      // first free object, linked through cache->layout.offset
  SlabPage *next;
  SlabPage *prev;
  uint16_t inuse;      // 0 <= inuse <= objects; objects - inuse are on the freelist
  uint16_t objects;
  uint16_t head_distance;
  PageState state;
  uint8_t order;
  uint8_t node;
  uint8_t full;        // on the node's full list rather than the partial list
  uint16_t reserved[3];
};
static_assert(sizeof(SlabPage) <= 48, "descriptors must stay below 1.2 % of their pages");

// The head descriptor of the block that holds `address`. Only for addresses from this allocator.
SlabPage *page_of(const void *address);
void *page_address(const SlabPage *page);

class PageAllocator {
 public:
  void init(unsigned long budget_pages) { budget_ = budget_pages; }
  // Context: any; takes lock_. Return: the head descriptor of 1 << order pages, or nullptr when the
  // budget, the system or the fault injector says no.
  SlabPage *alloc(unsigned order, PageState use);
  void free(SlabPage *page);
  unsigned long pages_in_use();
  void fork_hold() SLABBED_ACQUIRE(lock_) { lock_.lock(); }
  void fork_release() SLABBED_RELEASE(lock_) { lock_.unlock(); }
  // Gives every chunk back, whatever is still handed out.
  void release_all();

 private:
  struct Chunk;
  Chunk *grow() SLABBED_REQUIRES(lock_);
  void push(SlabPage *page, unsigned order) SLABBED_REQUIRES(lock_);
  void unlink(SlabPage *page) SLABBED_REQUIRES(lock_);
  SlabPage *take(unsigned order) SLABBED_REQUIRES(lock_);
  void coalesce(SlabPage *page) SLABBED_REQUIRES(lock_);
  void release_if_empty(Chunk *chunk) SLABBED_REQUIRES(lock_);

  port::Mutex lock_{"page allocator"};
  Chunk *chunks_ SLABBED_GUARDED_BY(lock_) = nullptr;
  SlabPage *free_[kMaxPageOrder + 1] SLABBED_GUARDED_BY(lock_) = {};
  unsigned long in_use_ SLABBED_GUARDED_BY(lock_) = 0;
  unsigned long budget_ = 0;  // 0 = no limit; constant after init
};

}  // namespace slabbed
#endif  // SLABBED_CORE_PAGES_H
