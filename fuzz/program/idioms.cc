// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// idioms.cc - see idioms.h. An idiom is a list of operations whose operands count from 0: cache 0
// is "the idiom's first cache", thread 1 "its second thread"; draw_idiom() chooses where they lie.
#include "fuzz/program/idioms.h"

#include <cassert>

#include "fuzz/program/operation_table.h"

namespace slabbed::fuzz {
namespace {

using Op = Operation;

constexpr Op create(uint8_t cache, uint8_t name, uint16_t size, uint8_t flags = 0) {
  return {OpCode::kCacheCreate, 0, cache, name, size, flags, 0};
}
constexpr Op on_cache(OpCode code, uint8_t cache) { return {code, 0, cache, 0, 0, 0, 0}; }
constexpr Op on_slot(OpCode code, uint8_t slot, uint16_t arg = 0) {
  return {code, 0, 0, slot, arg, 0, 0};
}
constexpr Op plain(OpCode code, uint16_t arg = 0) { return {code, 0, 0, 0, arg, 0, 0}; }
constexpr Op alloc(uint8_t slot, uint8_t cache) {
  return {OpCode::kAlloc, 0, cache, slot, 0, 0, 0};
}
constexpr Op alloc_bulk(uint8_t slot, uint8_t cache, uint16_t count) {
  return {OpCode::kAllocBulk, 0, cache, slot, count, 0, 0};
}
constexpr Op free_(uint8_t slot) { return on_slot(OpCode::kFree, slot); }
constexpr Op kfree_rcu(uint8_t slot) { return on_slot(OpCode::kKfreeRcu, slot); }
constexpr Op destroy(uint8_t cache) { return on_cache(OpCode::kCacheDestroy, cache); }
constexpr Op with_published(OpCode code, uint8_t published, uint8_t slot = 0) {
  return {code, 0, published, slot, 0, 0, 0};
}
constexpr Op publish(uint8_t published, uint8_t slot) {
  return with_published(OpCode::kPublish, published, slot);
}
constexpr Op replace(uint8_t published, uint8_t slot) {
  return with_published(OpCode::kReplaceKfreeRcu, published, slot);
}
constexpr Op by(uint8_t thread, Op op) {
  op.thread = thread;
  return op;
}

constexpr Op kReadLock = plain(OpCode::kReadLock), kReadUnlock = plain(OpCode::kReadUnlock);
constexpr Op kRcuBarrier = plain(OpCode::kRcuBarrier);
constexpr Op kKvfreeRcuBarrier = plain(OpCode::kKvfreeRcuBarrier);
constexpr uint16_t kPastDrain = 600;  // jiffies; the drain interval is 500

// batman-adv's module exit: everything is on its way by kfree_rcu, rcu_barrier() is called,
// destroy.
constexpr Op kDestroyInFlight[] = {
    create(0, 0, 64, kNoMerge), alloc(0, 0), alloc(1, 0), alloc(2, 0), kfree_rcu(0),
    by(1, kfree_rcu(1)), kfree_rcu(2), kRcuBarrier, destroy(0)};
constexpr Op kDestroyAfterBarrier[] = {
    create(0, 0, 64, kStoreUser), alloc(0, 0), alloc(1, 0), by(1, kfree_rcu(0)), kfree_rcu(1),
    kKvfreeRcuBarrier, destroy(0)};
constexpr Op kRecreateSameName[] = {
    create(0, 0, 96, kNoMerge), alloc(0, 0), kfree_rcu(0), destroy(0), create(1, 0, 96, kNoMerge),
    alloc(1, 1), by(1, free_(1)), plain(OpCode::kSleep, kPastDrain), destroy(1)};
constexpr Op kRecreateAfterLeak[] = {
    create(0, 0, 64, kNoMerge | kStoreUser), alloc(0, 0), destroy(0),
    plain(OpCode::kSleep, kPastDrain), create(1, 0, 64, kNoMerge), alloc(1, 1), free_(1),
    destroy(1)};
constexpr Op kPublishReadReplace[] = {
    create(0, 0, 64), alloc(0, 0), publish(0, 0), by(1, kReadLock),
    by(1, with_published(OpCode::kDeref, 0)), alloc(1, 0), replace(0, 1), by(1, kReadUnlock),
    alloc(2, 0), replace(0, 2), by(1, kReadLock), by(1, with_published(OpCode::kDeref, 0)),
    by(1, kReadUnlock), replace(0, 31), destroy(0)};
constexpr Op kReplaceByCallback[] = {
    create(0, 0, 64), alloc(0, 0), publish(0, 0), by(1, kReadLock),
    by(1, with_published(OpCode::kDeref, 0)), alloc(1, 0),
    with_published(OpCode::kReplaceCallRcu, 0, 1), by(1, kReadUnlock),
    with_published(OpCode::kReplaceCallRcu, 0, 31), kRcuBarrier, destroy(0)};
constexpr Op kReaderAcrossGracePeriods[] = {
    create(0, 0, 32), alloc(0, 0), publish(0, 0), by(1, kReadLock),
    by(1, with_published(OpCode::kDeref, 0)), replace(0, 31), plain(OpCode::kSynchronizeRcu),
    alloc(1, 0), by(1, kReadUnlock), by(1, kReadLock), alloc(2, 0), by(1, kReadUnlock)};
constexpr Op kDrainTimer[] = {
    create(0, 0, 128), alloc(0, 0), alloc(1, 0), kfree_rcu(0), plain(OpCode::kSleep, kPastDrain),
    by(1, kfree_rcu(1)), plain(OpCode::kSleep, kPastDrain), alloc(2, 0), kfree_rcu(2),
    plain(OpCode::kSleep, kPastDrain)};
constexpr Op kBulkThroughSheaves[] = {
    create(0, 0, 64), alloc_bulk(0, 0, 16), alloc_bulk(16, 0, 12),
    on_slot(OpCode::kFreeBulk, 0, 16), by(1, on_slot(OpCode::kFreeBulk, 16, 12)),
    alloc_bulk(4, 0, 9), on_cache(OpCode::kCacheShrink, 0), on_slot(OpCode::kFreeBulk, 4, 9),
    on_cache(OpCode::kCacheShrink, 0)};
constexpr Op kBulkDestroyInFlight[] = {
    create(0, 0, 64), alloc_bulk(0, 0, 10), kfree_rcu(0), kfree_rcu(1), by(1, kfree_rcu(2)),
    by(1, kfree_rcu(3)), kfree_rcu(4), kfree_rcu(5), kfree_rcu(6), by(1, kfree_rcu(7)),
    kfree_rcu(8), kfree_rcu(9), destroy(0), plain(OpCode::kSleep, kPastDrain)};
constexpr Op kRemoteFree[] = {
    create(0, 0, 192), alloc(0, 0), alloc(1, 0), by(1, on_slot(OpCode::kCheck, 0)),
    by(1, free_(0)), by(1, alloc(2, 0)), by(2, on_slot(OpCode::kKfree, 1)),
    on_slot(OpCode::kCheck, 2), free_(2)};
constexpr Op kShrinkWhileOthersAllocate[] = {
    create(0, 0, 256), alloc(0, 0), by(1, alloc(1, 0)), by(1, free_(1)),
    on_cache(OpCode::kCacheShrink, 0), by(1, alloc(2, 0)), by(1, on_slot(OpCode::kCheck, 2)),
    by(1, free_(2)), on_cache(OpCode::kCacheShrink, 0), free_(0)};
constexpr Op kTypesafeReader[] = {
    create(0, 0, 64, kTypesafe), alloc(0, 0), publish(0, 0), by(1, kReadLock),
    by(1, with_published(OpCode::kTypesafeLookup, 0)), replace(0, 31),
    on_cache(OpCode::kCacheShrink, 0), by(1, with_published(OpCode::kTypesafeLookup, 0)),
    by(1, kReadUnlock), destroy(0)};
constexpr Op kMerged[] = {
    create(0, 0, 64), create(1, 1, 64), alloc(0, 0), alloc(1, 1), destroy(0), free_(0), alloc(2, 1),
    kfree_rcu(1), free_(2), destroy(1)};
constexpr Op kModuleUnload[] = {
    create(0, 0, 64, kCtor | kNoMerge), alloc(0, 0), alloc(1, 0), kfree_rcu(0), kfree_rcu(1),
    destroy(0), on_cache(OpCode::kModuleUnload, 0), plain(OpCode::kSleep, kPastDrain)};
constexpr Op kBarrierOnOneCache[] = {
    create(0, 0, 64), create(1, 1, 512), alloc(0, 0), alloc(1, 1), kfree_rcu(0),
    by(1, kfree_rcu(1)), on_cache(OpCode::kBarrierOnCache, 0), destroy(0), destroy(1)};
constexpr Op kKmalloc[] = {
    on_slot(OpCode::kKmalloc, 0, 96), on_slot(OpCode::kKmalloc, 1, 8192),
    on_slot(OpCode::kKmalloc, 2, 16000), kfree_rcu(0), by(1, on_slot(OpCode::kKfree, 1)),
    on_slot(OpCode::kKfreeRcuMightsleep, 2), on_slot(OpCode::kKmalloc, 3, 0),
    on_slot(OpCode::kKfree, 3), kKvfreeRcuBarrier};
constexpr Op kDestroyRaces[] = {
    create(0, 0, 64, kNoMerge), create(1, 1, 64, kNoMerge), by(1, alloc(0, 0)), by(2, alloc(1, 1)),
    by(1, kfree_rcu(0)), by(2, kfree_rcu(1)), by(1, destroy(0)), by(2, destroy(1)),
    by(1, create(2, 0, 64, kNoMerge)), by(2, create(3, 0, 64, kNoMerge))};

struct Idiom {
  const char *name;
  const Op *steps;
  unsigned count;
};
template <unsigned N>
constexpr Idiom idiom(const char *name, const Op (&steps)[N]) {
  return {name, steps, N};
}
constexpr Idiom kIdioms[] = {
    idiom("destroy in flight", kDestroyInFlight),
    idiom("destroy after barrier", kDestroyAfterBarrier),
    idiom("recreate same name", kRecreateSameName),
    idiom("recreate after leak", kRecreateAfterLeak),
    idiom("publish, read, replace", kPublishReadReplace),
    idiom("replace by callback", kReplaceByCallback),
    idiom("reader across grace periods", kReaderAcrossGracePeriods),
    idiom("drain timer", kDrainTimer),
    idiom("bulk through sheaves", kBulkThroughSheaves),
    idiom("bulk destroy in flight", kBulkDestroyInFlight),
    idiom("remote free", kRemoteFree),
    idiom("shrink while others allocate", kShrinkWhileOthersAllocate),
    idiom("typesafe reader", kTypesafeReader),
    idiom("merged", kMerged),
    idiom("module unload", kModuleUnload),
    idiom("barrier on one cache", kBarrierOnOneCache),
    idiom("kmalloc", kKmalloc),
    idiom("destroy races", kDestroyRaces),
};
constexpr unsigned kIdiomCount = sizeof(kIdioms) / sizeof(kIdioms[0]);

// Where the idiom's operands lie in the program.
struct Place {
  unsigned thread, cache, slot, published, name;
};

Op placed(const Op &step, const Place &place, unsigned threads) {
  const OperationInfo &info = operation_info(step.code);
  Op op = step;
  op.thread = static_cast<uint8_t>((place.thread + step.thread) % threads);
  if (info.uses & kUsesCache) {
    op.cache = static_cast<uint8_t>((place.cache + step.cache) % kMaxCaches);
  }
  if (info.uses & kUsesPublished) {
    op.cache = static_cast<uint8_t>((place.published + step.cache) % kMaxPublished);
  }
  if (info.uses & kUsesSlot) op.slot = static_cast<uint8_t>((place.slot + step.slot) % kMaxSlots);
  if (info.uses & kUsesName) op.slot = static_cast<uint8_t>((place.name + step.slot) % kCacheNames);
  return op;
}

}  // namespace

unsigned idiom_count() { return kIdiomCount; }

const char *idiom_name(unsigned idiom) {
  assert(idiom < kIdiomCount);
  return kIdioms[idiom].name;
}

std::vector<Operation> draw_idiom(Random *random, unsigned idiom, unsigned threads, OpSet allowed) {
  assert(idiom < kIdiomCount && threads >= 1 && threads <= kMaxThreads);
  Place place;
  place.thread = random->below(threads);
  place.cache = random->skewed(kMaxCaches - 1);
  place.slot = random->below(kMaxSlots);
  place.published = random->skewed(kMaxPublished - 1);
  place.name = random->skewed(kCacheNames - 1);
  const bool exact = random->one_in(2);
  const uint16_t size = random->one_in(2) ? draw_object_size(random) : uint16_t{0};
  const uint8_t more_flags =
      random->one_in(4) ? static_cast<uint8_t>(1u << random->below(5)) : uint8_t{0};
  std::vector<Operation> out;
  for (unsigned i = 0; i < kIdioms[idiom].count; ++i) {
    Op op = placed(kIdioms[idiom].steps[i], place, threads);
    if (op.code == OpCode::kCacheCreate) {
      if (size != 0) op.arg = size;
      op.flags |= more_flags;
    }
    if (!exact && random->one_in(10)) continue;
    if (!exact && random->one_in(24)) op.fail_nth = static_cast<uint8_t>(random->between(1, 3));
    if (contains(allowed, op.code)) out.push_back(op);
  }
  return out;
}

}  // namespace slabbed::fuzz
