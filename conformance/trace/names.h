// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// names.h - what an object is called wherever an address must not appear: in hashes, reports and
// printed traces. An object is "operation that allocated it . index within that operation"; a slab
// is its number in order of creation. An address names what was last allocated there, also after
// it was freed, so that a late or double free can still be told.
#ifndef SLABBED_CONFORMANCE_TRACE_NAMES_H
#define SLABBED_CONFORMANCE_TRACE_NAMES_H

#include <cstddef>
#include <vector>

#include "conformance/trace/event.h"

namespace slabbed::conf {

struct ObjectName {
  uint32_t op = kNoOperation;  // slab: kNoOperation
  uint32_t index = 0;          // slab: its number
  bool known = false;
};

// Reused from run to run: clear() costs what the last run touched, not the capacity.
class ObjectNames {
 public:
  ObjectNames();
  void clear();
  // Call for every event in order, before asking for the event's own object.
  void observe(const Event &event);
  ObjectName object(uint64_t address) const { return find(address << 1); }
  ObjectName slab(uint64_t base) const { return find(base << 1 | 1); }
  // The name of event.object, by what the event is about.
  ObjectName of(const Event &event) const;

 private:
  // Keys are address * 2 (+ 1 for slabs, since a slab starts where its first object does).
  struct Entry { uint64_t key = 0; ObjectName name; };
  struct Count { uint32_t op = kNoOperation, next = 0; };
  ObjectName find(uint64_t key) const;
  void set(uint64_t key, ObjectName name);
  void grow();
  size_t slot_of(uint64_t key) const;

  std::vector<Entry> entries_;     // open addressing, power of two, at most half full, 0 = empty
  std::vector<uint32_t> used_;     // slots in use, for clear()
  std::vector<Count> per_thread_;  // running index within the thread's current operation
  uint32_t next_slab_ = 0;
};

}  // namespace slabbed::conf
#endif  // SLABBED_CONFORMANCE_TRACE_NAMES_H
