// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// world.cc (sim) - the executor's side of a simulated run.
#include "world.h"

#include "trace_feed.h"

namespace slabbed::fuzz::world {

void note(conf::EventKind kind, unsigned thread, uint32_t op, const Note &what) {
  current_feed->note(kind, thread, op, what);
}

uint64_t reader_section(unsigned thread) { return current_feed->reader_section(thread); }
// The scheduler tells the feed itself.
void reader_opened(unsigned) {}
void reader_closing(unsigned) {}

uint32_t cache_number(const void *descriptor) { return current_feed->cache_number(descriptor); }

}  // namespace slabbed::fuzz::world
