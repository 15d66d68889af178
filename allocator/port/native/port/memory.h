// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// memory.h - where pages and metadata come from, and who may refuse them; native world.
//
// region_reserve() and meta_alloc() themselves ask no fault injector: whoever makes a request asks
// should_fail() first, once, so that the n-th request of an operation is the same in both worlds.
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
// nullptr is ignored. `bytes` as asked for.
void meta_free(void *p, size_t bytes, const char *site = __builtin_FUNCTION());

// Whether this request must be refused. Native: only if a test's hook says so.
bool should_fail(Fault kind, const char *site = __builtin_FUNCTION());
// Native only. Set while no other thread allocates; nullptr removes it.
void set_fault_hook(bool (*hook)(Fault kind, void *context), void *context);

}  // namespace slabbed::port
#endif  // SLABBED_PORT_MEMORY_H
