// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// memory.cc - regions are anonymous mappings, metadata is the C heap.
#include "port/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

#include "port/annotate.h"
#include "port/atomic.h"
#include "port/check.h"

namespace slabbed::port {
namespace {

constexpr size_t kMetaAlign = 64;

using FaultHook = bool (*)(Fault kind, void *context);
Atomic<FaultHook> fault_hook{nullptr};
Atomic<void *> fault_context{nullptr};

size_t meta_bytes(size_t bytes) {
  if (bytes == 0) bytes = 1;
  return (bytes + kMetaAlign - 1) & ~(kMetaAlign - 1);
}

}  // namespace

void *region_reserve(size_t bytes, size_t align, const char *) {
  size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  SLABBED_CHECK(bytes != 0 && bytes % page == 0);
  SLABBED_CHECK(align >= page && (align & (align - 1)) == 0);
  // The kernel aligns to pages only: ask for more and give back what sticks out.
  size_t mapped = bytes + align - page;
  if (mapped < bytes) return nullptr;
  void *p = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return nullptr;
  char *start = static_cast<char *>(p);
  size_t before = (align - reinterpret_cast<uintptr_t>(start) % align) % align;
  size_t after = mapped - before - bytes;
  if (before != 0) munmap(start, before);
  if (after != 0) munmap(start + before + bytes, after);
  return start + before;
}

void region_release(void *p, size_t bytes, const char *) {
  SLABBED_CHECK(p != nullptr);
  // Poison outlives the mapping in ASan's shadow and would hit whoever maps the addresses next.
  unpoison(p, bytes);
  int failed = munmap(p, bytes);
  SLABBED_CHECK(failed == 0);
}

void *meta_alloc(size_t bytes, const char *) {
  if (bytes > SIZE_MAX - kMetaAlign) return nullptr;
  size_t rounded = meta_bytes(bytes);
  void *p = aligned_alloc(kMetaAlign, rounded);
  if (p != nullptr) memset(p, 0, rounded);
  return p;
}

void meta_free(void *p, size_t, const char *) { free(p); }

bool should_fail(Fault kind, const char *) {
  // Pairs with set_fault_hook(): whoever sees the hook sees its context.
  FaultHook hook = fault_hook.load_acquire();
  return hook != nullptr && hook(kind, fault_context.load_relaxed());
}

void set_fault_hook(FaultHook hook, void *context) {
  fault_context.store_relaxed(context);
  // Release: the context before the hook; pairs with should_fail().
  fault_hook.store_release(hook);
}

}  // namespace slabbed::port
