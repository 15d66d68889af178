// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// free_rules.cc - what a free may be given, and what it must not take away from others.
#include "conformance/oracle/rules.h"

namespace slabbed::conf {

bool free_once(const Model &m, const Event &e, Why &why) {
  const Object *object = m.held_at(e.object);
  if (object != nullptr && object->state == ObjectState::kLive) return false;
  // A call_rcu callback frees what was handed to it.
  if (object != nullptr && object->state == ObjectState::kCallRcu && e.kind == EventKind::kFree) {
    return false;
  }
  if (object != nullptr) return why(*object, " is released a second time.");
  const Object *last = m.last_at(e.object);
  if (last != nullptr) return why(*last, " is released although it was freed before.");
  return why("Something is released that is the start of no object.");
}

bool free_slab_under_object(const Model &m, const Event &e, Why &why) {
  const Object *object = m.held_overlapping(e.object, e.object + (e.a != 0 ? e.a : 1));
  if (object == nullptr) return false;
  return why("A slab page goes back while ", *object, " on it is still held.");
}

}  // namespace slabbed::conf
