// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// names.cc - a flat table; nothing ever iterates it in key order, so addresses cannot leak into
// any result.
#include "conformance/trace/names.h"

namespace slabbed::conf {

namespace {
constexpr size_t kFirstCapacity = 256;
}  // namespace

ObjectNames::ObjectNames() : entries_(kFirstCapacity), per_thread_(256) {}

void ObjectNames::clear() {
  for (uint32_t slot : used_) entries_[slot] = Entry{};
  used_.clear();
  per_thread_.assign(per_thread_.size(), Count{});
  next_slab_ = 0;
}

void ObjectNames::observe(const Event &event) {
  if (event.kind == EventKind::kAlloc) {
    Count &count = per_thread_[event.thread];
    if (count.op != event.op) count = Count{event.op, 0};
    set(event.object << 1, ObjectName{event.op, count.next++, true});
  } else if (event.kind == EventKind::kSlabNew) {
    set(event.object << 1 | 1, ObjectName{kNoOperation, next_slab_++, true});
  }
}

ObjectName ObjectNames::of(const Event &event) const {
  bool about_slab = event.kind == EventKind::kSlabNew || event.kind == EventKind::kSlabFree;
  return about_slab ? slab(event.object) : object(event.object);
}

size_t ObjectNames::slot_of(uint64_t key) const {
  size_t mask = entries_.size() - 1;
  size_t slot = static_cast<size_t>((key * 0x9e3779b97f4a7c15u) >> 32) & mask;
  while (entries_[slot].key != 0 && entries_[slot].key != key) slot = (slot + 1) & mask;
  return slot;
}

ObjectName ObjectNames::find(uint64_t key) const {
  return key <= 1 ? ObjectName{} : entries_[slot_of(key)].name;
}

void ObjectNames::set(uint64_t key, ObjectName name) {
  if (key <= 1) return;  // no address
  size_t slot = slot_of(key);
  if (entries_[slot].key == 0) {
    if ((used_.size() + 1) * 2 > entries_.size()) {
      grow();
      slot = slot_of(key);
    }
    used_.push_back(static_cast<uint32_t>(slot));
  }
  entries_[slot] = Entry{key, name};
}

void ObjectNames::grow() {
  std::vector<Entry> old(entries_.size() * 2);
  old.swap(entries_);
  used_.clear();
  for (const Entry &entry : old) {
    if (entry.key == 0) continue;
    size_t slot = slot_of(entry.key);
    entries_[slot] = entry;
    used_.push_back(static_cast<uint32_t>(slot));
  }
}

}  // namespace slabbed::conf
