// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// layout.h - SLUB's layout arithmetic: where things lie in one object and how many fit a slab.
//
//   [object_size ......][pad to inuse][free pointer?][track x2?][pad to align]
//   0                                 offset                     size = distance of two objects
//
// The free pointer lies inside a free object (offset = object_size / 2) unless the content of a
// free object matters: a constructor ran on it, or SLAB_TYPESAFE_BY_RCU readers may still look at
// it. Every number equals the kernel's for 64-bit and 4 KiB pages (mm/slub.c calculate_sizes(),
// calculate_order()).
#ifndef SLABBED_CORE_LAYOUT_H
#define SLABBED_CORE_LAYOUT_H

#include <slabbed/slab.h>

namespace slabbed {

inline constexpr unsigned kPageBytes = 4096;
inline constexpr unsigned kPageShift = 12;
inline constexpr unsigned kMaxSlabOrder = 3;      // slub_max_order
inline constexpr unsigned kMaxPageOrder = 9;      // largest block of the page allocator, 2 MiB
inline constexpr unsigned kObjectsPerSlabMax = 32767;
inline constexpr unsigned kCacheLineBytes = 64;
inline constexpr unsigned kTrackBytes = 32;       // sizeof(struct track)

struct Layout {
  unsigned object_size;  // bytes the user asked for
  unsigned inuse;        // bytes up to which the object is the user's
  unsigned offset;       // of the free pointer
  unsigned track;        // of the two tracks, 0 = none
  unsigned size;         // stride, includes all metadata
  unsigned align;
  unsigned order;        // pages of a slab = 1 << order
  unsigned min_order;    // smallest order one object fits; used when memory is short
  unsigned objects;      // in a slab of `order`
  unsigned min_partial;  // partial slabs from which on a node keeps no empty one
};

// Alignment the kernel gives a cache (calculate_alignment()).
unsigned calculate_alignment(slab_flags_t flags, unsigned align, unsigned size);

// Fills *layout. Return: false when no order can hold one object.
bool calculate_layout(unsigned object_size, unsigned align, slab_flags_t flags, bool has_ctor,
                      unsigned nr_cpus, Layout *layout);

inline unsigned align_up(unsigned value, unsigned align) {
  return (value + align - 1) & ~(align - 1);
}

}  // namespace slabbed
#endif  // SLABBED_CORE_LAYOUT_H
