// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// object_ops.cc - allocating, checking and freeing objects.
#include "fuzz/exec/cache_use.h"
#include "fuzz/exec/content.h"
#include "fuzz/exec/free.h"
#include "fuzz/exec/operations.h"
#include "fuzz/exec/slot.h"

namespace slabbed::fuzz {
namespace {

using conf::EventKind;

// What kmalloc() promises: at least the largest power of two that divides the size class.
uint32_t kmalloc_align(uint32_t bytes) {
  constexpr uint32_t kClasses[] = {8,   16,  32,  64,   96,   128, 192,
                                   256, 512, 1024, 2048, 4096, 8192};
  for (uint32_t size : kClasses) {
    if (bytes <= size) return size & (0u - size);
  }
  return 4096;
}

// Announces a new object, checks what the allocator promises about its content, and makes it ours.
void own(Thread &thread, const ObjectRecord &record, uint32_t align, bool zeroed) {
  uint8_t cache_flags = record.cache == nullptr ? 0 : record.cache->flags;
  unsigned flags = zeroed ? conf::kZeroed : 0;
  if (cache_flags & kCtor) flags |= conf::kConstructed;
  if (cache_flags & kTypesafe) flags |= conf::kTypesafe;
  thread.note(EventKind::kAlloc, {.object = address(&record),
                                  .a = record.bytes,
                                  .b = align,
                                  .cache = cache_number(&record),
                                  .flags = static_cast<uint16_t>(flags)});
  if (zeroed && !is_zero(record.object, record.bytes)) {
    thread.note(EventKind::kContent, {.object = address(&record), .flags = conf::kZeroed});
  }
  if ((cache_flags & kCtor) != 0 && !is_constructed(record)) {
    thread.note(EventKind::kContent, {.object = address(&record), .flags = conf::kConstructed});
  }
  fill_content(record);
}

ObjectRecord *make_record(Thread &thread, unsigned k, void *object, CacheRecord *cache,
                          uint32_t bytes) {
  ObjectRecord *record = thread.state().object_record(thread.op(), k);
  record->object = object;
  record->cache = cache;
  record->bytes = bytes;
  return record;
}

}  // namespace

void alloc_object(Thread &thread, const Operation &operation) {
  SlotEntry &slot = thread.state().slots[operation.slot];
  CacheUse use(thread, operation.cache);
  if (!use || !claim_slot(slot)) return;
  // Zeroing what a constructor made is a misuse; the kernel warns about it.
  bool zeroed = (operation.flags & kZeroedAlloc) != 0 && (use->flags & kCtor) == 0;
  thread.invoke(conf::kOpAlloc);
  void *object = zeroed ? kmem_cache_zalloc(use->cache, thread.gfp())
                        : kmem_cache_alloc(use->cache, thread.gfp());
  ObjectRecord *record = nullptr;
  if (object != nullptr) {
    record = make_record(thread, 0, object, use.record(), use->bytes);
    own(thread, *record, use->align, zeroed);
  }
  thread.returned(conf::kOpAlloc, object == nullptr);
  put_object(slot, record);
}

void alloc_bulk(Thread &thread, const Operation &operation) {
  CacheUse use(thread, operation.cache);
  if (!use) return;
  SlotEntry *slots[kMaxBulk];
  unsigned count = 0;
  for (unsigned i = 0; i < operation.arg; ++i) {
    SlotEntry &slot = thread.state().slots[(operation.slot + i) % kMaxSlots];
    if (claim_slot(slot)) slots[count++] = &slot;
  }
  if (count == 0) return;
  void *objects[kMaxBulk];
  ObjectRecord *records[kMaxBulk] = {};
  thread.invoke(conf::kOpAlloc);
  int got = kmem_cache_alloc_bulk(use->cache, thread.gfp(), count, objects);
  bool success = got == static_cast<int>(count);
  for (unsigned i = 0; success && i < count; ++i) {
    records[i] = make_record(thread, i, objects[i], use.record(), use->bytes);
    own(thread, *records[i], use->align, false);
  }
  thread.returned(conf::kOpAlloc, !success);
  for (unsigned i = 0; i < count; ++i) put_object(*slots[i], records[i]);
}

void kmalloc_object(Thread &thread, const Operation &operation) {
  SlotEntry &slot = thread.state().slots[operation.slot];
  if (!claim_slot(slot)) return;
  bool zeroed = (operation.flags & kZeroedAlloc) != 0;
  thread.invoke(conf::kOpAlloc);
  void *object =
      zeroed ? kzalloc(operation.arg, thread.gfp()) : kmalloc(operation.arg, thread.gfp());
  ObjectRecord *record = nullptr;
  if (object != nullptr) {
    record = make_record(thread, 0, object, nullptr, operation.arg);
    if (!is_empty_object(record)) own(thread, *record, kmalloc_align(operation.arg), zeroed);
  }
  thread.returned(conf::kOpAlloc, object == nullptr);
  put_object(slot, record);
}

void note_release(Thread &thread, const ObjectRecord *record, EventKind kind) {
  if (is_empty_object(record)) return;
  if (!owner_content_intact(*record)) {
    thread.note(EventKind::kContent, {.object = address(record)});
  }
  thread.note(kind, {.object = address(record), .cache = cache_number(record)});
}

void free_now(Thread &thread, ObjectRecord *record) {
  note_release(thread, record, EventKind::kFree);
  if (record->cache == nullptr) {
    kfree(record->object);
  } else {
    kmem_cache_free(record->cache->cache, record->object);
  }
}

void free_object(Thread &thread, const Operation &operation) {
  SlotEntry &slot = thread.state().slots[operation.slot];
  ObjectRecord *record = borrow_object(slot);
  if (record == nullptr) return;
  FreeScope scope(thread, record->cache);
  if (!scope) return put_object(slot, record);
  slot.store(nullptr);
  thread.invoke(conf::kOpFree);
  if (operation.code == OpCode::kKfree) {
    note_release(thread, record, EventKind::kFree);
    kfree(record->object);
  } else {
    free_now(thread, record);
  }
  thread.returned(conf::kOpFree, 0);
}

void free_bulk(Thread &thread, const Operation &operation) {
  SlotEntry *slots[kMaxBulk];
  ObjectRecord *records[kMaxBulk];
  unsigned count = 0;
  for (unsigned i = 0; i < operation.arg; ++i) {
    SlotEntry &slot = thread.state().slots[(operation.slot + i) % kMaxSlots];
    ObjectRecord *record = borrow_object(slot);
    if (record == nullptr) continue;
    // The first object decides whose bulk this is; others stay where they are.
    if (is_empty_object(record) || (count != 0 && record->cache != records[0]->cache)) {
      put_object(slot, record);
      continue;
    }
    slots[count] = &slot;
    records[count++] = record;
  }
  if (count == 0) return;
  CacheRecord *cache = records[0]->cache;
  FreeScope scope(thread, cache);
  for (unsigned i = 0; i < count; ++i) {
    if (scope) slots[i]->store(nullptr);
    else put_object(*slots[i], records[i]);
  }
  if (!scope) return;
  void *objects[kMaxBulk];
  thread.invoke(conf::kOpFree);
  for (unsigned i = 0; i < count; ++i) {
    note_release(thread, records[i], EventKind::kFree);
    objects[i] = records[i]->object;
  }
  kmem_cache_free_bulk(cache == nullptr ? nullptr : cache->cache, count, objects);
  thread.returned(conf::kOpFree, 0);
}

void check_object(Thread &thread, const Operation &operation) {
  SlotEntry &slot = thread.state().slots[operation.slot];
  ObjectRecord *record = borrow_object(slot);
  if (record == nullptr) return;
  if (!is_empty_object(record)) {
    thread.invoke(conf::kOpOther);
    bool intact = owner_content_intact(*record);
    thread.note(EventKind::kContent, {.object = address(record), .a = intact});
    thread.returned(conf::kOpOther, 0);
  }
  put_object(slot, record);
}

}  // namespace slabbed::fuzz
