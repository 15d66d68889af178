// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// cache_use.h - being inside a call on a cache: while it lasts, no other program thread destroys
// it.
#ifndef SLABBED_FUZZ_EXEC_CACHE_USE_H
#define SLABBED_FUZZ_EXEC_CACHE_USE_H

#include "fuzz/exec/thread.h"

namespace slabbed::fuzz {

class CacheUse {
 public:
  // Of the cache in table entry `index`; empty if there is none.
  CacheUse(Thread &thread, unsigned index)
      : CacheUse(thread, thread.state().caches[index].load()) {}
  // Of a record, which may be null, reserved or gone: then the use is empty.
  CacheUse(Thread &thread, CacheRecord *record) : user_(thread.number()) {
    if (record == nullptr || record == &reserved_cache) return;
    world::acquire(record);  // pairs with the release in create_cache()
    record->users[user_].add(1);
    if (record->gone.load()) {
      record->users[user_].add(0u - 1);
      return;
    }
    record_ = record;
  }
  ~CacheUse() {
    if (record_ == nullptr) return;
    // Pairs with the acquire in destroy_cache(): whoever destroys the cache has seen our last call.
    world::release(&record_->users[user_]);
    record_->users[user_].add(0u - 1);
  }
  CacheUse(const CacheUse &) = delete;
  CacheUse &operator=(const CacheUse &) = delete;

  explicit operator bool() const { return record_ != nullptr; }
  CacheRecord *operator->() const { return record_; }
  CacheRecord *record() const { return record_; }

 private:
  CacheRecord *record_ = nullptr;
  unsigned user_;
};

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_CACHE_USE_H
