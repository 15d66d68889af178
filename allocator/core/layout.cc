// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "core/layout.h"

#include "port/check.h"

namespace slabbed {
namespace {

unsigned fls(unsigned value) { return value ? 32 - __builtin_clz(value) : 0; }

unsigned order_for(unsigned bytes) {
  unsigned order = 0;
  while ((kPageBytes << order) < bytes) order++;
  return order;
}

// Smallest order >= min_order whose waste is at most 1/fraction; kMaxSlabOrder + 1 when none is.
unsigned order_with_waste(unsigned size, unsigned min_order, unsigned fraction) {
  unsigned order = min_order;
  for (; order <= kMaxSlabOrder; order++) {
    unsigned bytes = kPageBytes << order;
    if (bytes % size <= bytes / fraction) break;
  }
  return order;
}

// mm/slub.c calculate_order(): first give up on low waste (1/16, 1/8, 1/4), then on many objects.
unsigned calculate_order(unsigned size, unsigned nr_cpus) {
  unsigned min_objects = 4 * (fls(nr_cpus) + 1);
  unsigned max_objects = (kPageBytes << kMaxSlabOrder) / size;
  if (max_objects == 0) max_objects = 1;
  if (min_objects > max_objects) min_objects = max_objects;
  while (min_objects > 1) {
    for (unsigned fraction = 16; fraction >= 4; fraction /= 2) {
      unsigned min_order = order_for(min_objects * size);
      if (kPageBytes / size > kObjectsPerSlabMax) min_order = 0;
      unsigned order = order_with_waste(size, min_order, fraction);
      if (order <= kMaxSlabOrder) return order;
    }
    min_objects--;
  }
  return order_for(size);
}

}  // namespace

unsigned calculate_alignment(slab_flags_t flags, unsigned align, unsigned size) {
  if (flags & SLAB_HWCACHE_ALIGN) {
    unsigned line = kCacheLineBytes;
    while (size <= line / 2) line /= 2;
    if (line > align) align = line;
  }
  if (align < sizeof(void *)) align = sizeof(void *);
  return align_up(align, sizeof(void *));
}

bool calculate_layout(unsigned object_size, unsigned align, slab_flags_t flags, bool has_ctor,
                      unsigned nr_cpus, Layout *layout) {
  SLABBED_CHECK(object_size != 0);
  SLABBED_CHECK((align & (align - 1)) == 0);
  layout->object_size = object_size;
  layout->align = calculate_alignment(flags, align, object_size);
  unsigned size = align_up(object_size, sizeof(void *));
  layout->inuse = size;
  if ((flags & SLAB_TYPESAFE_BY_RCU) || has_ctor) {
    layout->offset = size;
    size += sizeof(void *);
  } else {
    layout->offset = (object_size / 2) & ~(unsigned)(sizeof(void *) - 1);
  }
  layout->track = 0;
  if (flags & SLAB_STORE_USER) {
    layout->track = size;
    size += 2 * kTrackBytes;
  }
  layout->size = align_up(size, layout->align);
  layout->order = calculate_order(layout->size, nr_cpus);
  layout->min_order = order_for(layout->size);
  layout->objects = (kPageBytes << layout->order) / layout->size;
  if (layout->objects > kObjectsPerSlabMax) layout->objects = kObjectsPerSlabMax;
  unsigned log2_size = fls(layout->size) - 1;
  layout->min_partial = log2_size / 2 < 5 ? 5 : log2_size / 2 > 10 ? 10 : log2_size / 2;
  return layout->order <= kMaxPageOrder && layout->objects != 0;
}

}  // namespace slabbed
