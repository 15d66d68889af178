// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// slot.h - how an operation takes an object out of a slot and puts one in.
//
// A slot is empty, holds an object, or is claimed by an operation that is about to fill it. Whoever
// takes an object owns it: nobody else can free it or write to it until it is put somewhere again.
#ifndef SLABBED_FUZZ_EXEC_SLOT_H
#define SLABBED_FUZZ_EXEC_SLOT_H

#include "fuzz/exec/run_state.h"

namespace slabbed::fuzz {

using SlotEntry = Shared<ObjectRecord *>;

// False if the slot is not empty.
inline bool claim_slot(SlotEntry &slot) { return slot.claim(nullptr, &reserved_object); }

// Fills a claimed slot; null gives the claim back.
inline void put_object(SlotEntry &slot, ObjectRecord *record) {
  if (record != nullptr) world::release(record);  // pairs with the acquire in take_object()
  slot.store(record);
}

// Empties the slot, or leaves it claimed if the object will come back. Null if there is none.
inline ObjectRecord *take_object(SlotEntry &slot, ObjectRecord *leave = nullptr) {
  ObjectRecord *record = slot.load();
  if (record == nullptr || record == &reserved_object) return nullptr;
  if (!slot.claim(record, leave)) return nullptr;
  world::acquire(record);
  return record;
}
inline ObjectRecord *borrow_object(SlotEntry &slot) { return take_object(slot, &reserved_object); }

// kmalloc(0): a pointer that must not be followed, and that nothing but kfree() takes.
inline bool is_empty_object(const ObjectRecord *record) { return record->object == ZERO_SIZE_PTR; }

inline uint64_t address(const ObjectRecord *record) {
  return reinterpret_cast<uint64_t>(record->object);
}
inline uint32_t cache_number(const ObjectRecord *record) {
  return record->cache == nullptr ? 0 : record->cache->number;
}

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_SLOT_H
