// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// sketch.cc - see sketch.h.
#include "fuzz/program/sketch.h"

#include <cassert>

#include "fuzz/program/operation_table.h"

namespace slabbed::fuzz {
namespace {

// How often each kind is drawn, in the order of OpCode. Allocation leads, so that there is
// something to free; what ends or blocks everything is rare.
constexpr uint8_t kWeights[] = {
    0,                  // nop
    6, 4, 3,            // create, destroy, shrink
    24, 8, 8, 5,        // alloc, free, bulk alloc, bulk free
    5, 3, 14, 2, 3,     // kmalloc, kfree, kfree_rcu, kfree_rcu_mightsleep, check
    8, 7, 3,            // publish, replace by kfree_rcu, replace by call_rcu
    7, 10, 8,           // read lock, read unlock, dereference
    2, 2, 3, 2,         // synchronize_rcu and the three barriers
    4, 1, 3};           // sleep, module unload, typesafe lookup
static_assert(sizeof(kWeights) == static_cast<size_t>(OpCode::kCount));

uint32_t low_bits(unsigned count) { return count >= 32 ? ~uint32_t{0} : (1u << count) - 1; }

// A member of `set`; now and then, or if the set is empty, any number below `count`.
uint8_t draw_member(Random *random, uint32_t set, unsigned count) {
  set &= low_bits(count);
  if (set == 0 || random->one_in(16)) return static_cast<uint8_t>(random->below(count));
  unsigned nth = random->below(static_cast<unsigned>(__builtin_popcount(set)));
  while (nth-- > 0) set &= set - 1;
  return static_cast<uint8_t>(__builtin_ctz(set));
}

uint16_t draw_count(Random *random) { return static_cast<uint16_t>(random->between(1, kMaxBulk)); }

bool fills_slot(OpCode code) {
  return code == OpCode::kAlloc || code == OpCode::kAllocBulk || code == OpCode::kKmalloc;
}

}  // namespace

OpSet draw_swarm(Random *random) {
  if (random->one_in(2)) return kAllOperations;
  OpSet set = kAllOperations;
  for (unsigned code = 0; code < static_cast<unsigned>(OpCode::kCount); ++code) {
    // Without creation nearly everything else would be off, too.
    if (static_cast<OpCode>(code) == OpCode::kCacheCreate) continue;
    if (random->one_in(4)) set &= ~(OpSet{1} << code);
  }
  return set;
}

uint16_t draw_object_size(Random *random) {
  constexpr uint16_t kSizes[] = {8, 16, 24, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096};
  constexpr unsigned kCount = sizeof(kSizes) / sizeof(kSizes[0]);
  // Around a size class on both sides, or anything at all.
  if (random->one_in(8)) return static_cast<uint16_t>(random->between(1, 4096));
  unsigned size = kSizes[random->one_in(3) ? random->below(kCount) : random->between(1, 6)];
  if (random->one_in(4)) size = random->one_in(2) ? size - 1 : size + 1;
  return static_cast<uint16_t>(size > 4096 ? 4096 : size);
}

uint16_t draw_jiffies(Random *random) {
  // 500 is the drain interval of kfree_rcu, at 100 jiffies a second.
  constexpr uint16_t kJiffies[] = {0, 1, 2, 10, 100, 499, 500, 501, 600, 1023};
  return kJiffies[random->below(sizeof(kJiffies) / sizeof(kJiffies[0]))];
}

Sketch::Sketch(const Program &program, size_t count) : threads_(program.threads) {
  assert(count <= program.operations.size());
  for (size_t i = 0; i < count; ++i) apply(program.operations[i]);
}

void Sketch::apply(const Operation &op) {
  const uint32_t cache = 1u << op.cache, slot = 1u << op.slot;
  uint8_t &depth = depth_[op.thread];
  switch (op.code) {
    case OpCode::kCacheCreate: caches_ |= cache; break;
    case OpCode::kCacheDestroy: caches_ &= ~cache; break;
    case OpCode::kAlloc: if (caches_ & cache) objects_ |= slot; break;
    case OpCode::kKmalloc: objects_ |= slot; break;
    case OpCode::kAllocBulk:
    case OpCode::kFreeBulk:
      for (unsigned i = 0; i < op.arg; ++i) {
        uint32_t bit = 1u << (op.slot + i) % kMaxSlots;
        if (op.code == OpCode::kFreeBulk) objects_ &= ~bit;
        else if (caches_ & cache) objects_ |= bit;
      }
      break;
    case OpCode::kFree: case OpCode::kKfree: case OpCode::kKfreeRcu:
    case OpCode::kKfreeRcuMightsleep:
      objects_ &= ~slot;
      break;
    case OpCode::kPublish:
      if ((objects_ & slot) && !(published_ & cache)) {
        published_ |= cache;
        objects_ &= ~slot;
      }
      break;
    case OpCode::kReplaceKfreeRcu: case OpCode::kReplaceCallRcu:
      published_ = objects_ & slot ? published_ | cache : published_ & ~cache;
      objects_ &= ~slot;
      break;
    case OpCode::kReadLock: if (depth < 255) ++depth; break;
    case OpCode::kReadUnlock: if (depth > 0) --depth; break;
    default: break;
  }
}

bool Sketch::has_effect(OpCode code, unsigned thread) const {
  const OperationInfo &info = operation_info(code);
  if ((info.uses & kMayBlock) && depth_[thread] > 0) return false;
  switch (code) {
    case OpCode::kNop: return false;
    case OpCode::kCacheCreate: return caches_ != low_bits(kMaxCaches);
    case OpCode::kKmalloc: return true;
    case OpCode::kReadLock: return depth_[thread] < 2;
    case OpCode::kReadUnlock: return depth_[thread] > 0;
    case OpCode::kDeref: return depth_[thread] > 0 && published_ != 0;
    case OpCode::kModuleUnload: return caches_ != low_bits(kMaxCaches);
    case OpCode::kReplaceKfreeRcu: case OpCode::kReplaceCallRcu: return published_ != 0;
    default: break;
  }
  if ((info.uses & kUsesCache) && caches_ == 0) return false;
  if ((info.uses & kUsesPublished) && code != OpCode::kPublish && published_ == 0) return false;
  return !(info.uses & kUsesSlot) || fills_slot(code) || objects_ != 0;
}

Operation Sketch::draw(Random *random, OpSet allowed) const {
  Operation op;
  op.thread = static_cast<uint8_t>(random->below(threads_));
  unsigned total = 0;
  for (unsigned pass = 0, pick = 0; pass < 2; ++pass) {
    if (pass == 1) {
      if (total == 0) return op;
      pick = random->below(total);
    }
    for (unsigned i = 0; i < static_cast<unsigned>(OpCode::kCount); ++i) {
      OpCode code = static_cast<OpCode>(i);
      if (!contains(allowed, code) || !has_effect(code, op.thread)) continue;
      if (pass == 0) {
        total += kWeights[i];
      } else if (pick < kWeights[i]) {
        op.code = code;
        draw_operands(random, &op);
        return op;
      } else {
        pick -= kWeights[i];
      }
    }
  }
  return op;
}

Operation Sketch::redraw_operands(Random *random, const Operation &op) const {
  Operation drawn = op;
  draw_operands(random, &drawn);
  return drawn;
}

void Sketch::draw_operands(Random *random, Operation *op) const {
  const OperationInfo &info = operation_info(op->code);
  if (info.uses & kUsesCache) {
    bool wants_free = op->code == OpCode::kCacheCreate || op->code == OpCode::kModuleUnload;
    // Creation keeps to the first four places: programs that crowd together meet more often.
    if (wants_free) op->cache = draw_member(random, ~caches_, kMaxCaches / 2);
    else op->cache = draw_member(random, caches_, kMaxCaches);
  }
  if (info.uses & kUsesPublished) {
    bool wants_free = op->code == OpCode::kPublish;
    op->cache = wants_free ? draw_member(random, ~published_, kMaxPublished / 2)
                           : draw_member(random, published_, kMaxPublished);
  }
  if (info.uses & kUsesName) op->slot = static_cast<uint8_t>(random->skewed(kCacheNames - 1));
  if (info.uses & kUsesSlot) {
    op->slot = draw_member(random, fills_slot(op->code) ? ~objects_ : objects_, kMaxSlots);
  }
  if (info.uses & kUsesArg) {
    if (op->code == OpCode::kSleep) op->arg = draw_jiffies(random);
    else if (info.arg_max == kMaxBulk) op->arg = draw_count(random);
    else op->arg = draw_object_size(random);
  }
  if (info.flags) op->flags = static_cast<uint8_t>(random->next() & random->next() & info.flags);
}

}  // namespace slabbed::fuzz
