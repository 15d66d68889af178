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
// Binary form (codec.h): a 16-byte header, 64 bytes of cache names if the header says so, then
// fixed-width 8-byte operation records, then 8-byte schedule records. Decoding is total: every byte
// string is a program, operands are reduced modulo what exists, a truncated tail record is dropped,
// so no input is ever rejected.
//
// A program is *normalized* (normalize.h) when every field is in the range given here and every
// field its operation does not use is zero. decode() and the text parser give normalized programs
// only; everything else in this folder keeps them so.
//
// No program can misuse the allocator by accident: an operation whose operand is missing (free of
// an empty slot, allocation from a cache that was never created) does nothing, and so does one that
// may block inside a reader.
#ifndef SLABBED_FUZZ_PROGRAM_PROGRAM_H
#define SLABBED_FUZZ_PROGRAM_PROGRAM_H

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace slabbed::fuzz {

inline constexpr uint8_t kFormatVersion = 1;
inline constexpr unsigned kMaxThreads = 4;     // program threads t1..t4
inline constexpr unsigned kMaxCaches = 8;      // c0..c7
inline constexpr unsigned kMaxSlots = 32;      // o0..o31: named places for object pointers
inline constexpr unsigned kMaxPublished = 8;   // p0..p7: RCU-published pointers
inline constexpr unsigned kMaxOperations = 512;
inline constexpr unsigned kMaxBulk = 16;
inline constexpr unsigned kMaxFailNth = 15;
inline constexpr unsigned kMaxSheafCapacity = 32;
inline constexpr unsigned kMaxThreadSlots = 8;
inline constexpr unsigned kMaxSchedule = 8192;  // a random walk of thousands of steps, said in full
inline constexpr unsigned kCacheNames = 4;       // names a kCacheCreate can choose from
inline constexpr unsigned kCacheNameBytes = 16;  // with the terminating zero

enum class OpCode : uint8_t {
  kNop,
  kCacheCreate,       // cache, slot = index of its name, arg = size 1..4096, flags: CacheFlag
  kCacheDestroy,      // cache; the name table forgets the pointer when it is the last user
  kCacheShrink,       // cache
  kAlloc,             // slot <- cache (flags bit 0: zeroed)
  kFree,              // slot
  kAllocBulk,         // slot, slot+1 .. (modulo kMaxSlots) <- cache, arg = count 1..16
  kFreeBulk,          // slot, slot+1 .. (modulo kMaxSlots), arg = count 1..16; empty ones left out
  kKmalloc,           // slot <- arg = size 0..16384 (flags bit 0: zeroed)
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
  kSleep,             // arg = jiffies 0..1023
  kModuleUnload,      // cache: poisons the caller's name and ctor after destroy returned
  kTypesafeLookup,    // published: rcu_dereference, then re-check the key, as conntrack does
  kCount
};

// Flags of kCacheCreate.
enum CacheFlag : uint8_t {
  kTypesafe = 1, kStoreUser = 2, kNoMerge = 4, kHwcacheAlign = 8, kCtor = 16
};
// Flag of kAlloc and kKmalloc.
inline constexpr uint8_t kZeroedAlloc = 1;

struct Operation {
  OpCode code = OpCode::kNop;
  uint8_t thread = 0;    // 0-based: thread 0 is printed as t1
  uint8_t cache = 0;     // cache or published index, by code
  uint8_t slot = 0;
  uint16_t arg = 0;
  uint8_t flags = 0;
  uint8_t fail_nth = 0;  // the n-th page or metadata request of this operation fails, 0: none
  bool operator==(const Operation &) const = default;
};

enum class StrategyKind : uint8_t { kExplicit, kBytes, kRandom, kCount };
enum class DestroyMode : uint8_t { kAsync, kLegacy, kSync, kCount };

// kExplicit reads it as sched::Preemption: program or worker thread `thread`, in operation
// `operation` (index into Program::operations), at the `occurrence`-th yield point (0 = first) of
// this kind and name, gives way to `to`. kBytes as "after `gap` yield points switch to the
// `pick`-th of the other runnable fibers, modulo their number" (gap = operation, pick = to);
// kRandom has none.
struct ScheduleRecord {
  uint8_t thread = 0;       // numbers of fuzz/sched/simulation.h, see step_name.h
  uint8_t kind = 0;         // sched::PointKind
  uint16_t operation = 0;   // 0..kMaxScheduleOperation
  uint16_t name = 0;        // point_name_hash() of the function
  uint16_t occurrence = 0;
  uint8_t to = 0;
  bool operator==(const ScheduleRecord &) const = default;
};
// Number in `operation`: before the thread's first operation, or in a thread that has none.
inline constexpr unsigned kOutsideOperations = 2047;
inline constexpr unsigned kMaxScheduleOperation = kOutsideOperations;
inline constexpr unsigned kMaxPick = 31;

// A cache name: 1..15 characters of [A-Za-z0-9_:.-], no dot in front, then zeros.
struct CacheName {
  std::array<char, kCacheNameBytes> text{};
  CacheName() = default;
  constexpr explicit CacheName(std::string_view name) {
    for (size_t i = 0; i < name.size() && i + 1 < text.size(); ++i) text[i] = name[i];
  }
  const char *c_str() const { return text.data(); }
  std::string_view view() const { return text.data(); }
  bool operator==(const CacheName &) const = default;
};
inline constexpr std::array<CacheName, kCacheNames> kDefaultNames = {
    CacheName("cache-a"), CacheName("cache-b"), CacheName("cache-c"), CacheName("cache-d")};

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
  std::array<CacheName, kCacheNames> names = kDefaultNames;
  std::vector<Operation> operations;   // one list; each thread runs its own in this order
  std::vector<ScheduleRecord> schedule;
  bool operator==(const Program &) const = default;
};

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_PROGRAM_H
