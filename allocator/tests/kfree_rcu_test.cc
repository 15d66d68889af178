// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// kfree_rcu_test.cc - objects between kfree_rcu() and their return: batches, barriers, the drain
// timer, whole sheaves, and what happens without memory.
//
// sheaf_capacity=4, and a drain timer that no test waits for unless it says so.
#include <slabbed/rcupdate.h>
#include <slabbed/slab.h>
#include <unistd.h>

#include "allocator/tests/native_threads.h"
#include "allocator/tests/system_fixture.h"
#include "core/cache.h"

namespace slabbed {
namespace {

using testing::Event;
using testing::Faults;
using testing::HiddenSteps;
using testing::TestThread;

struct Object {
  uint64_t payload[2];
  struct rcu_head rcu;
  uint64_t tail[4];
};

class KfreeRcu : public testing::SystemTest {
 protected:
  void SetUp() override { start("sheaf_capacity=4 kfree_rcu_drain=1000000"); }
  void start(const char *parameters) {
    boot(parameters);
    s = make("c");
    slabbed_rcu_register_thread();
  }
  void TearDown() override {
    slabbed_rcu_unregister_thread();
    SystemTest::TearDown();
  }
  static kmem_cache *make(const char *name, slab_flags_t flags = SLAB_NO_MERGE) {
    return kmem_cache_create(name, sizeof(Object), 0, flags, nullptr);
  }
  static Object *alloc(kmem_cache *cache) {
    return static_cast<Object *>(kmem_cache_alloc(cache, GFP_KERNEL));
  }
  std::vector<Object *> take(unsigned n) {
    std::vector<Object *> objects;
    for (unsigned i = 0; i < n; i++) objects.push_back(alloc(s));
    return objects;
  }
  size_t reclaimed() { return count(SLABBED_EV_OBJECT_RECLAIMED); }
  bool wait_reclaimed(size_t n) {
    for (unsigned i = 0; i < 5000 && reclaimed() < n; i++) usleep(1000);
    return reclaimed() >= n;
  }
  unsigned full_in_barn() {
    port::MutexLock guard(s->node.barn.lock);
    return s->node.barn.nr_full;
  }

