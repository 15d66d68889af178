// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// program.h - what a fuzz input means: boot parameters, per-thread operation lists, a schedule and
// faults. Plain data; printing, parsing, mutating and running it are other files' business.
//
// Binary form (codec.h): a 16-byte header, then fixed-width 8-byte operation records, then 8-byte
// schedule records. Decoding is total: every byte string is a program, operands are reduced modulo
// what exists, a truncated tail record is dropped, so no input is ever rejected.
#ifndef SLABBED_FUZZ_PROGRAM_PROGRAM_H
#define SLABBED_FUZZ_PROGRAM_PROGRAM_H

#include <cstdint>
#include <vector>

namespace slabbed::fuzz {

inline constexpr uint8_t kFormatVersion = 1;
inline constexpr unsigned kMaxThreads = 4;     // program threads t1..t4
inline constexpr unsigned kMaxCaches = 8;      // c0..c7
inline constexpr unsigned kMaxSlots = 32;      // o0..o31: named places for object pointers
inline constexpr unsigned kMaxPublished = 8;   // p0..p7: RCU-published pointers
inline constexpr unsigned kMaxOperations = 512;
inline constexpr unsigned kMaxBulk = 16;

enum class OpCode : uint8_t {
  kNop,
  kCacheCreate,       // cache, name = aux % 4, arg = size 1..4096, flags bits: CacheFlag
  kCacheDestroy,      // cache; the name table forgets the pointer when it is the last user
  kCacheShrink,       // cache
  kAlloc,             // slot <- cache (flags bit 0: zeroed)
  kFree,              // slot
  kAllocBulk,         // slot.. <- cache, arg = count
  kFreeBulk,          // slot.., arg = count
  kKmalloc,           // slot, arg = size (flags bit 0: zeroed)
  kKfree,             // slot
  kKfreeRcu,          // slot
  kKfreeRcuMightsleep,// slot
  kCheck,             // slot: content is still the owner's pattern
  kPublish,           // slot -> published: rcu_assign_pointer; the slot becomes empty
  kReplaceKfreeRcu,   // published <- slot; the old one is kfree_rcu'd (slot empty: unpublish)
  kReplaceCallRcu,    // the same, freed by call_rcu(kmem_cache_free)
  kReadLock,
  kReadUnlock,
  kDeref,             // published: inside a reader, remember and check the object; checked again
                      // until the outermost unlock
  kSynchronizeRcu,
  kRcuBarrier,
  kKvfreeRcuBarrier,
  kBarrierOnCache,    // cache
  kSleep,             // arg = jiffies
  kModuleUnload,      // cache: poisons the caller's name and ctor after destroy returned
  kTypesafeLookup,    // published: rcu_dereference, lock-free re-check of the key, as conntrack does
  kCount
};

enum CacheFlag : uint8_t {
  kTypesafe = 1, kStoreUser = 2, kNoMerge = 4, kHwcacheAlign = 8, kCtor = 16
};

struct Operation {
  OpCode code = OpCode::kNop;
  uint8_t thread = 0;    // 0-based: thread 0 is printed as t1
  uint8_t cache = 0;     // cache or published index, by code
  uint8_t slot = 0;
  uint16_t arg = 0;
  uint8_t flags = 0;
  uint8_t fail_nth = 0;  // the n-th page or metadata request of this operation fails; 0 = none
  bool operator==(const Operation &) const = default;
};

enum class StrategyKind : uint8_t { kExplicit, kBytes, kRandom, kCount };
enum class DestroyMode : uint8_t { kAsync, kLegacy, kSync, kCount };

// kExplicit reads it as sched::Preemption; kBytes as "after `gap` yield points switch to the
// `pick`-th runnable fiber" (gap = operation, pick = to).
struct ScheduleRecord {
  uint8_t thread = 0;
  uint8_t kind = 0;
  uint16_t operation = 0;
  uint16_t name = 0;
  uint8_t occurrence = 0;
  uint8_t to = 0;
  bool operator==(const ScheduleRecord &) const = default;
};

struct Program {
  StrategyKind strategy = StrategyKind::kBytes;
  DestroyMode destroy = DestroyMode::kAsync;
  bool store_buffers = false;
  bool slab_nomerge = false;
  bool sheaves = true;
  uint8_t threads = 1;        // 1..kMaxThreads
  uint8_t slots = 8;          // thread slots of the System, 1..8 (few: threads share the slow path)
  uint8_t sheaf_capacity = 8; // 1..32; small, so that full sheaves are common
  uint32_t seed = 0;          // kRandom only
  std::vector<Operation> operations;   // one list; each thread runs its own in this order
  std::vector<ScheduleRecord> schedule;
  bool operator==(const Program &) const = default;
};

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_PROGRAM_H
