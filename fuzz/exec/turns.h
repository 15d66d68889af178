// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// turns.h - operations that name the same place take turns, in the order of the program's list.
//
// A correct program does not free what another thread has yet to allocate: it waits until the
// pointer has been handed over. So an operation begins only when the operations before it in the
// list that name the same slot are over; for a cache, creating, destroying and unloading wait for
// everything before them, and what merely uses it waits for those. Whatever the schedule, a program
// therefore does the same things to the same objects, and the schedule decides only what it should:
// what runs at the same time. Published pointers take no turns: that readers race with updaters is
// their point.
//
// Each operation that waits, waits for earlier ones only, so waiting never goes in a circle. Inside
// a reader nothing may wait; there an operation whose turn has not come does nothing.
#ifndef SLABBED_FUZZ_EXEC_TURNS_H
#define SLABBED_FUZZ_EXEC_TURNS_H

#include <cstdint>

#include "fuzz/program/program.h"
#include "world.h"

namespace slabbed::fuzz {

class Turns {
 public:
  // Reads the whole list; everything else is a look at counters.
  void begin(const Program &program);
  bool has_come(const Operation &operation, uint32_t index) const;
  // The operation is over, whether or not it did anything.
  void over(const Operation &operation, uint32_t index);

 private:
  static constexpr unsigned kPlaces = kMaxSlots + kMaxCaches;
  // What has to be over before an operation's turn: for those that change the place, all operations
  // before it; for those that use it, all that change it.
  struct Need {
    uint16_t all, changes;
  };
  struct Place {
    Shared<uint32_t> all, changes;  // over so far
  };

  static constexpr uint8_t kNoCache = 0xff;

  template <class Visit>
  void for_each_place(const Operation &operation, uint32_t index, Visit visit) const;

  Place places_[kPlaces];
  Need need_[kMaxOperations][2 * kMaxBulk + 1];  // by operation and its n-th place
  uint8_t cache_of_[kMaxOperations][kMaxBulk];   // by operation and its n-th slot: what is there
};

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_TURNS_H
