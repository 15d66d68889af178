// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// slot.h - which part of each cache belongs to the calling thread; native world.
//
// Slots are process-wide: a thread has the same one in every System. Slot 0 belongs to no thread.
// A thread acquires its slot at the first this_slot() and gives it back when it exits:
//
//   none --this_slot()--> owner --destructor of our TLS key--> gone (slot 0, for good)
//   none --this_slot(), all taken--> none (asks again the next time)
//
// C++ thread_local destructors run before the hand-back; destructors of other pthread keys may run
// after it, and what they free takes the locked slow path of slot 0.
//
// Locks: slot_users -> whatever thread_exit() takes. No lock that a thread_exit() takes may be held
// in slot_user_add/remove. Taking a slot takes no lock.
#ifndef SLABBED_PORT_SLOT_H
#define SLABBED_PORT_SLOT_H

#include <slabbed/port.h>

namespace slabbed::port {

inline constexpr unsigned kMaxSlots = 64;  // slot 0 included
inline constexpr size_t slot_stride = SLABBED_PCS_BYTES;

// One more than the highest slot a thread may have.
constexpr unsigned slot_count() { return kMaxSlots; }

// The calling thread's slot; 0 if it has none and cannot get one.
unsigned this_slot(const char *site = __builtin_FUNCTION());

// Whether a thread owns the slot now (or, in a forked child's ForkUser::child, did in the parent).
bool slot_in_use(unsigned slot);

// Told on the leaving thread, before the slot can have another owner. The thread is already on
// slot 0, so whatever it frees in the call goes through the slow path and cannot refill its sheaf.
struct SlotUser {
  void (*thread_exit)(SlotUser *self, unsigned slot);
  SlotUser *next = nullptr;  // slot_users lock
};

void slot_user_add(SlotUser *user);
// When it returns, no thread is inside user->thread_exit() and none will enter it.
void slot_user_remove(SlotUser *user);

}  // namespace slabbed::port
#endif  // SLABBED_PORT_SLOT_H
