// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// fork.h - how a System survives fork(); native world.
//
// fork() copies one thread and all memory, page by page, while the other threads run on. What they
// were changing at that moment is torn in the child. So a System stops every change first:
//
//   prepare  take all locks of the System, in lock order, and revoke every slot's sheaves, so that
//            no fast path runs while memory is copied
//   parent   release the locks
//   child    release the locks; flush the slots of the threads that are no more (slot_in_use(), and
//            not this_slot()); start the workers again. Afterwards the port frees these slots.
//
// The port itself takes care that no thread is inside liburcu through port::Rcu at the moment of
// the fork. Therefore: no lock taken in prepare() may be held across Rcu::synchronize() or
// Rcu::barrier(), and fork() must not be called inside a reader (liburcu's own rule).
//
// Lock order: fork_users -> slot_users -> (prepare) the System's locks -> the port's leaves.
#ifndef SLABBED_PORT_FORK_H
#define SLABBED_PORT_FORK_H

namespace slabbed::port {

struct ForkUser {
  void (*prepare)(ForkUser *self);  // the last one added is called first
  void (*parent)(ForkUser *self);   // the first one added is called first
  void (*child)(ForkUser *self);    // likewise
  ForkUser *next = nullptr;         // fork_users lock
};

void fork_user_add(ForkUser *user);
// Must not be called from the hooks.
void fork_user_remove(ForkUser *user);

}  // namespace slabbed::port
#endif  // SLABBED_PORT_FORK_H
