// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// slot.h - which part of each cache belongs to the calling fiber; sim world.
//
// Slot 0 belongs to no fiber. A fiber acquires the lowest free slot at its first this_slot() and
// gives it back when it exits, after the SlotUsers have been told on the leaving fiber, which is on
// slot 0 by then. sched::Options::slots says how many there are in this run.
#ifndef SLABBED_PORT_SLOT_H
#define SLABBED_PORT_SLOT_H

#include <slabbed/port.h>

namespace slabbed::port {

inline constexpr unsigned kMaxSlots = 16;  // slot 0 included
inline constexpr size_t slot_stride = SLABBED_PCS_BYTES;

// One more than the highest slot a fiber may have. Constant during a run.
unsigned slot_count();

// The calling fiber's slot; 0 if it has none and cannot get one.
unsigned this_slot(const char *site = __builtin_FUNCTION());

bool slot_in_use(unsigned slot);

struct SlotUser {
  void (*thread_exit)(SlotUser *self, unsigned slot);
  SlotUser *next = nullptr;
};

void slot_user_add(SlotUser *user);
// When it returns, no fiber is inside user->thread_exit() and none will enter it.
void slot_user_remove(SlotUser *user);

}  // namespace slabbed::port
#endif  // SLABBED_PORT_SLOT_H
