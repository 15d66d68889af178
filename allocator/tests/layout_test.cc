// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// layout_test.cc - layout arithmetic against rows worked out by hand from the kernel's rules
// (mm/slub.c calculate_sizes(), calculate_order(); mm/slab_common.c calculate_alignment()).
#include "core/layout.h"

#include <gtest/gtest.h>

namespace slabbed {
namespace {

Layout layout_of(unsigned object_size, unsigned align = 0, slab_flags_t flags = 0,
                 bool has_ctor = false, unsigned nr_cpus = 2) {
  Layout layout{};
  EXPECT_TRUE(calculate_layout(object_size, align, flags, has_ctor, nr_cpus, &layout));
  return layout;
}

struct OrderRow {
  unsigned size, nr_cpus, order, objects;
};

class SlabOrder : public ::testing::TestWithParam<OrderRow> {};

// min_objects = 4 * (fls(nr_cpus) + 1): 8, 12, 16 and 32 for 1, 2, 4 and 64 CPUs.
TEST_P(SlabOrder, EqualsTheKernels) {
  const OrderRow &row = GetParam();
  Layout layout = layout_of(row.size, 0, 0, false, row.nr_cpus);
  EXPECT_EQ(layout.order, row.order);
  EXPECT_EQ(layout.objects, row.objects);
}

INSTANTIATE_TEST_SUITE_P(
    Kmalloc, SlabOrder,
    ::testing::Values(
        OrderRow{8, 1, 0, 512}, OrderRow{16, 1, 0, 256}, OrderRow{32, 1, 0, 128},
        OrderRow{64, 1, 0, 64}, OrderRow{96, 1, 0, 42}, OrderRow{128, 1, 0, 32},
        OrderRow{192, 1, 0, 21}, OrderRow{256, 1, 0, 16}, OrderRow{512, 1, 0, 8},
        OrderRow{1024, 1, 1, 8}, OrderRow{2048, 1, 2, 8}, OrderRow{4096, 1, 3, 8},
        OrderRow{8192, 1, 3, 4},
        OrderRow{8, 2, 0, 512}, OrderRow{96, 2, 0, 42}, OrderRow{192, 2, 0, 21},
        OrderRow{256, 2, 0, 16}, OrderRow{512, 2, 1, 16}, OrderRow{1024, 2, 2, 16},
        OrderRow{2048, 2, 3, 16}, OrderRow{4096, 2, 3, 8}, OrderRow{8192, 2, 3, 4},
        OrderRow{192, 4, 0, 21}, OrderRow{256, 4, 0, 16}, OrderRow{512, 4, 1, 16},
        OrderRow{1024, 4, 2, 16}, OrderRow{2048, 4, 3, 16}, OrderRow{4096, 4, 3, 8},
        OrderRow{96, 64, 0, 42}, OrderRow{128, 64, 0, 32}, OrderRow{192, 64, 1, 42},
        OrderRow{256, 64, 1, 32}, OrderRow{512, 64, 2, 32}, OrderRow{1024, 64, 3, 32},
        OrderRow{2048, 64, 3, 16}, OrderRow{4096, 64, 3, 8}, OrderRow{8192, 64, 3, 4}));

INSTANTIATE_TEST_SUITE_P(
    OddSizes, SlabOrder,
    ::testing::Values(
        OrderRow{704, 2, 2, 23},     // 16384 % 704 = 192, within a sixteenth
        OrderRow{1504, 2, 3, 21},    // 32768 % 1504 = 1184, within a sixteenth
        OrderRow{5000, 2, 3, 6},     // 32768 % 5000 = 2768: within an eighth
        OrderRow{7000, 2, 3, 4},     // 32768 % 7000 = 4768: within a quarter
        OrderRow{11000, 2, 2, 1},    // 10768 wasted at order 3: give up on two objects
        OrderRow{32768, 2, 3, 1},    // exactly one
        OrderRow{33000, 2, 4, 1},    // beyond slub_max_order: whatever holds one object
        OrderRow{2u << 20, 2, 9, 1}  // KMALLOC_MAX_SIZE
        ));

TEST(Layout, FreePointerLiesInsideAPlainObject) {
  struct { unsigned object_size, inuse, offset, size; } rows[] = {
      {1, 8, 0, 8},    {8, 8, 0, 8},     {12, 16, 0, 16},   {16, 16, 8, 16},
      {24, 24, 8, 24}, {64, 64, 32, 64}, {100, 104, 48, 104}};
  for (const auto &row : rows) {
    Layout layout = layout_of(row.object_size);
    EXPECT_EQ(layout.object_size, row.object_size);
    EXPECT_EQ(layout.inuse, row.inuse) << row.object_size;
    EXPECT_EQ(layout.offset, row.offset) << row.object_size;
    EXPECT_EQ(layout.size, row.size) << row.object_size;
    EXPECT_EQ(layout.track, 0u);
    EXPECT_EQ(layout.align, 8u);
  }
}

TEST(Layout, TypesafeObjectOf64KeepsItsFreePointerOutside) {
  Layout layout = layout_of(64, 0, SLAB_TYPESAFE_BY_RCU);
  EXPECT_EQ(layout.inuse, 64u);
  EXPECT_EQ(layout.offset, 64u);
  EXPECT_EQ(layout.size, 72u);
  EXPECT_EQ(layout.objects, 56u);
}

TEST(Layout, ConstructedObjectKeepsItsFreePointerOutside) {
  Layout layout = layout_of(64, 0, 0, true);
  EXPECT_EQ(layout.offset, 64u);
  EXPECT_EQ(layout.size, 72u);
}

TEST(Layout, TwoTracksOf32BytesFollowTheObject) {
  Layout plain = layout_of(64, 0, SLAB_STORE_USER);
  EXPECT_EQ(plain.offset, 32u);
  EXPECT_EQ(plain.track, 64u);
  EXPECT_EQ(plain.size, 128u);
  EXPECT_EQ(plain.objects, 32u);
  Layout typesafe = layout_of(64, 0, SLAB_STORE_USER | SLAB_TYPESAFE_BY_RCU);
  EXPECT_EQ(typesafe.offset, 64u);
  EXPECT_EQ(typesafe.track, 72u);
  EXPECT_EQ(typesafe.size, 136u);
}

TEST(Layout, CacheLineAlignmentShrinksForSmallObjects) {
  struct { unsigned object_size, align; } rows[] = {
      {1, 8}, {8, 8}, {9, 16}, {16, 16}, {17, 32}, {32, 32}, {33, 64}, {64, 64}, {100, 64}};
  for (const auto &row : rows) {
    Layout layout = layout_of(row.object_size, 0, SLAB_HWCACHE_ALIGN);
    EXPECT_EQ(layout.align, row.align) << row.object_size;
    EXPECT_EQ(layout.size % row.align, 0u) << row.object_size;
  }
  EXPECT_EQ(layout_of(100, 0, SLAB_HWCACHE_ALIGN).size, 128u);
  EXPECT_EQ(layout_of(100, 256, SLAB_HWCACHE_ALIGN).align, 256u);
}

TEST(Layout, RequestedAlignmentRoundsTheStrideAndIsAtLeastAWord) {
  EXPECT_EQ(layout_of(40, 32).size, 64u);
  EXPECT_EQ(layout_of(40, 1).align, 8u);
  EXPECT_EQ(layout_of(40, 1).size, 40u);
  EXPECT_EQ(layout_of(8, 4096).size, 4096u);
}

TEST(Layout, MinimumOrderHoldsOneObject) {
  EXPECT_EQ(layout_of(64).min_order, 0u);
  EXPECT_EQ(layout_of(4096).min_order, 0u);
  EXPECT_EQ(layout_of(4104).min_order, 1u);
  EXPECT_EQ(layout_of(8192).min_order, 1u);
  EXPECT_EQ(layout_of(33000).min_order, 4u);
}

// ilog2(size) / 2, kept between 5 and 10.
TEST(Layout, MinPartialGrowsWithTheSize) {
  EXPECT_EQ(layout_of(8).min_partial, 5u);
  EXPECT_EQ(layout_of(2048).min_partial, 5u);
  EXPECT_EQ(layout_of(4096).min_partial, 6u);
  EXPECT_EQ(layout_of(16384).min_partial, 7u);
  EXPECT_EQ(layout_of(1u << 20).min_partial, 10u);
}

TEST(Layout, RefusesWhatNoBlockCanHold) {
  Layout layout{};
  EXPECT_FALSE(calculate_layout(2u << 20, 0, SLAB_STORE_USER, false, 2, &layout));
  EXPECT_FALSE(calculate_layout((2u << 20) + 1, 0, 0, false, 2, &layout));
}

// For every size a program may ask for: objects neither overlap nor leave the slab.
TEST(Layout, ObjectsFitTheirSlabForEverySize) {
  for (unsigned size = 1; size <= 9000; size++) {
    for (unsigned nr_cpus : {1u, 2u, 4u, 64u}) {
      Layout layout = layout_of(size, 0, 0, false, nr_cpus);
      ASSERT_GE(layout.size, layout.inuse);
      ASSERT_GE(layout.inuse, size);
      ASSERT_LE(layout.offset + sizeof(void *), layout.size);
      ASSERT_LE(size_t{layout.objects} * layout.size, size_t{kPageBytes} << layout.order);
      ASSERT_LE(layout.order, kMaxSlabOrder);
      ASSERT_LE(layout.min_order, layout.order);
    }
  }
}

}  // namespace
}  // namespace slabbed
