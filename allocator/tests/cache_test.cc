// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// cache_test.cc - kmem_cache_alloc(), _free() and their bulk forms through the sheaves.
//
// sheaf_capacity=4, so that a handful of calls walks through main, spare and barn. `objects` of a
// cache are those its slabs handed out, `sheaf_objects` those of them that lie in sheaves.
#include "core/cache.h"

#include <string.h>

#include <algorithm>
#include <set>

#include "allocator/tests/native_threads.h"
#include "allocator/tests/system_fixture.h"

namespace slabbed {
namespace {

using testing::Faults;
using testing::TestThread;

class Cache : public testing::SystemTest {
 protected:
  void SetUp() override { start("sheaf_capacity=4"); }
  void start(const char *parameters) {
    boot(parameters);
    s = kmem_cache_create("c", 64, 0, SLAB_NO_MERGE, nullptr);
    ASSERT_NE(s, nullptr);
  }
  std::vector<void *> take(unsigned count) {
    std::vector<void *> objects;
    for (unsigned i = 0; i < count; i++) objects.push_back(kmem_cache_alloc(s, GFP_KERNEL));
    return objects;
  }
  void give(const std::vector<void *> &objects) {
    for (void *object : objects) kmem_cache_free(s, object);
  }
  void expect(unsigned long handed_out, unsigned long in_sheaves) {
    EXPECT_EQ(info(s).objects, handed_out);
    EXPECT_EQ(info(s).sheaf_objects, in_sheaves);
    EXPECT_TRUE(cache_is_valid(s));
  }

  unsigned full_in_barn() {
    port::MutexLock guard(s->node.barn.lock);
    return s->node.barn.nr_full;
  }

