// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// content.h - what the bytes of an object hold, and who may look at which of them when.
//
//   ctor cache      [constructed 8][       pattern ...        ][rcu_head 16]
//   typesafe cache  [constructed 8, if ctor][key 8][ pattern ...           ]
//   anything else   [              pattern ...                ][rcu_head 16]
//
// Every pattern word is computed from the object's tag and its place, so a word of another object,
// of an earlier owner or of the allocator (freelist pointer, rcu_head of another) is never right.
//   * The owner checks everything: after the allocation nobody else may write there.
//   * A reader checks everything in front of the rcu_head: kfree_rcu() may already be using that.
//   * A reader of a type-stable object checks the key only, by atomic accesses: the object may be
//     freed and owned anew at any moment, but it stays an object of that cache, so the key must be
//     the tag of some object that lived at this very address in this very cache.
//   * The constructed word is written by the ctor and by nobody else, whoever owns the object.
#ifndef SLABBED_FUZZ_EXEC_CONTENT_H
#define SLABBED_FUZZ_EXEC_CONTENT_H

#include <cstddef>
#include <cstdint>

#include "fuzz/exec/run_state.h"

namespace slabbed::fuzz {

bool is_zero(const void *object, size_t bytes);

// Writes the owner's pattern; the constructed word stays as it is.
void fill_content(const ObjectRecord &record);
bool owner_content_intact(const ObjectRecord &record);
bool reader_content_intact(const RunState &state, const ObjectRecord &record);

// What a constructor writes, and whether it is still there.
void construct(void *object, size_t bytes);
bool is_constructed(const ObjectRecord &record);

// Where kfree_rcu() may keep its rcu_head while readers go on: the last 16 bytes, if the object is
// large enough to have other content as well. Null: only kfree_rcu_mightsleep() can free it.
rcu_head *head_inside(const ObjectRecord &record);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_CONTENT_H
