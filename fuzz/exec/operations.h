// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// operations.h - what each operation of a program does, in terms of the public API and nothing
// else.
//
// World-independent: these files are compiled once against the simulated allocator and once against
// the native one. Programs come from random bytes, so every operation first makes sure that it is
// one a correct program could make, and otherwise does nothing:
//   * its operands exist (the slot holds an object, the entry holds a cache);
//   * nothing that may block runs inside a reader;
//   * a cache is destroyed only when no other thread is inside a call on it and no call_rcu()
//     callback will free into it; its remaining objects are given up, a leak and no misuse.
// What is left is legal, so every finding is the allocator's.
#ifndef SLABBED_FUZZ_EXEC_OPERATIONS_H
#define SLABBED_FUZZ_EXEC_OPERATIONS_H

#include "fuzz/exec/run_state.h"
#include "fuzz/exec/thread.h"

namespace slabbed::fuzz {

void perform(Thread &thread, const Operation &operation);

// cache_ops.cc
void create_cache(Thread &thread, const Operation &operation);
void destroy_cache(Thread &thread, const Operation &operation);
void shrink_cache(Thread &thread, const Operation &operation);
void barrier_on_cache(Thread &thread, const Operation &operation);
void unload_module(Thread &thread, const Operation &operation);

// object_ops.cc
void alloc_object(Thread &thread, const Operation &operation);
void alloc_bulk(Thread &thread, const Operation &operation);
void kmalloc_object(Thread &thread, const Operation &operation);
void free_object(Thread &thread, const Operation &operation);
void free_bulk(Thread &thread, const Operation &operation);
void check_object(Thread &thread, const Operation &operation);

// rcu_ops.cc
void kfree_rcu_object(Thread &thread, const Operation &operation);
void publish_object(Thread &thread, const Operation &operation);
void replace_object(Thread &thread, const Operation &operation);
void dereference(Thread &thread, const Operation &operation);
void synchronize(Thread &thread, const Operation &operation);
void sleep_for(Thread &thread, const Operation &operation);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_OPERATIONS_H
