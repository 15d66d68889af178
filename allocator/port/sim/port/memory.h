// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// memory.h - where pages and metadata come from, and who may refuse them; sim world.
//
// All of it lies in one region at a fixed address, handed out in an order that depends on the
// requests alone, so addresses repeat from run to run and report to report. Whatever a run leaves
// behind is gone at its end. region_reserve() and meta_alloc() ask no fault injector and do not
// yield: whoever makes a request asks should_fail() first, once, and that is the yield point.
#ifndef SLABBED_PORT_MEMORY_H
#define SLABBED_PORT_MEMORY_H

#include <cstddef>

namespace slabbed::port {

enum class Fault : unsigned char { kPage, kMeta };

// Zero-filled pages at a multiple of `align` (a power of two, at least the page size), or nullptr.
void *region_reserve(size_t bytes, size_t align, const char *site = __builtin_FUNCTION());
void region_release(void *p, size_t bytes, const char *site = __builtin_FUNCTION());

// 64-byte aligned and zero-filled, or nullptr.
void *meta_alloc(size_t bytes, const char *site = __builtin_FUNCTION());
namespace sim {
void meta_release(void *p, size_t bytes, const char *site);
}
// nullptr is ignored. `bytes` as asked for. The block ends up filled with 0x6b, and poisoned under
// ASan. The fill is here, in instrumented code, because to a sanitizer freeing must be a write.
inline void meta_free(void *p, size_t bytes, const char *site = __builtin_FUNCTION()) {
  if (!p) return;
  __builtin_memset(p, 0x6b, bytes);
  sim::meta_release(p, bytes, site);
}

// Whether this request must be refused: it is the fail_nth-th one of the current operation.
bool should_fail(Fault kind, const char *site = __builtin_FUNCTION());

}  // namespace slabbed::port
#endif  // SLABBED_PORT_MEMORY_H
