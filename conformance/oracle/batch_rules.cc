// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// batch_rules.cc - nothing that was kfree_rcu()d is lost or freed twice, and what the barriers
// promise (kernel-doc of kvfree_rcu_barrier(): it covers every call that happened before).
#include "conformance/oracle/rules.h"

namespace slabbed::conf {

bool batch_once(const Model &m, const Event &e, Why &why) {
  const Object *object = m.held_at(e.object);
  if (object != nullptr && object->state == ObjectState::kPending) return false;
  if (object != nullptr) return why(*object, " is reclaimed without having been kfree_rcu()d.");
  object = m.last_at(e.object);
  if (object != nullptr) return why(*object, " is reclaimed although it is free already.");
  return why("Something is reclaimed that is the start of no object.");
}

namespace {
// A pending object whose kfree_rcu() had returned before position `at`; cache 0: of any cache.
const Object *pending_since_before(const Model &m, At at, uint32_t cache) {
  return m.find_held([&](const Object &object) {
    return object.state == ObjectState::kPending && object.returned_at < at &&
           (cache == 0 || object.cache == cache);
  });
}
}  // namespace

bool batch_barrier(const Model &m, const Event &e, Why &why) {
  const Object *object = nullptr;
  if (e.kind == EventKind::kQuiescent) {
    if (e.a == kBarrier) object = pending_since_before(m, m.now(), 0);
  } else if (e.a == kOpKvfreeBarrier && m.thread(e.thread).in_operation) {
    object = pending_since_before(m, m.thread(e.thread).invoke_at, 0);
  }
  if (object == nullptr) return false;
  return why("kvfree_rcu_barrier() returned, but ", *object,
             ", kfree_rcu()d before it was called, has not been reclaimed.");
}

bool batch_barrier_on_cache(const Model &m, const Event &e, Why &why) {
  const ThreadState &thread = m.thread(e.thread);
  if (e.a != kOpBarrierOnCache || !thread.in_operation || thread.cache == 0) return false;
  const Object *object = pending_since_before(m, thread.invoke_at, thread.cache);
  if (object == nullptr) return false;
  return why("kvfree_rcu_barrier_on_cache() of cache ", m.name(thread.cache), " returned, but ",
             *object, ", kfree_rcu()d before it was called, has not been reclaimed.");
}

bool batch_drained(const Model &m, const Event &e, Why &why) {
  if (e.a != kDrained || !m.readers().empty()) return false;
  uint64_t drain = m.trace().drain_jiffies;
  const Object *object = m.find_held([&](const Object &held) {
    if (held.state != ObjectState::kPending || held.returned_at == kNever) return false;
    return !m.clock_known() || m.clock() - held.release_clock > drain;
  });
  if (object == nullptr) return false;
  return why("Nothing but time is left to run and the drain interval has passed, but ", *object,
             " still waits for its kfree_rcu().");
}

bool batch_accounts(const Model &m, const Event &e, Why &why) {
  if (e.kind == EventKind::kQuiescent) {
    if (e.a != kBarrier || m.batch_objects_queued() == m.batch_objects_freed()) return false;
    return why("After the barrier ", m.batch_objects_freed(),
               " objects were freed in batches, but ", m.batch_objects_queued(), " were queued.");
  }
  const Batch *batch = m.batch(e.a);
  if (e.kind == EventKind::kBatchQueued) {
    return batch != nullptr && why("Batch ", e.a, " is queued a second time.");
  }
  if (batch == nullptr) return why("Batch ", e.a, " is freed but was never queued.");
  if (batch->freed) return why("Batch ", e.a, " is freed a second time.");
  // A sum, not batch by batch: batches that wait together may be joined into one.
  if (m.batch_objects_freed() + e.b <= m.batch_objects_queued()) return false;
  return why("Batch ", e.a, " frees ", e.b, " objects, more than were ever queued.");
}

}  // namespace slabbed::conf