  kmem_cache *s = nullptr;
};

TEST_F(Cache, FirstAllocationFillsTheSheaf) {
  void *object = kmem_cache_alloc(s, GFP_KERNEL);
  ASSERT_NE(object, nullptr);
  expect(4, 3);
  kmem_cache_free(s, object);
  expect(4, 4);
  EXPECT_EQ(kmem_cache_alloc(s, GFP_KERNEL), object);
}

TEST_F(Cache, FullMainMovesToSpareThenToTheBarn) {
  std::vector<void *> objects = take(24);
  expect(24, 0);
  give({objects.begin(), objects.begin() + 4});
  expect(24, 4);
  EXPECT_EQ(full_in_barn(), 0u);
  give({objects.begin() + 4, objects.begin() + 8});  // main and spare full
  expect(24, 8);
  EXPECT_EQ(full_in_barn(), 0u);
  give({objects.begin() + 8, objects.begin() + 24});
  expect(24, 24);
  EXPECT_EQ(full_in_barn(), 4u);
}

TEST_F(Cache, SheavesBeyondTheBarnGoToTheSlabs) {
  give(take(4 * 20));
  expect(4 * 12, 4 * 12);  // main, spare, and ten in the barn
  EXPECT_EQ(full_in_barn(), 10u);
  std::vector<void *> again = take(4 * 12);
  expect(4 * 12, 0);
  EXPECT_EQ(full_in_barn(), 0u);
  give(again);
}

TEST_F(Cache, NoObjectIsHandedOutTwice) {
  std::set<void *> seen;
  for (unsigned round = 0; round < 5; round++) {
    std::vector<void *> objects = take(200);
    seen.clear();
    seen.insert(objects.begin(), objects.end());
    EXPECT_EQ(seen.size(), 200u);
    std::rotate(objects.begin(), objects.begin() + 77, objects.end());
    give(objects);
  }
}

TEST_F(Cache, ObjectsOfOneThreadReachAnotherThroughTheBarn) {
  std::vector<void *> objects = take(40);
  give(objects);
  std::set<void *> mine(objects.begin(), objects.end());
  TestThread other([&] {
    void *object = kmem_cache_alloc(s, GFP_KERNEL);
    EXPECT_EQ(mine.count(object), 1u);
    kmem_cache_free(s, object);
  });
  other.join();
  EXPECT_EQ(info(s).objects, 36u);  // the sheaf it left behind went to the slabs
}

TEST_F(Cache, LeavingThreadsSheavesAreFlushed) {
  TestThread other([&] { kmem_cache_free(s, kmem_cache_alloc(s, GFP_KERNEL)); });
  other.join();
  expect(0, 0);
}

TEST_F(Cache, ShrinkTakesTheSheavesOfEveryThread) {
  testing::HiddenSteps steps;
  TestThread other([&] {
    kmem_cache_free(s, kmem_cache_alloc(s, GFP_KERNEL));
    steps.reach(1);
    steps.wait_for(2);
    kmem_cache_free(s, kmem_cache_alloc(s, GFP_KERNEL));  // finds itself without a sheaf
  });
  give(take(30));
  steps.wait_for(1);
  EXPECT_EQ(kmem_cache_shrink(s), 0);
  EXPECT_EQ(info(s).slabs, 0u);
  steps.reach(2);
  other.join();
}

TEST_F(Cache, StoreUserAndBootParameterKeepACacheWithoutSheaves) {
  kmem_cache *tracked = kmem_cache_create("t", 64, 0, SLAB_STORE_USER, nullptr);
  void *object = kmem_cache_alloc(tracked, GFP_KERNEL);
  EXPECT_EQ(info(tracked).objects, 1u);
  kmem_cache_free(tracked, object);
  EXPECT_EQ(info(tracked).objects, 0u);
  shutdown();
  start("sheaves=0");
  give(take(10));
  expect(0, 0);
}

TEST_F(Cache, WithoutMemoryForASheafTheSlabsServeOneByOne) {
  Faults faults(Faults::kEveryMeta);
  std::vector<void *> objects = take(3);
  EXPECT_EQ(std::count(objects.begin(), objects.end(), nullptr), 0);
  expect(3, 0);
  give(objects);
  expect(0, 0);
  EXPECT_GT(faults.refused(), 0u);
}

TEST_F(Cache, AllocationWithoutPagesFailsAndLeavesNoTrace) {
  Faults faults(Faults::kEveryPage);
  EXPECT_EQ(kmem_cache_alloc(s, GFP_KERNEL), nullptr);
  expect(0, 0);
  EXPECT_EQ(info(s).slabs, 0u);
}

TEST_F(Cache, OutOfLineTwinsShareTheSheaf) {
  void *object = slabbed_kmem_cache_alloc(s, GFP_KERNEL);
  slabbed_kmem_cache_free(s, object);
  EXPECT_EQ(kmem_cache_alloc(s, GFP_KERNEL), object);
}

// --- zeroing ---------------------------------------------------------------------------------

TEST_F(Cache, ZallocClearsTheWholeObjectAndNothingBehindIt) {
  kmem_cache *odd = kmem_cache_create("odd", 61, 0, SLAB_NO_MERGE, nullptr);
  auto *object = static_cast<unsigned char *>(kmem_cache_alloc(odd, GFP_KERNEL));
  memset(object, 0xee, 64);
  kmem_cache_free(odd, object);
  ASSERT_EQ(kmem_cache_zalloc(odd, GFP_KERNEL), object);
  for (unsigned i = 0; i < 61; i++) EXPECT_EQ(object[i], 0) << i;
  for (unsigned i = 61; i < 64; i++) EXPECT_EQ(object[i], 0xee) << i;
}

// The largest object_size of all aliases, whoever asks.
TEST_F(Cache, ZallocClearsAsMuchAsTheLargestAliasNeeds) {
  kmem_cache *small = kmem_cache_create("small", 58, 0, 0, nullptr);
  ASSERT_EQ(kmem_cache_create("large", 64, 0, 0, nullptr), small);
  auto *object = static_cast<unsigned char *>(kmem_cache_alloc(small, GFP_KERNEL));
  memset(object, 0xee, 64);
  kmem_cache_free(small, object);
  ASSERT_EQ(kmem_cache_zalloc(small, GFP_KERNEL), object);
  for (unsigned i = 0; i < 64; i++) EXPECT_EQ(object[i], 0) << i;
}

TEST_F(Cache, BulkZeroClearsEachObject) {
  std::vector<void *> objects = take(20);
  for (void *object : objects) memset(object, 0xee, 64);
  kmem_cache_free_bulk(s, 20, objects.data());
  std::vector<void *> zeroed(20);
  ASSERT_EQ(kmem_cache_alloc_bulk(s, GFP_KERNEL | __GFP_ZERO, 20, zeroed.data()), 20);
  for (void *object : zeroed) {
    EXPECT_EQ(std::string(static_cast<char *>(object), 64), std::string(64, '\0'));
  }
}

// --- bulk ------------------------------------------------------------------------------------

TEST_F(Cache, BulkGivesDistinctObjectsAndTakesThemBack) {
  for (unsigned count : {1u, 3u, 4u, 5u, 64u, 65u, 3000u}) {
    std::vector<void *> objects(count);
    ASSERT_EQ(kmem_cache_alloc_bulk(s, GFP_KERNEL, count, objects.data()), static_cast<int>(count));
    std::set<void *> distinct(objects.begin(), objects.end());
    EXPECT_EQ(distinct.size(), count);
    EXPECT_EQ(info(s).objects - info(s).sheaf_objects, count);
    kmem_cache_free_bulk(s, count, objects.data());
    EXPECT_EQ(info(s).objects - info(s).sheaf_objects, 0u);
    EXPECT_TRUE(cache_is_valid(s));
  }
}

TEST_F(Cache, BulkOfNothingIsNothing) {
  EXPECT_EQ(kmem_cache_alloc_bulk(s, GFP_KERNEL, 0, nullptr), 0);
  kmem_cache_free_bulk(s, 0, nullptr);
  expect(0, 0);
}

TEST_F(Cache, BulkIsAllOrNothing) {
  shutdown();
  start("sheaf_capacity=4 pages=2");  // two slabs of 64
  std::vector<void *> kept = take(2);
  std::vector<void *> objects(127);
  EXPECT_EQ(kmem_cache_alloc_bulk(s, GFP_KERNEL, 127, objects.data()), 0);
  EXPECT_EQ(info(s).objects - info(s).sheaf_objects, 2u);
  ASSERT_EQ(kmem_cache_alloc_bulk(s, GFP_KERNEL, 126, objects.data()), 126);
  EXPECT_EQ(kmem_cache_alloc(s, GFP_KERNEL), nullptr);
  kmem_cache_free_bulk(s, 126, objects.data());
  give(kept);
}

TEST_F(Cache, BulkFreeWithoutACacheTakesObjectsOfAnyKind) {
  kmem_cache *other = kmem_cache_create("other", 128, 0, SLAB_NO_MERGE, nullptr);
  unsigned long before = pages();
  void *objects[] = {kmem_cache_alloc(s, GFP_KERNEL), kmem_cache_alloc(other, GFP_KERNEL),
                     kmalloc(100, GFP_KERNEL), kmalloc(100000, GFP_KERNEL)};
  kmem_cache_free_bulk(nullptr, 4, objects);
  EXPECT_EQ(info(s).objects - info(s).sheaf_objects, 0u);
  EXPECT_EQ(info(other).objects - info(other).sheaf_objects, 0u);
  EXPECT_EQ(pages(), before + 3);  // a page each for the two slabs and kmalloc-128
}

// --- many threads ------------------------------------------------------------------------------

TEST_F(Cache, ThreadsAllocateFreeAndShrinkWithoutLosingAnObject) {
  constexpr unsigned kThreads = 4, kRounds = 3000;
  auto work = [&](unsigned seed) {
    std::vector<unsigned *> mine;
    for (unsigned i = 0; i < kRounds; i++) {
      seed = seed * 1664525 + 1013904223;
      if (mine.size() < 20 && (seed >> 16) % 3) {
        auto *object = static_cast<unsigned *>(kmem_cache_alloc(s, GFP_KERNEL));
        ASSERT_NE(object, nullptr);
        for (unsigned w = 0; w < 16; w++) object[w] = seed;
        mine.push_back(object);
      } else if (!mine.empty()) {
        unsigned *object = mine.back();
        mine.pop_back();
        for (unsigned w = 1; w < 16; w++) ASSERT_EQ(object[w], object[0]);
        kmem_cache_free(s, object);
      }
      if (i % 500 == 0) kmem_cache_shrink(s);
    }
    for (unsigned *object : mine) kmem_cache_free(s, object);
  };
  {
    std::vector<std::unique_ptr<TestThread>> threads;
    for (unsigned t = 0; t < kThreads; t++) {
      threads.push_back(std::make_unique<TestThread>([&work, t] { work(t + 1); }));
    }
  }
  EXPECT_EQ(kmem_cache_shrink(s), 0);
  expect(0, 0);
  EXPECT_EQ(pages(), 0u);
}

// More threads than slots: the rest shares slot 0, whose calls take the locked slow path.
TEST_F(Cache, MoreThreadsThanSlotsAllWork) {
  std::vector<std::unique_ptr<TestThread>> threads;
  port::Atomic<int> ready{0}, leave{0};
  for (unsigned t = 0; t < 80; t++) {
    threads.push_back(std::make_unique<TestThread>([&] {
      void *object = kmem_cache_alloc(s, GFP_KERNEL);
      EXPECT_NE(object, nullptr);
      ready.fetch_add_acq_rel(1);
      while (!leave.load_acquire()) sched_yield();
      kmem_cache_free(s, object);
    }));
  }
  while (ready.load_acquire() < 80) sched_yield();
  EXPECT_EQ(info(s).objects - info(s).sheaf_objects, 80u);
  leave.store_release(1);
  threads.clear();
  expect(0, 0);
}

}  // namespace
}  // namespace slabbed
