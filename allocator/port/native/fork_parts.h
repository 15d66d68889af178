// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// fork_parts.h - what each part of the port does around fork(); fork.cc puts them in order.
#ifndef SLABBED_PORT_NATIVE_FORK_PARTS_H
#define SLABBED_PORT_NATIVE_FORK_PARTS_H

#include <cstdint>

namespace slabbed::port {

// Registers the handlers with libc, once. Called by whatever would suffer from a fork without them.
void fork_handlers_install();
// 0 in the first process, one more in each child: tells what was inherited from what is one's own.
uint64_t fork_generation();

// barrier.cc: the lock of the slow kinds.
void barrier_before_fork();
void barrier_after_fork();

// slot.cc: no thread leaves its slot during a fork; the child forgets the slots of the others.
void slots_before_fork();
void slots_after_fork_parent();
void slots_after_fork_child();

// rcu.cc: callbacks pause before the Systems take the locks that callbacks may need; the gate
// closes when the Systems have come to rest. A thread that forks inside a reader waits for neither,
// as they may be waiting for it: its child must only exec().
void rcu_pause_callbacks();
void rcu_resume_callbacks_parent();
void rcu_resume_callbacks_child();
void rcu_gate_close();
void rcu_gate_open_parent();
void rcu_gate_open_child();

}  // namespace slabbed::port
#endif  // SLABBED_PORT_NATIVE_FORK_PARTS_H
