// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// operation_table.cc - see operation_table.h.
#include "fuzz/program/operation_table.h"

#include <cassert>

namespace slabbed::fuzz {
namespace {

constexpr unsigned kAllCacheFlags = kTypesafe | kStoreUser | kNoMerge | kHwcacheAlign | kCtor;

// In the order of OpCode.
constexpr OperationInfo kTable[] = {
    {"nop()", nullptr, 0, 0, 0, 0},
    {"%c = kmem_cache_create(%n, %d%f)", nullptr, kUsesCache | kUsesName | kUsesArg | kMayBlock,
     kAllCacheFlags, 1, 4096},
    {"kmem_cache_destroy(%c)", nullptr, kUsesCache | kMayBlock, 0, 0, 0},
    {"kmem_cache_shrink(%c)", nullptr, kUsesCache | kMayBlock, 0, 0, 0},
    {"%o = kmem_cache_alloc(%c)", "%o = kmem_cache_zalloc(%c)", kUsesCache | kUsesSlot,
     kZeroedAlloc, 0, 0},
    {"kmem_cache_free(%o)", nullptr, kUsesSlot, 0, 0, 0},
    {"kmem_cache_alloc_bulk(%c, %d, %o)", nullptr, kUsesCache | kUsesSlot | kUsesArg, 0, 1,
     kMaxBulk},
    {"kmem_cache_free_bulk(%d, %o)", nullptr, kUsesSlot | kUsesArg, 0, 1, kMaxBulk},
    {"%o = kmalloc(%d)", "%o = kzalloc(%d)", kUsesSlot | kUsesArg, kZeroedAlloc, 0, 16384},
    {"kfree(%o)", nullptr, kUsesSlot, 0, 0, 0},
    {"kfree_rcu(%o)", nullptr, kUsesSlot, 0, 0, 0},
    {"kfree_rcu_mightsleep(%o)", nullptr, kUsesSlot | kMayBlock, 0, 0, 0},
    {"check(%o)", nullptr, kUsesSlot, 0, 0, 0},
    {"rcu_assign_pointer(%p, %o)", nullptr, kUsesPublished | kUsesSlot, 0, 0, 0},
    {"kfree_rcu(rcu_replace_pointer(%p, %o))", nullptr, kUsesPublished | kUsesSlot, 0, 0, 0},
    {"call_rcu(rcu_replace_pointer(%p, %o))", nullptr, kUsesPublished | kUsesSlot, 0, 0, 0},
    {"rcu_read_lock()", nullptr, 0, 0, 0, 0},
    {"rcu_read_unlock()", nullptr, 0, 0, 0, 0},
    {"rcu_dereference(%p)", nullptr, kUsesPublished, 0, 0, 0},
    {"synchronize_rcu()", nullptr, kMayBlock, 0, 0, 0},
    {"rcu_barrier()", nullptr, kMayBlock, 0, 0, 0},
    {"kvfree_rcu_barrier()", nullptr, kMayBlock, 0, 0, 0},
    {"kvfree_rcu_barrier_on_cache(%c)", nullptr, kUsesCache | kMayBlock, 0, 0, 0},
    {"schedule_timeout(%d)", nullptr, kUsesArg | kMayBlock, 0, 0, 1023},
    {"module_unload(%c)", nullptr, kUsesCache, 0, 0, 0},
    {"typesafe_lookup(%p)", nullptr, kUsesPublished, 0, 0, 0},
};
static_assert(sizeof(kTable) / sizeof(kTable[0]) == static_cast<size_t>(OpCode::kCount));

}  // namespace

const OperationInfo &operation_info(OpCode code) {
  assert(code < OpCode::kCount);
  return kTable[static_cast<unsigned>(code)];
}

}  // namespace slabbed::fuzz
