// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// kmalloc_test.cc - size classes, large allocations, and kfree() of anything.
#include <slabbed/slab.h>

#include <string.h>

#include "allocator/tests/system_fixture.h"
#include "core/cache.h"

namespace slabbed {
namespace {

using testing::Faults;

class Kmalloc : public testing::SystemTest {
 protected:
  void SetUp() override { boot(); }
  static const kmem_cache *cache_of(void *object) { return page_of(object)->cache; }
};

TEST_F(Kmalloc, EachSizeComesFromTheSmallestClassThatHoldsIt) {
  struct { unsigned bytes; const char *name; } classes[] = {
      {8, "kmalloc-8"},     {16, "kmalloc-16"},   {32, "kmalloc-32"},   {64, "kmalloc-64"},
      {96, "kmalloc-96"},   {128, "kmalloc-128"}, {192, "kmalloc-192"}, {256, "kmalloc-256"},
      {512, "kmalloc-512"}, {1024, "kmalloc-1k"}, {2048, "kmalloc-2k"}, {4096, "kmalloc-4k"},
      {8192, "kmalloc-8k"}};
  unsigned below = 0;
  for (const auto &row : classes) {
    for (unsigned size : {below + 1, row.bytes}) {
      void *object = kmalloc(size, GFP_KERNEL);
      ASSERT_NE(object, nullptr);
      EXPECT_STREQ(cache_of(object)->name, row.name) << size;
      EXPECT_EQ(info(cache_of(object)).slab_size, row.bytes);
      kfree(object);
    }
    below = row.bytes;
  }
}

// 6.11 and later: the largest power of two that divides the size.
TEST_F(Kmalloc, ObjectsAreNaturallyAligned) {
  struct { unsigned bytes, align; } rows[] = {{8, 8},   {64, 64},     {96, 32},
                                              {192, 64}, {1024, 1024}, {8192, 8192}};
  for (const auto &row : rows) {
    for (unsigned i = 0; i < 20; i++) {
      void *object = kmalloc(row.bytes, GFP_KERNEL);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(object) % row.align, 0u) << row.bytes;
      EXPECT_EQ(info(cache_of(object)).align, row.align);
    }
  }
}

TEST_F(Kmalloc, BootCachesStandInSlabinfoWithRefcountMinusOne) {
  slabbed_cache_info i;
  for (unsigned index = 0; index < 13; index++) {
    ASSERT_EQ(slabbed_cache_get_info_at(system_, index, &i), 0);
    EXPECT_EQ(i.refcount, -1);
    EXPECT_EQ(i.in_sysfs, 1);
    EXPECT_TRUE(in_sysfs(i.name));
  }
  EXPECT_STREQ(i.name, "kmalloc-8");
  EXPECT_EQ(slabbed_cache_get_info_at(system_, 13, &i), -1);
}

TEST_F(Kmalloc, BootCachesCannotBeDestroyed) {
  void *object = kmalloc(64, GFP_KERNEL);
  kmem_cache *s = const_cast<kmem_cache *>(cache_of(object));
  kmem_cache_destroy(s);
  EXPECT_EQ(info(s).refcount, -1);
  EXPECT_TRUE(in_sysfs("kmalloc-64"));
  EXPECT_EQ(count(SLABBED_EV_CACHE_DYING), 0u);
  kfree(object);
}

TEST_F(Kmalloc, NothingIsTheZeroSizePointer) {
  EXPECT_EQ(kmalloc(0, GFP_KERNEL), ZERO_SIZE_PTR);
  EXPECT_EQ(kzalloc(0, GFP_KERNEL), ZERO_SIZE_PTR);
  kfree(ZERO_SIZE_PTR);
  kfree(nullptr);
  EXPECT_EQ(pages(), 0u);
}

TEST_F(Kmalloc, LargeSizesAreWholePages) {
  struct { size_t size; unsigned long pages; } rows[] = {
      {8193, 4}, {16384, 4}, {16385, 8}, {1u << 20, 256}, {KMALLOC_MAX_SIZE, 512}};
  for (const auto &row : rows) {
    void *object = kmalloc(row.size, GFP_KERNEL);
    ASSERT_NE(object, nullptr) << row.size;
    EXPECT_EQ(pages(), row.pages);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(object) % (row.pages * 4096), 0u);
    memset(object, 1, row.size);
    kfree(object);
    EXPECT_EQ(pages(), 0u);
  }
}

TEST_F(Kmalloc, BeyondTheMaximumIsRefused) {
  EXPECT_EQ(kmalloc(KMALLOC_MAX_SIZE + 1, GFP_KERNEL), nullptr);
  EXPECT_EQ(kmalloc(SIZE_MAX, GFP_KERNEL), nullptr);
  EXPECT_EQ(pages(), 0u);
}

TEST_F(Kmalloc, KzallocClearsSmallAndLarge) {
  for (size_t size : {size_t{40}, size_t{8192}, size_t{20000}}) {
    auto *object = static_cast<unsigned char *>(kmalloc(size, GFP_KERNEL));
    memset(object, 0xee, size);
    kfree(object);
    auto *again = static_cast<unsigned char *>(kzalloc(size, GFP_KERNEL));
    EXPECT_EQ(again, object);
    for (size_t i = 0; i < size; i++) ASSERT_EQ(again[i], 0) << size << " " << i;
    kfree(again);
  }
}

TEST_F(Kmalloc, KfreeTakesAnObjectOfAnyCache) {
  kmem_cache *s = kmem_cache_create("c", 64, 0, SLAB_STORE_USER, nullptr);
  void *object = kmem_cache_alloc(s, GFP_KERNEL);
  kfree(object);
  EXPECT_EQ(info(s).objects, 0u);
}

TEST_F(Kmalloc, RefusedPagesMakeItFail) {
  Faults faults(Faults::kEveryPage);
  EXPECT_EQ(kmalloc(64, GFP_KERNEL), nullptr);
  EXPECT_EQ(kzalloc(64, GFP_KERNEL), nullptr);
  EXPECT_EQ(kmalloc(100000, GFP_KERNEL), nullptr);
  EXPECT_EQ(pages(), 0u);
}

using KmallocDeathTest = Kmalloc;

TEST_F(KmallocDeathTest, FreeingALargeBlockTwiceIsCaught) {
  void *object = kmalloc(100000, GFP_KERNEL);
  kfree(object);
  EXPECT_DEATH(kfree(object), "check failed: page->state == PageState::kSlab");
}

}  // namespace
}  // namespace slabbed
