// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// run_state.h - everything one run of a program keeps: the tables that operations name things in,
// and the records behind the names.
//
//   slots[o3] ──▶ ObjectRecord ──▶ CacheRecord ◀── caches[c1]
//   published[p0] ──▶ ObjectRecord
//
// A record is made once per run, by one operation, and never reused: its place is computed from the
// number of that operation. So a record's plain fields are constant from the moment the record was
// handed over (world::release/acquire with the record as token), and a stale pointer to a record is
// a stale name, never a wrong one. The tables hold nothing but pointers to records.
#ifndef SLABBED_FUZZ_EXEC_RUN_STATE_H
#define SLABBED_FUZZ_EXEC_RUN_STATE_H

#include <slabbed/rcupdate.h>
#include <slabbed/slab.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/exec/turns.h"
#include "fuzz/program/program.h"
#include "world.h"

namespace slabbed::fuzz {

// One incarnation of a cache, from kmem_cache_create() to the last use.
struct CacheRecord {
  kmem_cache *cache = nullptr;
  uint32_t number = 0;  // in the trace
  uint32_t bytes = 0;   // object size as asked for: what an owner may write
  uint32_t align = 0;   // what the contract promises for objects
  uint8_t flags = 0;    // CacheFlag
  uint8_t index = 0;    // of its table entry and module
  // users[t] is 1 while program thread t is inside a call on this cache. Destroy sets `gone` first
  // and looks at `users` then; everybody else does it the other way round. So either the user sees
  // that the cache is gone, or destroy sees the user: a program must not destroy a cache in use.
  Shared<uint32_t> users[kMaxThreads + 1];
  Shared<bool> gone;
  // The same as `cache`, for whoever compares records that were not handed to it.
  Shared<const kmem_cache *> identity;
  Shared<uint32_t> callbacks;  // call_rcu callbacks that have still to free an object
};

// One allocation.
struct ObjectRecord {
  rcu_head head{};  // for call_rcu(); kfree_rcu() uses one inside the object, see content.h
  void *object = nullptr;
  CacheRecord *cache = nullptr;  // null: kmalloc
  uint64_t tag = 0;              // what its words hold is computed from this
  uint32_t bytes = 0;            // what the owner may write
  uint32_t op = 0;               // the operation that allocated it
};

// What a loadable module would own: the name and the constructor of the cache it made. Unloading
// poisons both; an allocator that touches them afterwards is reported.
struct Module {
  char name[kCacheNameBytes] = {};
  uint32_t bytes = 0;
  uint32_t number = 0;  // of the newest cache it made
  Shared<bool> loaded;
};

struct RunState {
  const Program *program = nullptr;
  Shared<CacheRecord *> caches[kMaxCaches];
  Shared<ObjectRecord *> slots[kMaxSlots];
  Shared<ObjectRecord *> published[kMaxPublished];
  Module modules[kMaxCaches];
  Turns turns;

  RunState();
  // Empties the tables for a run of `p`, which must outlive it.
  void begin(const Program &p);
  // Places for what operation `op` makes; `k` < kMaxBulk.
  CacheRecord *cache_record(uint32_t op);
  ObjectRecord *object_record(uint32_t op, unsigned k);
  // The record that `tag` belongs to, or null if no record has such a tag.
  const ObjectRecord *record_of_tag(uint64_t tag) const;

 private:
  std::vector<CacheRecord> cache_records_;
  std::vector<ObjectRecord> object_records_;
};

// Stand in a table entry that an operation has claimed but not filled yet.
extern CacheRecord reserved_cache;
extern ObjectRecord reserved_object;

// The run that constructors, which get no context, belong to.
RunState *current_state();
void set_current_state(RunState *state);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_RUN_STATE_H
