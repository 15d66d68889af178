// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// hash.cc - see hash.h. Fields are hashed one by one, never as memory, so padding and byte order
// play no part.
#include "conformance/trace/hash.h"

namespace slabbed::conf {

void Hash64::text(std::string_view text) {
  word(text.size());
  for (char c : text) word(static_cast<unsigned char>(c));
}

namespace {
// Two events differ in the hash if they differ in anything but address and stamp.
void add_event(const Trace &trace, const Event &event, const ObjectNames &names, Hash64 &hash) {
  hash.word(static_cast<uint64_t>(event.kind) | static_cast<uint64_t>(event.thread) << 8 |
            static_cast<uint64_t>(event.flags) << 16 | static_cast<uint64_t>(event.op) << 32);
  hash.word(event.cache);
  if (event.object != 0) {
    ObjectName name = names.of(event);
    hash.word(name.known ? static_cast<uint64_t>(name.op) << 32 | name.index : ~uint64_t{0});
  }
  hash.word(event.a);
  hash.word(event.b);
  if ((event.c | event.d) != 0) {
    hash.word(event.c);
    hash.word(event.d);
  }
  if (event.text != 0 && event.text <= trace.texts.size()) hash.text(trace.texts[event.text - 1]);
}
}  // namespace

void TraceHasher::add(const Trace &trace, Hash64 &hash) {
  names_.clear();
  for (const Event &event : trace.events) {
    names_.observe(event);
    add_event(trace, event, names_, hash);
    if (event.kind == EventKind::kEnd) break;
  }
  hash.word(trace.truncated_at);
}

uint64_t hash_trace(const Trace &trace) {
  TraceHasher hasher;
  Hash64 hash;
  hasher.add(trace, hash);
  return hash.value();
}

}  // namespace slabbed::conf
