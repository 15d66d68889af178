// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "core/sheaf.h"

#include "port/check.h"
#include "port/memory.h"

// size == capacity == 0 for ever: every pop and every push on it falls through to the slow path.
// Where a slot has no sheaf it points here instead of holding NULL, which saves the fast path a
// test.
struct slabbed_sheaf slabbed_empty_sheaf = {nullptr, nullptr, 0, 0, 0};

namespace slabbed {
namespace {

size_t sheaf_bytes(unsigned capacity) {
  return sizeof(slabbed_sheaf) + sizeof(void *) * capacity;
}

void push(slabbed_sheaf **list, slabbed_sheaf *sheaf) {
  sheaf->next = *list;
  *list = sheaf;
}

slabbed_sheaf *pop(slabbed_sheaf **list) {
  slabbed_sheaf *sheaf = *list;
  if (sheaf) *list = sheaf->next;
  return sheaf;
}

}  // namespace

slabbed_sheaf *sheaf_alloc(kmem_cache *cache, unsigned capacity) {
  if (port::should_fail(port::Fault::kMeta)) return nullptr;
  auto *sheaf = static_cast<slabbed_sheaf *>(port::meta_alloc(sheaf_bytes(capacity)));
  if (!sheaf) return nullptr;
  sheaf->cache = cache;
  sheaf->capacity = capacity;
  return sheaf;
}

void sheaf_free(slabbed_sheaf *sheaf) {
  SLABBED_CHECK(sheaf != &slabbed_empty_sheaf);
  SLABBED_CHECK(sheaf->size == 0);
  port::meta_free(sheaf, sheaf_bytes(sheaf->capacity));
}

slabbed_sheaf *Barn::get_full() {
  port::MutexLock guard(lock);
  if (full) nr_full--;
  return pop(&full);
}

slabbed_sheaf *Barn::get_empty() {
  port::MutexLock guard(lock);
  if (empty) nr_empty--;
  return pop(&empty);
}

bool Barn::put_full(slabbed_sheaf *sheaf) {
  SLABBED_ASSERT(sheaf->size == sheaf->capacity);
  port::MutexLock guard(lock);
  if (closed || nr_full == kBarnSheavesMax) return false;
  nr_full++;
  push(&full, sheaf);
  return true;
}

bool Barn::put_empty(slabbed_sheaf *sheaf) {
  SLABBED_ASSERT(sheaf->size == 0);
  port::MutexLock guard(lock);
  if (closed || nr_empty == kBarnSheavesMax) return false;
  nr_empty++;
  push(&empty, sheaf);
  return true;
}

slabbed_sheaf *Barn::drain(bool close) {
  port::MutexLock guard(lock);
  if (close) closed = true;
  slabbed_sheaf *all = nullptr;
  while (slabbed_sheaf *sheaf = pop(&full)) push(&all, sheaf);
  while (slabbed_sheaf *sheaf = pop(&empty)) push(&all, sheaf);
  nr_full = nr_empty = 0;
  return all;
}

void Barn::reopen() {
  port::MutexLock guard(lock);
  closed = false;
}

}  // namespace slabbed
