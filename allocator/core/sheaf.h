// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// sheaf.h - arrays of free objects, and the barn that keeps spare ones per node.
//
// A sheaf belongs to exactly one place at a time: a slot's main, spare or rcu_free, the barn, a
// batch on its way to the worker, or the code that is moving it. The barn keeps at most
// kBarnSheavesMax full and as many empty ones. Once `closed` (its cache is dying) it takes nothing
// more, so that an object whose grace period ends late goes straight to its slab.
#ifndef SLABBED_CORE_SHEAF_H
#define SLABBED_CORE_SHEAF_H

#include <slabbed/slab.h>

#include "port/mutex.h"

namespace slabbed {

inline constexpr unsigned kBarnSheavesMax = 10;

// Return: an empty sheaf of `capacity` objects, or nullptr without memory.
slabbed_sheaf *sheaf_alloc(kmem_cache *cache, unsigned capacity);
// `sheaf` must be empty.
void sheaf_free(slabbed_sheaf *sheaf);

struct Barn {
  port::Mutex lock{"barn"};
  slabbed_sheaf *full SLABBED_GUARDED_BY(lock) = nullptr;
  slabbed_sheaf *empty SLABBED_GUARDED_BY(lock) = nullptr;
  unsigned nr_full SLABBED_GUARDED_BY(lock) = 0;
  unsigned nr_empty SLABBED_GUARDED_BY(lock) = 0;
  bool closed SLABBED_GUARDED_BY(lock) = false;

  slabbed_sheaf *get_full();
  slabbed_sheaf *get_empty();
  // Return: false when closed or at the limit; the caller keeps the sheaf.
  bool put_full(slabbed_sheaf *sheaf);
  bool put_empty(slabbed_sheaf *sheaf);
  // Takes everything out, full and empty alike, as one list. With `close`, for good.
  slabbed_sheaf *drain(bool close);
  void reopen();
};

}  // namespace slabbed
#endif  // SLABBED_CORE_SHEAF_H
