// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// slab_test.cc - slab pages and their node: freelist order, constructors, counters, discarding.
//
// sheaves=0, so that every operation reaches the slabs.
#include "core/cache.h"

#include <string.h>

#include "allocator/tests/system_fixture.h"

namespace slabbed {
namespace {

using testing::Faults;

unsigned constructed = 0;
void fill_x(void *object) {
  constructed++;
  memset(object, 'x', 64);
}

class Slab : public testing::SystemTest {
 protected:
  void SetUp() override {
    constructed = 0;
    boot("sheaves=0");
  }
  kmem_cache *make(unsigned size, slab_flags_t flags = SLAB_NO_MERGE,
                   void (*ctor)(void *) = nullptr) {
    return kmem_cache_create("c", size, 0, flags, ctor);
  }
  static std::vector<char *> take(kmem_cache *s, unsigned count) {
    std::vector<char *> objects;
    for (unsigned i = 0; i < count; i++) {
      objects.push_back(static_cast<char *>(kmem_cache_alloc(s, GFP_KERNEL)));
    }
    return objects;
  }
  static void give(kmem_cache *s, const std::vector<char *> &objects) {
    for (char *object : objects) kmem_cache_free(s, object);
  }
  static void expect_counts(kmem_cache *s, unsigned long slabs, unsigned long in_use) {
    slabbed_cache_info i = info(s);
    EXPECT_EQ(i.slabs, slabs);
    EXPECT_EQ(i.total_objects, slabs * i.objs_per_slab);
    EXPECT_EQ(i.objects, in_use);
    EXPECT_TRUE(cache_is_valid(s));
  }
};

TEST_F(Slab, FreshSlabHandsObjectsOutInAddressOrder) {
  kmem_cache *s = make(64);
  std::vector<char *> objects = take(s, 64);
  for (unsigned i = 1; i < 64; i++) EXPECT_EQ(objects[i], objects[0] + i * 64);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(objects[0]) % kPageBytes, 0u);
  expect_counts(s, 1, 64);
}

TEST_F(Slab, LastFreedIsFirstReused) {
  kmem_cache *s = make(64);
  std::vector<char *> objects = take(s, 3);
  kmem_cache_free(s, objects[0]);
  kmem_cache_free(s, objects[2]);
  EXPECT_EQ(kmem_cache_alloc(s, GFP_KERNEL), objects[2]);
  EXPECT_EQ(kmem_cache_alloc(s, GFP_KERNEL), objects[0]);
}

TEST_F(Slab, FreePointerLiesWhereTheLayoutSays) {
  kmem_cache *s = make(64);
  std::vector<char *> objects = take(s, 2);
  kmem_cache_free(s, objects[1]);
  kmem_cache_free(s, objects[0]);
  void *next;
  memcpy(&next, objects[0] + 32, sizeof next);
  EXPECT_EQ(next, objects[1]);
}

TEST_F(Slab, ConstructorRunsOncePerObjectAndNeverAtReuse) {
  kmem_cache *s = make(64, 0, fill_x);
  std::vector<char *> objects = take(s, 10);
  EXPECT_EQ(constructed, 56u);  // stride 72: 56 objects in a page
  give(s, objects);
  take(s, 56);
  EXPECT_EQ(constructed, 56u);
  take(s, 1);
  EXPECT_EQ(constructed, 112u);
}

TEST_F(Slab, ConstructedContentSurvivesFree) {
  kmem_cache *s = make(64, 0, fill_x);
  auto *object = static_cast<char *>(kmem_cache_alloc(s, GFP_KERNEL));
  EXPECT_EQ(std::string(object, 64), std::string(64, 'x'));
  object[5] = 'y';
  kmem_cache_free(s, object);
  ASSERT_EQ(kmem_cache_alloc(s, GFP_KERNEL), object);
  EXPECT_EQ(std::string(object, 64), "xxxxxy" + std::string(58, 'x'));
}

TEST_F(Slab, TypesafeObjectIsWholeAfterFree) {
  kmem_cache *s = make(64, SLAB_TYPESAFE_BY_RCU);
  auto *object = static_cast<char *>(kmem_cache_alloc(s, GFP_KERNEL));
  memset(object, 'z', 64);
  kmem_cache_free(s, object);
  EXPECT_EQ(std::string(object, 64), std::string(64, 'z'));
}

TEST_F(Slab, CountersFollowEveryStepFromEmptyToFullAndBack) {
  kmem_cache *s = make(1024);  // order 2: 16 objects
  std::vector<char *> objects;
  for (unsigned n = 1; n <= 40; n++) {
    objects.push_back(static_cast<char *>(kmem_cache_alloc(s, GFP_KERNEL)));
    expect_counts(s, (n + 15) / 16, n);
  }
  EXPECT_EQ(pages(), 3u * 4);
  for (unsigned n = 40; n-- > 0;) {
    kmem_cache_free(s, objects[n]);
    expect_counts(s, 3, n);  // fewer than min_partial: empty slabs stay
  }
  EXPECT_EQ(kmem_cache_shrink(s), 0);
  expect_counts(s, 0, 0);
  EXPECT_EQ(pages(), 0u);
}

// free_to_partial_list(): an empty slab goes when nr_partial >= min_partial (5 here).
TEST_F(Slab, SurplusEmptySlabsGoBack) {
  kmem_cache *s = make(1024);
  std::vector<char *> objects = take(s, 8 * 16);
  expect_counts(s, 8, 128);
  for (unsigned slab = 1; slab <= 8; slab++) {
    for (unsigned i = 0; i < 16; i++) kmem_cache_free(s, objects[(slab - 1) * 16 + i]);
    unsigned long kept = slab < 5 ? slab : 4;  // the fifth finds five on the list, itself included
    expect_counts(s, 8 - slab + kept, 128 - slab * 16);
  }
  EXPECT_EQ(count(SLABBED_EV_SLAB_NEW), 8u);
  EXPECT_EQ(count(SLABBED_EV_SLAB_FREE), 4u);
}

TEST_F(Slab, EventsTellBytesAndObjectsOfEachSlab) {
  kmem_cache *s = make(1024);
  char *object = take(s, 1)[0];
  std::vector<testing::Event> made = events(SLABBED_EV_SLAB_NEW);
  ASSERT_EQ(made.size(), 1u);
  EXPECT_EQ(made[0].object, object);
  EXPECT_EQ(made[0].cache, s);
  EXPECT_EQ(made[0].a, 16384u);
  EXPECT_EQ(made[0].b, 16u);
  kmem_cache_free(s, object);
  kmem_cache_shrink(s);
  std::vector<testing::Event> freed = events(SLABBED_EV_SLAB_FREE);
  ASSERT_EQ(freed.size(), 1u);
  EXPECT_EQ(freed[0].object, object);
  EXPECT_EQ(freed[0].a, 16384u);
}

TEST_F(Slab, ShrinkKeepsSlabsThatHoldAnObject) {
  kmem_cache *s = make(1024);
  std::vector<char *> objects = take(s, 32);
  for (unsigned i = 1; i < 32; i++) kmem_cache_free(s, objects[i]);
  EXPECT_EQ(kmem_cache_shrink(s), 1);
  expect_counts(s, 1, 1);
  kmem_cache_free(s, objects[0]);
  EXPECT_EQ(kmem_cache_shrink(s), 0);
}

TEST_F(Slab, SmallestOrderServesWhenTheUsualOneIsRefused) {
  kmem_cache *s = make(1024);
  Faults faults(Faults::kNth, 1);
  take(s, 1);
  slabbed_cache_info i = info(s);
  EXPECT_EQ(faults.refused(), 1u);
  EXPECT_EQ(i.slabs, 1u);
  EXPECT_EQ(i.total_objects, 4u);  // one page instead of four
  EXPECT_EQ(pages(), 1u);
  EXPECT_TRUE(cache_is_valid(s));
}

TEST_F(Slab, RefusedPagesChangeNoCounter) {
  kmem_cache *s = make(1024);
  take(s, 16);
  Faults faults(Faults::kEveryPage);
  EXPECT_EQ(kmem_cache_alloc(s, GFP_KERNEL), nullptr);
  EXPECT_EQ(faults.refused(), 2u);  // the usual order and the smallest
  expect_counts(s, 1, 16);
}

TEST_F(Slab, PageBudgetIsTheEndOfMemory) {
  shutdown();
  boot("sheaves=0 pages=2");
  kmem_cache *s = make(2048);
  std::vector<char *> objects = take(s, 4);
  for (char *object : objects) EXPECT_NE(object, nullptr);
  EXPECT_EQ(kmem_cache_alloc(s, GFP_KERNEL), nullptr);
  kmem_cache_free(s, objects[2]);
  EXPECT_EQ(kmem_cache_alloc(s, GFP_KERNEL), objects[2]);
}

TEST_F(Slab, ValidityWalkSeesACycleAndAWrongCount) {
  kmem_cache *s = make(64);
  std::vector<char *> objects = take(s, 2);
  kmem_cache_free(s, objects[0]);
  SlabPage *page = page_of(objects[0]);
  EXPECT_TRUE(slab_is_valid(page));
  EXPECT_TRUE(slab_object_is_free(page, objects[0]));
  EXPECT_FALSE(slab_object_is_free(page, objects[1]));
  page->inuse++;
  EXPECT_FALSE(slab_is_valid(page));
  page->inuse--;
  void *next;
  memcpy(&next, objects[0] + 32, sizeof next);
  void *self = objects[0];
  memcpy(objects[0] + 32, &self, sizeof self);
  EXPECT_FALSE(slab_is_valid(page));
  EXPECT_FALSE(slab_object_is_free(page, objects[1]));
  memcpy(objects[0] + 32, &next, sizeof next);
  EXPECT_TRUE(slab_is_valid(page));
}

TEST_F(Slab, ListsAreSortedByAddressForReports) {
  kmem_cache *s = make(1024);
  take(s, 5 * 16);
  port::MutexLock lock(s->node.list_lock);
  s->node.sort_lists();
  unsigned full = 0;
  for (SlabPage *page = s->node.full; page; page = page->next, full++) {
    if (page->next) {
      EXPECT_LT(page, page->next);
      EXPECT_EQ(page->next->prev, page);
    }
  }
  EXPECT_EQ(full, 5u);
  EXPECT_TRUE(s->node.is_valid(s));
}

using SlabDeathTest = Slab;

TEST_F(SlabDeathTest, ImmediateDoubleFreeIsCaught) {
  kmem_cache *s = make(64);
  std::vector<char *> objects = take(s, 2);
  kmem_cache_free(s, objects[0]);
  EXPECT_DEATH(kmem_cache_free(s, objects[0]), "check failed: object != next");
}

TEST_F(SlabDeathTest, ObjectOfAnotherCacheIsCaught) {
  kmem_cache *s = make(64);
  kmem_cache *other = kmem_cache_create("other", 64, 0, SLAB_NO_MERGE, nullptr);
  char *object = take(s, 1)[0];
  EXPECT_DEATH(kmem_cache_free(other, object), "check failed: page->cache == s");
}

}  // namespace
}  // namespace slabbed
