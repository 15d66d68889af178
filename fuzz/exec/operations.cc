// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// operations.cc - from opcode to function.
#include "fuzz/exec/operations.h"

#include "fuzz/program/operation_table.h"

namespace slabbed::fuzz {
void perform(Thread &thread, const Operation &operation) {
  if (thread.reading() && (operation_info(operation.code).uses & kMayBlock) != 0) return;
  switch (operation.code) {
    case OpCode::kCacheCreate: return create_cache(thread, operation);
    case OpCode::kCacheDestroy: return destroy_cache(thread, operation);
    case OpCode::kCacheShrink: return shrink_cache(thread, operation);
    case OpCode::kBarrierOnCache: return barrier_on_cache(thread, operation);
    case OpCode::kModuleUnload: return unload_module(thread, operation);
    case OpCode::kAlloc: return alloc_object(thread, operation);
    case OpCode::kAllocBulk: return alloc_bulk(thread, operation);
    case OpCode::kKmalloc: return kmalloc_object(thread, operation);
    case OpCode::kFree:
    case OpCode::kKfree: return free_object(thread, operation);
    case OpCode::kFreeBulk: return free_bulk(thread, operation);
    case OpCode::kCheck: return check_object(thread, operation);
    case OpCode::kKfreeRcu:
    case OpCode::kKfreeRcuMightsleep: return kfree_rcu_object(thread, operation);
    case OpCode::kPublish: return publish_object(thread, operation);
    case OpCode::kReplaceKfreeRcu:
    case OpCode::kReplaceCallRcu: return replace_object(thread, operation);
    case OpCode::kReadLock: return thread.read_lock();
    case OpCode::kReadUnlock: return thread.read_unlock();
    case OpCode::kDeref:
    case OpCode::kTypesafeLookup: return dereference(thread, operation);
    case OpCode::kSynchronizeRcu:
    case OpCode::kRcuBarrier:
    case OpCode::kKvfreeRcuBarrier: return synchronize(thread, operation);
    case OpCode::kSleep: return sleep_for(thread, operation);
    case OpCode::kNop:
    case OpCode::kCount: return;
  }
}

}  // namespace slabbed::fuzz
