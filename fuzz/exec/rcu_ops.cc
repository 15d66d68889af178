// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// rcu_ops.cc - publication, readers, deferred frees and the waits for them.
#include <cstddef>

#include "fuzz/exec/content.h"
#include "fuzz/exec/free.h"
#include "fuzz/exec/operations.h"
#include "fuzz/exec/slot.h"

namespace slabbed::fuzz {
namespace {

using conf::EventKind;

bool is_typesafe(const ObjectRecord *record) {
  return record->cache != nullptr && (record->cache->flags & kTypesafe) != 0;
}

// Frees `record` after a grace period. False if that cannot be done here: without an rcu_head the
// call may have to wait, which a reader must not.
bool kfree_rcu_now(Thread &thread, ObjectRecord *record, bool mightsleep) {
  rcu_head *head = mightsleep ? nullptr : head_inside(*record);
  if (head == nullptr && thread.reading()) return false;
  thread.invoke(conf::kOpKfreeRcu);
  note_release(thread, record, EventKind::kKfreeRcu);
  kvfree_call_rcu(head, record->object);  // what both kfree_rcu() macros come down to
  thread.returned(conf::kOpKfreeRcu, 0);
  return true;
}

void free_by_callback(rcu_head *head) {
  static_assert(offsetof(ObjectRecord, head) == 0);
  auto *record = reinterpret_cast<ObjectRecord *>(head);
  CacheRecord *cache = record->cache;
  world::note(EventKind::kFree, world::current_thread(), conf::kNoOperation,
              {.object = address(record), .cache = cache_number(record)});
  if (cache == nullptr) {
    kfree(record->object);
  } else {
    kmem_cache_free(cache->cache, record->object);
    cache->callbacks.add(0u - 1);  // destroy_cache() looks at it; rcu_barrier() gives the order
  }
}

// An object that nobody can find any more, but that readers may still hold.
void retire(Thread &thread, ObjectRecord *record, OpCode how) {
  FreeScope scope(thread, record->cache);
  if (!scope) return;  // its cache is gone: the object is given up
  if (how == OpCode::kReplaceCallRcu && is_typesafe(record)) {
    // What the flag is for: no grace period, the object may be reused while readers look at it.
    thread.invoke(conf::kOpFree);
    free_now(thread, record);
    thread.returned(conf::kOpFree, 0);
  } else if (how == OpCode::kReplaceCallRcu || !kfree_rcu_now(thread, record, false)) {
    thread.invoke(conf::kOpOther);
    if (record->cache != nullptr) record->cache->callbacks.add(1);
    note_release(thread, record, EventKind::kCallRcuFree);
    call_rcu(&record->head, free_by_callback);
    thread.returned(conf::kOpOther, 0);
  }
}

}  // namespace

void kfree_rcu_object(Thread &thread, const Operation &operation) {
  SlotEntry &slot = thread.state().slots[operation.slot];
  ObjectRecord *record = borrow_object(slot);
  if (record == nullptr) return;
  FreeScope scope(thread, record->cache);
  bool done = scope && !is_empty_object(record) &&
              kfree_rcu_now(thread, record, operation.code == OpCode::kKfreeRcuMightsleep);
  // Nobody else can have looked into the slot meanwhile: the object was only borrowed.
  put_object(slot, done ? nullptr : record);
}

void publish_object(Thread &thread, const Operation &operation) {
  SlotEntry &slot = thread.state().slots[operation.slot];
  SlotEntry &place = thread.state().published[operation.cache];
  ObjectRecord *record = borrow_object(slot);
  if (record == nullptr) return;
  if (is_empty_object(record) || place.load() != nullptr) return put_object(slot, record);
  thread.invoke(conf::kOpOther);
  world::release(record);
  bool published = place.claim(nullptr, record);
  thread.returned(conf::kOpOther, !published);
  put_object(slot, published ? nullptr : record);
}

void replace_object(Thread &thread, const Operation &operation) {
  SlotEntry &slot = thread.state().slots[operation.slot];
  SlotEntry &place = thread.state().published[operation.cache];
  ObjectRecord *fresh = borrow_object(slot);
  if (fresh != nullptr && is_empty_object(fresh)) {
    put_object(slot, fresh);
    fresh = nullptr;
  } else if (fresh != nullptr) {
    slot.store(nullptr);
    world::release(fresh);
  }
  ObjectRecord *old = place.exchange(fresh);
  if (old == nullptr) return;
  world::acquire(old);
  retire(thread, old, operation.code);
}

void dereference(Thread &thread, const Operation &operation) {
  if (!thread.reading()) return;
  SlotEntry &place = thread.state().published[operation.cache];
  const ObjectRecord *record = rcu_dereference(*place.address());
  if (record == nullptr) return;
  world::acquire(const_cast<ObjectRecord *>(record));
  thread.invoke(conf::kOpOther);
  thread.look_at(record);
  thread.returned(conf::kOpOther, 0);
}

void synchronize(Thread &thread, const Operation &operation) {
  conf::OpType type = operation.code == OpCode::kSynchronizeRcu ? conf::kOpSynchronizeRcu
                      : operation.code == OpCode::kRcuBarrier   ? conf::kOpRcuBarrier
                                                                : conf::kOpKvfreeBarrier;
  thread.invoke(type);
  if (type == conf::kOpSynchronizeRcu) synchronize_rcu();
  else if (type == conf::kOpRcuBarrier) rcu_barrier();
  else kvfree_rcu_barrier();
  thread.returned(type, 0);
}

void sleep_for(Thread &thread, const Operation &operation) {
  thread.invoke(conf::kOpSleep);
  world::sleep_jiffies(operation.arg);
  thread.returned(conf::kOpSleep, 0);
}

}  // namespace slabbed::fuzz
