// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// fault_rules.cc - what an operation may leave behind when memory was refused to it: nothing.
#include "conformance/oracle/rules.h"

namespace slabbed::conf {

bool fault_loses_nothing(const Model &m, const Event &e, Why &why) {
  if (!m.settled() || (e.flags & kAfterShrink) == 0 || !m.allocation_failed()) return false;
  if (e.cache == 0) return false;
  uint64_t held = m.held_in(e.cache);
  if (e.a <= held) return false;
  return why("An allocation failed, and after a shrink of cache ", m.name(e.cache), " ", e.a,
             " objects are in use, but ", held, " are held: the failure lost some.");
}

bool fault_never_fails(const Model &, const Event &e, Why &why) {
  if (e.b == 0) return false;
  const char *call = nullptr;
  switch (e.a) {
    case kOpFree:
      call = "A free";
      break;
    case kOpKfreeRcu:
      call = "kfree_rcu()";
      break;
    case kOpSynchronizeRcu:
      call = "synchronize_rcu()";
      break;
    case kOpRcuBarrier:
      call = "rcu_barrier()";
      break;
    case kOpKvfreeBarrier:
      call = "kvfree_rcu_barrier()";
      break;
    case kOpBarrierOnCache:
      call = "kvfree_rcu_barrier_on_cache()";
      break;
    default:
      return false;
  }
  return why(call, " failed, which it never may.");
}

bool fault_create_leaves_nothing(const Model &m, const Event &e, Why &why) {
  const ThreadState &thread = m.thread(e.thread);
  if (!thread.in_operation) return false;
  for (const Directory &directory : m.directories()) {
    if (!directory.present || directory.thread != e.thread) continue;
    if (directory.added_at <= thread.invoke_at) continue;
    return why("A failed create leaves directory ", m.text(directory.text), " behind.");
  }
  uint32_t number = thread.created_cache;
  if (number == 0 || m.cache(number).released()) return false;
  return why("A failed create leaves cache ", m.name(number), " behind.");
}

}  // namespace slabbed::conf
