// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// notes.cc - one more pass with the model, with other questions.
#include "conformance/oracle/notes.h"

#include "conformance/oracle/model.h"

namespace slabbed::conf {

namespace {
std::string describe(const Object &object) {
  return "object " + std::to_string(object.index) + " of operation " + std::to_string(object.op);
}

// Late means that destroy had returned: before that, both orders are possible.
bool destroyed(const Model &model, uint32_t cache, const std::vector<At> &destroy_returned) {
  return model.cache(cache).dying() && cache < destroy_returned.size() &&
         destroy_returned[cache] != 0;
}

std::string late_use(const Model &model, const Event &event, const std::vector<At> &returned) {
  if (event.kind == EventKind::kAlloc) {
    if (!destroyed(model, event.cache, returned)) return {};
    return "Late allocation: cache " + model.name(event.cache) + " had been destroyed.";
  }
  const Object *object = model.held_at(event.object);
  if (object == nullptr || !destroyed(model, object->cache, returned)) return {};
  // A callback frees what was handed over in time.
  if (object->state == ObjectState::kCallRcu) return {};
  return "Late " + std::string(event.kind == EventKind::kKfreeRcu ? "kfree_rcu()" : "free") +
         " of " + describe(*object) + ": cache " + model.name(object->cache) +
         " had been destroyed.";
}

std::string leak(const Model &model, const Event &event) {
  const Object *object = model.last_at(event.object);
  if (object == nullptr) return {};
  return "Leaked: " + describe(*object) + ", cache " + model.name(event.cache) + ".";
}
}  // namespace

std::vector<Note> notes_on(const Trace &trace) {
  std::vector<Note> notes;
  if (!trace.sim) return notes;
  Model model;
  model.begin(trace);
  std::vector<At> destroy_returned;  // by cache
  for (size_t i = 0; i < trace.events.size(); ++i) {
    const Event &event = trace.events[i];
    if (event.kind == EventKind::kEnd) break;
    model.advance();
    std::string text;
    switch (event.kind) {
      case EventKind::kAlloc:
      case EventKind::kFree:
      case EventKind::kKfreeRcu:
      case EventKind::kCallRcuFree:
        text = late_use(model, event, destroy_returned);
        break;
      case EventKind::kLeakedObject:
        text = leak(model, event);
        break;
      case EventKind::kReturn: {
        uint32_t cache = model.thread(event.thread).dying_cache;
        if (event.a != kOpDestroy || cache == 0) break;
        if (cache >= destroy_returned.size()) destroy_returned.resize(cache + 1);
        destroy_returned[cache] = model.now();
        break;
      }
      default:
        break;
    }
    if (!text.empty()) notes.push_back({i, std::move(text)});
    model.apply(event);
  }
  return notes;
}

}  // namespace slabbed::conf
