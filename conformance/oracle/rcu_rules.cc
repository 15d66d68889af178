// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// rcu_rules.cc - what a grace period is for. The events of a release stand before the call, so a
// reader that was open there was open at the call; a grace period that started after the event may
// have started before the call, which makes these rules a little too lenient, never too strict.
#include "conformance/oracle/rules.h"

namespace slabbed::conf {

namespace {
// The pending object that the event takes away from its readers, or null: a kReclaimed of it, or an
// allocation that lands on it.
const Object *taken_away(const Model &m, const Event &e) {
  const Object *object = e.kind == EventKind::kAlloc
                             ? m.held_overlapping(e.object, e.object + (e.a != 0 ? e.a : 1))
                             : m.held_at(e.object);
  return object != nullptr && object->state == ObjectState::kPending ? object : nullptr;
}

const char *what_happens(const Event &e) {
  return e.kind == EventKind::kAlloc ? " is handed out again" : " is reclaimed";
}
}  // namespace

bool rcu_too_early(const Model &m, const Event &e, Why &why) {
  const Object *object = taken_away(m, e);
  if (object == nullptr) return false;
  const Reader *reader = m.reader_older_than(object->release_at);
  bool whole_gp = m.ended_gp_start() > object->release_at;
  if (!whole_gp && m.gp_ended_at() > object->release_at) return false;  // RCU-3
  if (whole_gp && reader == nullptr) return false;
  if (reader != nullptr) {
    return why(*object, what_happens(e), " while ", *reader,
               ", open since before its kfree_rcu(), "
               "has not closed.");
  }
  return why(*object, what_happens(e), " without any grace period after its kfree_rcu().");
}

bool rcu_old_grace_period(const Model &m, const Event &e, Why &why) {
  const Object *object = taken_away(m, e);
  if (object == nullptr || m.ended_gp_start() > object->release_at) return false;
  if (m.gp_ended_at() < object->release_at) return false;  // RCU-1
  const Reader *reader = m.reader_older_than(object->release_at);
  if (reader == nullptr) {
    return why(*object, what_happens(e),
               " after a grace period that began before its kfree_rcu().");
  }
  return why(*object, what_happens(e), " after a grace period that began before its kfree_rcu(); ",
             *reader, " is still open.");
}

bool rcu_content_kept(const Model &m, const Event &e, Why &why) {
  const Object *object = m.held_at(e.object);
  if (e.kind == EventKind::kRead) {
    if (e.b != 0 || (e.flags & kTypesafe) != 0) return false;
    if (object == nullptr) return why("Reader section ", e.a, " finds a published object changed.");
    return why("Reader section ", e.a, " finds ", *object, " changed after it was published.");
  }
  bool pending = object != nullptr && object->state == ObjectState::kPending;
  if (!pending || e.a != 0 || (e.flags & (kZeroed | kConstructed)) != 0) return false;
  return why("The content of ", *object, " changed while it waits for kfree_rcu().");
}

bool rcu_callback_too_early(const Model &m, const Event &e, Why &why) {
  const Object *object = m.held_at(e.object);
  if (object == nullptr || object->state != ObjectState::kCallRcu) return false;
  const Reader *reader = m.reader_older_than(object->release_at);
  if (reader != nullptr) {
    return why("The callback that frees ", *object, " runs while ", *reader,
               ", open since before call_rcu(), has not closed.");
  }
  if (m.ended_gp_start() > object->release_at) return false;
  return why("The callback that frees ", *object, " runs without a grace period after call_rcu().");
}

bool rcu_synchronize_waits(const Model &m, const Event &e, Why &why) {
  const ThreadState &thread = m.thread(e.thread);
  if (e.a != kOpSynchronizeRcu || !thread.in_operation) return false;
  const Reader *reader = m.reader_older_than(thread.invoke_at);
  if (reader == nullptr) return false;
  return why("synchronize_rcu() returned, but ", *reader,
             ", open since before it was called, "
             "has not closed.");
}

bool rcu_barrier_waits(const Model &m, const Event &e, Why &why) {
  const ThreadState &thread = m.thread(e.thread);
  if (e.a != kOpRcuBarrier || !thread.in_operation) return false;
  const Object *object = m.find_held([&](const Object &held) {
    return held.state == ObjectState::kCallRcu && held.returned_at < thread.invoke_at;
  });
  if (object == nullptr) return false;
  return why("rcu_barrier() returned, but the callback that frees ", *object,
             ", queued before it was called, has not run.");
}

}  // namespace slabbed::conf