  kmem_cache *s = nullptr;
};

TEST_F(KfreeRcu, PartialBatchWaitsAndCountsAsPending) {
  Object *a = alloc(s), *b = alloc(s);
  kfree_rcu(a, rcu);
  kfree_rcu(b, rcu);
  EXPECT_EQ(info(s).pending_rcu, 2u);
  usleep(20000);
  EXPECT_EQ(reclaimed(), 0u);
  EXPECT_EQ(count(SLABBED_EV_BATCH_QUEUED), 0u);
  kvfree_rcu_barrier();
  EXPECT_EQ(reclaimed(), 2u);
  EXPECT_EQ(info(s).pending_rcu, 0u);
}

TEST_F(KfreeRcu, NullAndTheZeroSizePointerAreIgnored) {
  Object *none = nullptr;
  kfree_rcu(none, rcu);
  kfree_rcu_mightsleep(none);
  kfree_rcu_mightsleep(ZERO_SIZE_PTR);
  kvfree_rcu_barrier();
  EXPECT_EQ(count(SLABBED_EV_BATCH_QUEUED), 0u);
}

TEST_F(KfreeRcu, FullSheafIsQueuedByItselfAndReturnsWholeToTheBarn) {
  std::vector<Object *> objects = take(4);
  for (Object *object : objects) kfree_rcu(object, rcu);
  ASSERT_TRUE(wait_reclaimed(4));
  kvfree_rcu_barrier();
  EXPECT_EQ(full_in_barn(), 1u);
  EXPECT_EQ(info(s).objects, 4u);  // its slab still counts them as handed out
  EXPECT_EQ(info(s).sheaf_objects, 4u);
  EXPECT_EQ(alloc(s), objects[3]);  // and the next allocation takes the sheaf as it is
}

TEST_F(KfreeRcu, EventsOfABatchComeInOrder) {
  std::vector<Object *> objects = take(4);
  take_events();
  for (Object *object : objects) kfree_rcu(object, rcu);
  kvfree_rcu_barrier();
  std::vector<Event> events = take_events();
  ASSERT_EQ(events.size(), 7u);
  EXPECT_EQ(events[0].kind, SLABBED_EV_BATCH_QUEUED);
  EXPECT_EQ(events[0].cache, s);
  EXPECT_EQ(events[0].a, 1u);
  EXPECT_EQ(events[0].b, 4u);
  EXPECT_EQ(events[1].kind, SLABBED_EV_BATCH_WAIT);
  EXPECT_EQ(events[1].a, 1u);
  for (unsigned i = 0; i < 4; i++) {
    EXPECT_EQ(events[2 + i].kind, SLABBED_EV_OBJECT_RECLAIMED);
    EXPECT_EQ(events[2 + i].object, objects[i]);
    EXPECT_EQ(events[2 + i].cache, s);
  }
  EXPECT_EQ(events[6].kind, SLABBED_EV_BATCH_FREED);
  EXPECT_EQ(events[6].a, 1u);
  EXPECT_EQ(events[6].b, 4u);
}

TEST_F(KfreeRcu, PartialSheafGoesHomeToTheSlabs) {
  std::vector<Object *> objects = take(4);
  for (unsigned i = 0; i < 3; i++) kfree_rcu(objects[i], rcu);
  kvfree_rcu_barrier();
  EXPECT_EQ(full_in_barn(), 0u);
  EXPECT_EQ(info(s).objects, 1u);
}

TEST_F(KfreeRcu, WholeSheavesBeyondTheBarnGoHomeToTheSlabs) {
  for (Object *object : take(48)) kfree_rcu(object, rcu);
  kvfree_rcu_barrier();
  EXPECT_EQ(full_in_barn(), 10u);
  EXPECT_EQ(info(s).objects, 40u);
  EXPECT_EQ(reclaimed(), 48u);
  EXPECT_TRUE(cache_is_valid(s));
}

TEST_F(KfreeRcu, SheafOfOneIsQueuedAtOnce) {
  shutdown();
  boot("sheaf_capacity=1 kfree_rcu_drain=1000000");
  s = make("c");
  kfree_rcu(alloc(s), rcu);
  EXPECT_EQ(count(SLABBED_EV_BATCH_QUEUED), 1u);
  EXPECT_TRUE(wait_reclaimed(1));
}

TEST_F(KfreeRcu, ObjectIsNotReusedWhileAnOlderReaderRuns) {
  Object *object = alloc(s);
  object->payload[0] = 42;
  HiddenSteps steps;
  rcu_read_lock();
  TestThread writer([&] {
    kfree_rcu(object, rcu);
    steps.reach(1);
    kvfree_rcu_barrier();
    steps.reach(2);
  });
  steps.wait_for(1);
  usleep(30000);
  EXPECT_EQ(reclaimed(), 0u);
  EXPECT_EQ(object->payload[0], 42u);
  rcu_read_unlock();
  writer.join();
  EXPECT_EQ(reclaimed(), 1u);
}

TEST_F(KfreeRcu, RcuBarrierIsNotEnough) {
  kfree_rcu(alloc(s), rcu);
  rcu_barrier();
  synchronize_rcu();
  rcu_barrier();
  EXPECT_EQ(reclaimed(), 0u);
  EXPECT_EQ(info(s).pending_rcu, 1u);
}

TEST_F(KfreeRcu, CallAndBarrierWorkInsideAReader) {
  rcu_read_lock();
  for (Object *object : take(6)) kfree_rcu(object, rcu);
  EXPECT_EQ(reclaimed(), 0u);
  rcu_read_unlock();
  kvfree_rcu_barrier();
  EXPECT_EQ(reclaimed(), 6u);
}

TEST_F(KfreeRcu, BarrierCoversBatchesOfOtherThreads) {
  HiddenSteps steps;
  TestThread other([&] {
    kfree_rcu(alloc(s), rcu);
    steps.reach(1);
    steps.wait_for(2);
  });
  steps.wait_for(1);
  kvfree_rcu_barrier();
  EXPECT_EQ(reclaimed(), 1u);
  steps.reach(2);
}

TEST_F(KfreeRcu, BarrierOnACacheLeavesTheSheavesOfOthersAlone) {
  kmem_cache *other = make("other");
  kfree_rcu(alloc(s), rcu);
  kfree_rcu(alloc(other), rcu);
  kvfree_rcu_barrier_on_cache(s);
  EXPECT_EQ(info(s).pending_rcu, 0u);
  EXPECT_EQ(info(other).pending_rcu, 1u);
}

TEST_F(KfreeRcu, LeavingThreadPassesItsBatchOn) {
  kmem_cache *tracked = make("tracked", SLAB_STORE_USER);
  TestThread other([&] {
    kfree_rcu(alloc(s), rcu);
    kfree_rcu(alloc(tracked), rcu);
  });
  other.join();
  EXPECT_EQ(count(SLABBED_EV_BATCH_QUEUED), 2u);
  EXPECT_TRUE(wait_reclaimed(2));
}

TEST_F(KfreeRcu, ObjectsWithoutSheavesShareAMixedBatch) {
  kmem_cache *tracked = make("tracked", SLAB_STORE_USER);
  kmem_cache *second = make("second", SLAB_STORE_USER);
  Object *a = alloc(tracked), *b = alloc(second);
  auto *large = static_cast<Object *>(kmalloc(100000, GFP_KERNEL));
  kfree_rcu(a, rcu);
  kfree_rcu(b, rcu);
  kfree_rcu(large, rcu);
  EXPECT_EQ(info(tracked).pending_rcu, 1u);
  EXPECT_EQ(info(second).pending_rcu, 1u);
  unsigned long before = pages();
  kvfree_rcu_barrier();
  std::vector<Event> queued = events(SLABBED_EV_BATCH_QUEUED);
  ASSERT_EQ(queued.size(), 1u);
  EXPECT_EQ(queued[0].cache, nullptr);
  EXPECT_EQ(queued[0].b, 3u);
  EXPECT_EQ(info(tracked).objects, 0u);
  EXPECT_EQ(info(second).objects, 0u);
  EXPECT_EQ(pages(), before - 32);
  EXPECT_EQ(reclaimed(), 3u);
}

// A page of pointers, less the batch's own head.
TEST_F(KfreeRcu, FullMixedBatchIsQueuedByItself) {
  kmem_cache *tracked = make("tracked", SLAB_STORE_USER);
  constexpr unsigned kCapacity = (4096 - sizeof(slabbed_sheaf)) / sizeof(void *);
  for (unsigned i = 0; i < kCapacity; i++) kfree_rcu(alloc(tracked), rcu);
  ASSERT_TRUE(wait_reclaimed(kCapacity));
  std::vector<Event> queued = events(SLABBED_EV_BATCH_QUEUED);
  ASSERT_EQ(queued.size(), 1u);
  EXPECT_EQ(queued[0].b, kCapacity);
}

TEST_F(KfreeRcu, WithoutMemoryObjectsChainThroughTheirHeads) {
  std::vector<Object *> objects = take(5);
  Faults faults(Faults::kEveryMeta);
  for (Object *object : objects) kfree_rcu(object, rcu);
  EXPECT_EQ(faults.refused(), 10u);  // a sheaf and a mixed batch for each
  EXPECT_EQ(info(s).pending_rcu, 5u);
  EXPECT_EQ(count(SLABBED_EV_BATCH_QUEUED), 0u);
  kvfree_rcu_barrier();
  std::vector<Event> queued = events(SLABBED_EV_BATCH_QUEUED);
  ASSERT_EQ(queued.size(), 1u);
  EXPECT_EQ(queued[0].b, 5u);
  std::vector<Event> freed = events(SLABBED_EV_BATCH_FREED);
  ASSERT_EQ(freed.size(), 1u);
  EXPECT_EQ(freed[0].a, queued[0].a);
  EXPECT_EQ(freed[0].b, 5u);
  EXPECT_EQ(reclaimed(), 5u);
  EXPECT_EQ(info(s).pending_rcu, 0u);
}

TEST_F(KfreeRcu, ChainTakesLargeBlocksToo) {
  auto *large = static_cast<Object *>(kmalloc(100000, GFP_KERNEL));
  Faults faults(Faults::kEveryMeta);
  kfree_rcu(large, rcu);
  kvfree_rcu_barrier();
  EXPECT_EQ(pages(), 0u);
}

TEST_F(KfreeRcu, MightsleepWithMemoryDoesNotWait) {
  kfree_rcu_mightsleep(alloc(s));
  EXPECT_EQ(reclaimed(), 0u);
  EXPECT_EQ(info(s).pending_rcu, 1u);
  kvfree_rcu_barrier();
  EXPECT_EQ(reclaimed(), 1u);
}

TEST_F(KfreeRcu, MightsleepWithoutMemoryWaitsForReadersAndFrees) {
  Object *object = alloc(s);
  Faults faults(Faults::kEveryMeta);
  HiddenSteps steps;
  rcu_read_lock();
  TestThread other([&] {
    steps.reach(1);
    kfree_rcu_mightsleep(object);
    EXPECT_EQ(reclaimed(), 1u);
    steps.reach(2);
  });
  steps.wait_for(1);
  usleep(30000);
  EXPECT_EQ(reclaimed(), 0u);
  rcu_read_unlock();
  other.join();
  EXPECT_EQ(reclaimed(), 1u);
}

TEST_F(KfreeRcu, DrainTimerFreesAPartialBatchAndIsArmedAgain) {
  shutdown();
  boot("hz=1000 kfree_rcu_drain=20 sheaf_capacity=4");
  s = make("c");
  kmem_cache *tracked = make("tracked", SLAB_STORE_USER);
  for (unsigned round = 1; round <= 3; round++) {
    kfree_rcu(alloc(s), rcu);
    ASSERT_TRUE(wait_reclaimed(round)) << round;
  }
  for (unsigned round = 4; round <= 5; round++) {
    kfree_rcu(alloc(tracked), rcu);
    ASSERT_TRUE(wait_reclaimed(round)) << round;
  }
}

TEST_F(KfreeRcu, DrainTimerServesTheChainToo) {
  shutdown();
  boot("hz=1000 kfree_rcu_drain=20");
  s = make("c");
  Object *object = alloc(s);
  Faults faults(Faults::kEveryMeta);
  kfree_rcu(object, rcu);
  EXPECT_TRUE(wait_reclaimed(1));
}

// --- SLAB_TYPESAFE_BY_RCU ----------------------------------------------------------------------

TEST_F(KfreeRcu, TypesafeObjectMayBeReusedAtOnceInsideTheReader) {
  kmem_cache *typesafe = make("typesafe", SLAB_TYPESAFE_BY_RCU);
  rcu_read_lock();
  Object *object = alloc(typesafe);
  kmem_cache_free(typesafe, object);
  EXPECT_EQ(alloc(typesafe), object);
  rcu_read_unlock();
}

TEST_F(KfreeRcu, TypesafeSlabPageReturnsOnlyAfterTheReaders) {
  kmem_cache *typesafe = make("typesafe", SLAB_TYPESAFE_BY_RCU);
  Object *object = alloc(typesafe);
  object->payload[0] = 7;
  rcu_read_lock();
  kmem_cache_free(typesafe, object);
  EXPECT_EQ(kmem_cache_shrink(typesafe), 0);
  EXPECT_EQ(info(typesafe).slabs, 0u);
  usleep(30000);
  EXPECT_EQ(count(SLABBED_EV_SLAB_FREE), 0u);
  EXPECT_EQ(object->payload[0], 7u);
  EXPECT_EQ(pages(), 1u);
  rcu_read_unlock();
  kvfree_rcu_barrier();
  EXPECT_EQ(count(SLABBED_EV_SLAB_FREE), 1u);
  EXPECT_EQ(pages(), 0u);
}

TEST_F(KfreeRcu, OrdinarySlabPageReturnsAtOnce) {
  Object *object = alloc(s);
  rcu_read_lock();
  kmem_cache_free(s, object);
  EXPECT_EQ(kmem_cache_shrink(s), 0);
  EXPECT_EQ(pages(), 0u);
  rcu_read_unlock();
}

// --- shutdown and threads ------------------------------------------------------------------------

// LeakSanitizer judges the rest.
TEST_F(KfreeRcu, ShutdownDropsEveryKindOfPendingBatch) {
  kmem_cache *tracked = make("tracked", SLAB_STORE_USER);
  for (Object *object : take(10)) kfree_rcu(object, rcu);
  kfree_rcu(alloc(tracked), rcu);
  kfree_rcu(static_cast<Object *>(kmalloc(100000, GFP_KERNEL)), rcu);
  std::vector<Object *> chained = take(2);
  Faults faults(Faults::kEveryMeta);
  for (Object *object : chained) kfree_rcu(object, rcu);
}

// Readers never see an object that has been given to somebody else.
TEST_F(KfreeRcu, ReadersUpdatersAndBarriersTogether) {
  constexpr unsigned kUpdates = 4000;
  Object *published = alloc(s);
  published->payload[0] = published->payload[1] = 0;
  port::Atomic<uint32_t> stop{0};
  auto reader = [&] {
    slabbed_rcu_register_thread();
    while (!stop.load_acquire()) {
      rcu_read_lock();
      auto *object = static_cast<Object *>(rcu_dereference(published));
      uint64_t first = object->payload[0];
      ASSERT_EQ(object->payload[1], first);
      rcu_read_unlock();
    }
    slabbed_rcu_unregister_thread();
  };
  {
    TestThread reader1(reader), reader2(reader);
    TestThread barrier([&] {
      while (!stop.load_acquire()) kvfree_rcu_barrier();
    });
    for (uint64_t n = 1; n <= kUpdates; n++) {
      Object *fresh = alloc(s);
      fresh->payload[0] = fresh->payload[1] = n;
      Object *old = published;
      rcu_assign_pointer(published, fresh);
      if (n % 2) kfree_rcu(old, rcu);
      else kfree_rcu_mightsleep(old);
      if (n % 64 == 0) kmem_cache_shrink(s);
    }
    stop.store_release(1);
  }
  kvfree_rcu_barrier();
  EXPECT_EQ(reclaimed(), kUpdates);
  EXPECT_EQ(info(s).objects - info(s).sheaf_objects, 1u);
  EXPECT_TRUE(cache_is_valid(s));
}

}  // namespace
}  // namespace slabbed
