// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// free.h - giving an object back: what every way of freeing has in common.
#ifndef SLABBED_FUZZ_EXEC_FREE_H
#define SLABBED_FUZZ_EXEC_FREE_H

#include "fuzz/exec/cache_use.h"

namespace slabbed::fuzz {

// The right to free objects of one cache (null: kmalloc) while it lasts. It is refused when the
// cache was destroyed: its objects are given up, since freeing them now would be a misuse.
class FreeScope {
 public:
  FreeScope(Thread &thread, CacheRecord *cache) : use_(thread, cache), kmalloc_(cache == nullptr) {}
  explicit operator bool() const { return kmalloc_ || use_; }

 private:
  CacheUse use_;
  bool kmalloc_;
};

// Looks at the content for the last time and records that the object is given back by `kind`.
void note_release(Thread &thread, const ObjectRecord *record, conf::EventKind kind);

// Frees an object that `thread` owns with the call that fits it: kmem_cache_free() or kfree().
void free_now(Thread &thread, ObjectRecord *record);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_FREE_H
