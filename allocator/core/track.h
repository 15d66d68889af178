// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// track.h - who allocated and who freed an object, kept behind it by SLAB_STORE_USER caches
// (struct track of mm/slub.c; 32 bytes each, two per object).
#ifndef SLABBED_CORE_TRACK_H
#define SLABBED_CORE_TRACK_H

#include "core/cache.h"

namespace slabbed {

enum TrackItem : unsigned { kTrackAlloc, kTrackFree };

struct Track {
  const void *caller;   // return address into the caller; null: never happened
  StackHandle stack;
  uint32_t cpu;         // thread slot
  uint32_t pid;
  uint32_t reserved;
  uint64_t when;        // jiffies
};
static_assert(sizeof(Track) == kTrackBytes);

// `s` keeps tracks (layout.track != 0).
void track_set(kmem_cache *s, void *object, TrackItem item, const void *caller);
void track_clear(kmem_cache *s, void *object);
// "Allocated in ... age=... cpu=... pid=..." and "Freed in ...", each with its stack lines.
void track_print(kmem_cache *s, const void *object);

}  // namespace slabbed
#endif  // SLABBED_CORE_TRACK_H
