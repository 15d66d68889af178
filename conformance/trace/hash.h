// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// hash.h - one number for what a run did: equal in every build of one commit, on every machine.
//
// It covers every event of the trace up to kEnd - operations with their results, objects by name
// (names.h), readers, grace periods, batches, slabs, caches, report lines - and the verdict, which
// the caller adds. It contains no address, no stamp and no stack; yield points are no events.
#ifndef SLABBED_CONFORMANCE_TRACE_HASH_H
#define SLABBED_CONFORMANCE_TRACE_HASH_H

#include <string_view>

#include "conformance/trace/event.h"
#include "conformance/trace/names.h"

namespace slabbed::conf {

// A 64-bit FNV-1a that takes words instead of bytes, with a fold so that high bits reach low ones.
class Hash64 {
 public:
  void word(uint64_t w) {
    value_ = (value_ ^ w) * 0x100000001b3u;
    value_ ^= value_ >> 29;
  }
  void text(std::string_view text);
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xcbf29ce484222325u;
};

class TraceHasher {
 public:
  // Adds the trace to `hash`; the buffers inside are reused.
  void add(const Trace &trace, Hash64 &hash);

 private:
  ObjectNames names_;
};

// The events only; a run's hash adds the verdict (judge.h run_hash()).
uint64_t hash_trace(const Trace &trace);

}  // namespace slabbed::conf
#endif  // SLABBED_CONFORMANCE_TRACE_HASH_H
