// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "core/pages.h"

#include "port/annotate.h"
#include "port/check.h"
#include "port/memory.h"

namespace slabbed {

struct PageAllocator::Chunk {
  Chunk *next;
  unsigned used_pages;  // of the pages behind the header
  unsigned reserved_pages;
  SlabPage pages[kChunkPages];
};

namespace {

uintptr_t chunk_base(const void *address) {
  return reinterpret_cast<uintptr_t>(address) & ~(kChunkBytes - 1);
}

// The descriptor array starts at a fixed offset in the chunk, whatever Chunk holds before it.
constexpr size_t kDescriptorOffset = 16;

unsigned index_of(const SlabPage *page) {
  uintptr_t offset = reinterpret_cast<uintptr_t>(page) - chunk_base(page) - kDescriptorOffset;
  return static_cast<unsigned>(offset / sizeof(SlabPage));
}

}  // namespace

SlabPage *page_of(const void *address) {
  uintptr_t base = chunk_base(address);
  unsigned index =
      static_cast<unsigned>((reinterpret_cast<uintptr_t>(address) - base) >> kPageShift);
  SlabPage *page = reinterpret_cast<SlabPage *>(base + kDescriptorOffset) + index;
  return page - page->head_distance;
}

void *page_address(const SlabPage *page) {
  return reinterpret_cast<void *>(chunk_base(page) + size_t{index_of(page)} * kPageBytes);
}

PageAllocator::Chunk *PageAllocator::grow() {
  static_assert(offsetof(Chunk, pages) == kDescriptorOffset);
  void *memory = port::region_reserve(kChunkBytes, kChunkBytes);
  if (!memory) return nullptr;
  Chunk *chunk = static_cast<Chunk *>(memory);  // zero-filled
  unsigned reserved = (sizeof(Chunk) + kPageBytes - 1) / kPageBytes;
  chunk->reserved_pages = reserved;
  for (unsigned i = 0; i < reserved; i++) chunk->pages[i].state = PageState::kReserved;
  // Carve what is left into the largest naturally aligned blocks, highest address first, so that
  // the free lists hand out low addresses first.
  unsigned end = kChunkPages;
  while (end > reserved) {
    unsigned order = kMaxPageOrder;
    while ((end & ((1u << order) - 1)) || end - reserved < (1u << order)) order--;
    end -= 1u << order;
    push(&chunk->pages[end], order);
  }
  chunk->next = chunks_;
  chunks_ = chunk;
  return chunk;
}

void PageAllocator::push(SlabPage *page, unsigned order) {
  page->state = PageState::kBuddy;
  page->order = static_cast<uint8_t>(order);
  page->head_distance = 0;
  page->prev = nullptr;
  page->next = free_[order];
  if (page->next) page->next->prev = page;
  free_[order] = page;
}

void PageAllocator::unlink(SlabPage *page) {
  SLABBED_ASSERT(page->state == PageState::kBuddy);
  if (page->prev) page->prev->next = page->next;
  else free_[page->order] = page->next;
  if (page->next) page->next->prev = page->prev;
}

SlabPage *PageAllocator::take(unsigned order) {
  for (unsigned have = order; have <= kMaxPageOrder; have++) {
    SlabPage *page = free_[have];
    if (!page) continue;
    unlink(page);
    while (have > order) {
      have--;
      push(page + (1u << have), have);  // the upper half stays free
    }
    return page;
  }
  return nullptr;
}

SlabPage *PageAllocator::alloc(unsigned order, PageState use) {
  SLABBED_ASSERT(order <= kMaxPageOrder);
  if (port::should_fail(port::Fault::kPage)) return nullptr;
  port::MutexLock lock(lock_);
  unsigned long pages = 1ul << order;
  if (budget_ && in_use_ + pages > budget_) return nullptr;
  SlabPage *page = take(order);
  if (!page && grow()) page = take(order);
  if (!page) return nullptr;
  in_use_ += pages;
  reinterpret_cast<Chunk *>(chunk_base(page))->used_pages += static_cast<unsigned>(pages);
  for (unsigned i = 0; i < pages; i++) {
    page[i] = SlabPage{};
    page[i].head_distance = static_cast<uint16_t>(i);
  }
  page->order = static_cast<uint8_t>(order);
  page->state = use;
  return page;
}

void PageAllocator::coalesce(SlabPage *page) {
  unsigned order = page->order;
  SlabPage *first = page - index_of(page);
  unsigned index = index_of(page);
  while (order < kMaxPageOrder) {
    SlabPage *buddy = first + (index ^ (1u << order));
    if (buddy->state != PageState::kBuddy || buddy->order != order) break;
    unlink(buddy);
    buddy->state = PageState::kTail;
    index &= ~(1u << order);
    order++;
  }
  push(first + index, order);
}

void PageAllocator::release_if_empty(Chunk *chunk) {
  if (chunk->used_pages || (chunks_ == chunk && !chunk->next)) return;
  for (unsigned i = chunk->reserved_pages; i < kChunkPages; i++) {
    if (chunk->pages[i].state == PageState::kBuddy) unlink(&chunk->pages[i]);
  }
  Chunk **link = &chunks_;
  while (*link != chunk) link = &(*link)->next;
  *link = chunk->next;
  port::region_release(chunk, kChunkBytes);
}

void PageAllocator::free(SlabPage *page) {
  port::MutexLock lock(lock_);
  // A block freed twice may head a free block by now, or lie inside one.
  SLABBED_CHECK(page->state == PageState::kSlab || page->state == PageState::kLarge);
  unsigned long pages = 1ul << page->order;
  SLABBED_CHECK(in_use_ >= pages);
  in_use_ -= pages;
  Chunk *chunk = reinterpret_cast<Chunk *>(chunk_base(page));
  chunk->used_pages -= static_cast<unsigned>(pages);
  page->state = PageState::kTail;  // coalesce() decides which page heads the free block
  page->cache = nullptr;
  page->freelist = nullptr;
  for (unsigned i = 1; i < pages; i++) page[i].head_distance = 0;
  coalesce(page);
  release_if_empty(chunk);
}

unsigned long PageAllocator::pages_in_use() {
  port::MutexLock lock(lock_);
  return in_use_;
}

void PageAllocator::release_all() {
  port::MutexLock lock(lock_);
  while (Chunk *chunk = chunks_) {
    chunks_ = chunk->next;
    port::region_release(chunk, kChunkBytes);
  }
  for (SlabPage *&head : free_) head = nullptr;
  in_use_ = 0;
}

}  // namespace slabbed
