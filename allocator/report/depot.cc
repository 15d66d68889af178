// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "report/depot.h"

#include <string.h>

#include "port/memory.h"
#include "port/stack.h"

namespace slabbed {
namespace {
constexpr int kOwnFrames = 10;  // the allocator's own, between its API and save_here()
}

bool StackDepot::init() {
  if (!entries_) {
    entries_ = static_cast<Entry *>(port::region_reserve(sizeof(Entry) * kEntries, 4096));
  }
  return entries_ != nullptr;
}

StackHandle StackDepot::save_here(const void *caller) {
  if (!entries_) return 0;
  void *frames[kStackDepthMax + kOwnFrames + 1];
  int depth = port::capture_stack(frames, kStackDepthMax + kOwnFrames + 1);
  if (depth <= 0) return 0;
  int first = 0;
  while (first < depth && frames[first] != caller) first++;
  if (first == depth) first = 0;  // not found: inlined differently; better too much than nothing
  void **pcs = frames + first;
  depth -= first;
  bool truncated = depth > kStackDepthMax;
  if (truncated) depth = kStackDepthMax;
  uint32_t hash = 2166136261u;
  for (int i = 0; i < depth; i++) {
    hash = (hash ^ static_cast<uint32_t>(reinterpret_cast<uintptr_t>(pcs[i]))) * 16777619u;
  }
  size_t bytes = sizeof(void *) * static_cast<size_t>(depth);
  port::MutexLock lock(lock_);
  for (uint32_t probe = 0; probe < 64; probe++) {
    uint32_t index = (hash + probe) % kEntries;
    Entry *entry = &entries_[index];
    if (entry->depth == 0) {
      entry->hash = hash;
      entry->truncated = truncated;
      memcpy(entry->pcs, pcs, bytes);
      entry->depth = static_cast<int16_t>(depth);
      return index + 1;
    }
    bool same = entry->hash == hash && entry->depth == depth;
    if (same && memcmp(entry->pcs, pcs, bytes) == 0) return index + 1;
  }
  return 0;
}

int StackDepot::fetch(StackHandle handle, void **pcs, bool *complete) const {
  if (handle == 0 || !entries_) return 0;
  const Entry &entry = entries_[handle - 1];
  memcpy(pcs, entry.pcs, sizeof(void *) * static_cast<size_t>(entry.depth));
  *complete = !entry.truncated;
  return entry.depth;
}

void StackDepot::release() {
  if (entries_) port::region_release(entries_, sizeof(Entry) * kEntries);
  entries_ = nullptr;
}

}  // namespace slabbed
