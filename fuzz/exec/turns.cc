// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// turns.cc - see turns.h.
#include "fuzz/exec/turns.h"

#include "fuzz/program/operation_table.h"

namespace slabbed::fuzz {
namespace {

bool changes_cache(OpCode code) {
  return code == OpCode::kCacheCreate || code == OpCode::kCacheDestroy ||
         code == OpCode::kModuleUnload;
}

bool fills_slots(OpCode code) {
  return code == OpCode::kAlloc || code == OpCode::kAllocBulk || code == OpCode::kKmalloc;
}

unsigned slot_count(const Operation &operation) {
  if ((operation_info(operation.code).uses & kUsesSlot) == 0) return 0;
  bool bulk = operation.code == OpCode::kAllocBulk || operation.code == OpCode::kFreeBulk;
  return bulk ? operation.arg : 1;
}

}  // namespace

// Calls visit(place, changes) for each place that the operation names, in a fixed order.
template <class Visit>
void Turns::for_each_place(const Operation &operation, uint32_t index, Visit visit) const {
  unsigned slots = slot_count(operation);
  for (unsigned i = 0; i < slots; ++i) {
    visit((operation.slot + i) % kMaxSlots, true);
    if (cache_of_[index][i] != kNoCache) visit(kMaxSlots + cache_of_[index][i], false);
  }
  if (operation_info(operation.code).uses & kUsesCache) {
    visit(kMaxSlots + operation.cache, changes_cache(operation.code));
  }
}

void Turns::begin(const Program &program) {
  Need seen[kPlaces] = {};
  uint8_t last_cache[kMaxSlots];
  for (uint8_t &cache : last_cache) cache = kNoCache;
  for (uint32_t i = 0; i < program.operations.size(); ++i) {
    const Operation &operation = program.operations[i];
    bool fills = fills_slots(operation.code);
    unsigned slots = slot_count(operation);
    for (unsigned k = 0; k < slots; ++k) {
      uint8_t &last = last_cache[(operation.slot + k) % kMaxSlots];
      cache_of_[i][k] = fills ? kNoCache : last;
      if (fills) last = operation.code == OpCode::kKmalloc ? kNoCache : operation.cache;
    }
    unsigned n = 0;
    for_each_place(operation, i, [&](unsigned place, bool changes) {
      need_[i][n++] = seen[place];
      ++seen[place].all;
      if (changes) ++seen[place].changes;
    });
  }
  for (Place &place : places_) {
    place.all.store(0);
    place.changes.store(0);
  }
}

bool Turns::has_come(const Operation &operation, uint32_t index) const {
  bool come = true;
  unsigned n = 0;
  for_each_place(operation, index, [&](unsigned place, bool changes) {
    const Need &need = need_[index][n++];
    come = come && (changes ? places_[place].all.load() >= need.all
                            : places_[place].changes.load() >= need.changes);
  });
  return come;
}

void Turns::over(const Operation &operation, uint32_t index) {
  for_each_place(operation, index, [&](unsigned place, bool changes) {
    places_[place].all.add(1);
    if (changes) places_[place].changes.add(1);
  });
}

}  // namespace slabbed::fuzz
