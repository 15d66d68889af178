// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// destroy_test.cc - kmem_cache_destroy() in its three generations, cell by cell.
//
//                         legacy (6.1)         async (the RFC)              sync (6.12)
//   objects in flight     report, LEAKED       LINGER, then released        waits, released
//   objects left for good report, LEAKED       LINGER, then report, LEAKED  report, LEAKED
//   names                 stay if leaked       vanish at once               vanish
//   slab_caches           stays if leaked      stays while not released     leaves
#include <slabbed/rcupdate.h>
#include <slabbed/slab.h>
#include <string.h>
#include <unistd.h>

#include "allocator/tests/native_threads.h"
#include "allocator/tests/system_fixture.h"
#include "core/cache.h"

namespace slabbed {
namespace {

using testing::Event;
using testing::format;
using testing::HiddenSteps;
using testing::TestThread;
using Names = std::vector<std::string>;

struct Object {
  uint64_t payload[6];
  struct rcu_head rcu;
};

unsigned constructed = 0;
void count_construction(void *) { constructed++; }

class Destroy : public testing::SystemTest {
 protected:
  void start(const std::string &mode, const char *more = "") {
    boot(format("destroy=%s kfree_rcu_drain=1000000 sheaf_capacity=4 %s", mode.c_str(), more)
             .c_str());
    slabbed_rcu_register_thread();
  }
  void TearDown() override {
    slabbed_rcu_unregister_thread();
    SystemTest::TearDown();
  }
  static kmem_cache *make(const char *name = "c", slab_flags_t flags = SLAB_NO_MERGE,
                          void (*ctor)(void *) = nullptr) {
    return kmem_cache_create(name, sizeof(Object), 0, flags, ctor);
  }
  static Object *alloc(kmem_cache *s) {
    return static_cast<Object *>(kmem_cache_alloc(s, GFP_KERNEL));
  }
  bool released(const kmem_cache *s) {
    for (const Event &event : events(SLABBED_EV_CACHE_RELEASED)) {
      if (event.cache == s) return true;
    }
    return false;
  }
  // The kinds that tell a cache's life, in order.
  std::vector<slabbed_event> life() {
    std::vector<slabbed_event> kinds;
    for (const Event &event : take_events()) {
      if (event.kind >= SLABBED_EV_CACHE_CREATED && event.kind <= SLABBED_EV_SYSFS_REMOVE) {
        kinds.push_back(event.kind);
      }
    }
    return kinds;
  }
  size_t lines_with(const char *part) {
    size_t found = 0;
    for (const std::string &line : take_lines()) found += line.find(part) != std::string::npos;
    return found;
  }
};

class EveryMode : public Destroy, public ::testing::WithParamInterface<const char *> {
 protected:
  void SetUp() override { start(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Modes, EveryMode, ::testing::Values("legacy", "async", "sync"),
                         [](const auto &mode) { return std::string(mode.param); });

TEST_P(EveryMode, EmptyCacheIsGoneWhenDestroyReturns) {
  kmem_cache *s = make();
  kmem_cache_free(s, alloc(s));
  kmem_cache_destroy(s);
  EXPECT_EQ(life(), (std::vector<slabbed_event>{SLABBED_EV_SYSFS_ADD, SLABBED_EV_CACHE_CREATED,
                                                SLABBED_EV_CACHE_DYING, SLABBED_EV_SYSFS_REMOVE,
                                                SLABBED_EV_CACHE_RELEASED}));
  EXPECT_TRUE(slabinfo().empty());
  EXPECT_FALSE(in_sysfs("c"));
  EXPECT_EQ(pages(), 0u);
  EXPECT_TRUE(take_lines().empty());
}

TEST_P(EveryMode, NullIsIgnored) {
  kmem_cache_destroy(nullptr);
  EXPECT_TRUE(take_events().empty());
}

TEST_P(EveryMode, AliasOnlyDropsItsReference) {
  kmem_cache *s = make("a", 0);
  ASSERT_EQ(make("b", 0), s);
  Object *object = alloc(s);
  kmem_cache_destroy(s);
  std::vector<Event> unref = events(SLABBED_EV_CACHE_UNREF);
  ASSERT_EQ(unref.size(), 1u);
  EXPECT_EQ(unref[0].a, 1u);
  EXPECT_EQ(count(SLABBED_EV_CACHE_DYING), 0u);
  EXPECT_EQ(info(s).refcount, 1);
  EXPECT_TRUE(in_sysfs(":0000064"));
  kmem_cache_free(s, object);
  kmem_cache_destroy(s);
  EXPECT_TRUE(released(s));
  EXPECT_FALSE(in_sysfs(":0000064"));
}

TEST_P(EveryMode, SheavesOfOtherThreadsAreNoLeak) {
  kmem_cache *s = make();
  HiddenSteps steps;
  TestThread other([&] {
    std::vector<Object *> objects;
    for (unsigned i = 0; i < 10; i++) objects.push_back(alloc(s));
    for (Object *object : objects) kmem_cache_free(s, object);
    steps.reach(1);
    steps.wait_for(2);
  });
  steps.wait_for(1);
  kmem_cache_destroy(s);
  EXPECT_TRUE(released(s));
  EXPECT_TRUE(take_lines().empty());
  steps.reach(2);
}

TEST_P(EveryMode, NameCanBeUsedAgainAtOnce) {
  for (unsigned i = 0; i < 3; i++) {
    kmem_cache *s = make();
    ASSERT_NE(s, nullptr);
    kmem_cache_destroy(s);
  }
  EXPECT_EQ(count(SLABBED_EV_CACHE_RELEASED), 3u);
}

// TYPESAFE and empty: RCU_WAIT until the readers are done with its slab pages.
TEST_P(EveryMode, EmptyTypesafeCacheWaitsForReadersOutsideOfEveryList) {
  kmem_cache *s = make("t", SLAB_TYPESAFE_BY_RCU);
  Object *object = alloc(s);
  object->payload[0] = 9;
  rcu_read_lock();
  kmem_cache_free(s, object);
  HiddenSteps steps;
  TestThread destroyer([&] {
    kmem_cache_destroy(s);
    steps.reach(1);
  });
  steps.wait_for(1);
  usleep(20000);
  EXPECT_FALSE(released(s));
  EXPECT_EQ(count(SLABBED_EV_SLAB_FREE), 0u);
  EXPECT_EQ(object->payload[0], 9u);
  EXPECT_FALSE(in_sysfs("t"));
  EXPECT_TRUE(slabinfo().empty());
  kmem_cache *again = make("t", SLAB_TYPESAFE_BY_RCU);
  EXPECT_NE(again, nullptr);
  EXPECT_NE(again, s);
  rcu_read_unlock();
  destroyer.join();
  flush_destroy_work();
  EXPECT_TRUE(released(s));
  EXPECT_EQ(count(SLABBED_EV_SLAB_FREE), 1u);
  EXPECT_TRUE(take_lines().empty());
}

TEST_P(EveryMode, ShutdownWithALeakedCacheGivesAllMemoryBack) {
  kmem_cache *s = make("leaky", SLAB_STORE_USER);
  alloc(s);
  kmem_cache_destroy(s);
  flush_destroy_work();
  EXPECT_EQ(count(SLABBED_EV_CACHE_LEAKED), 1u);
  EXPECT_EQ(count(SLABBED_EV_LEAKED_OBJECT), 1u);
}

TEST_P(EveryMode, ShutdownRightAfterDestroyIsClean) {
  for (const char *name : {"a", "b", "c"}) {
    kmem_cache *s = make(name, SLAB_TYPESAFE_BY_RCU);
    alloc(s);
    kmem_cache_free(s, alloc(s));
    kmem_cache_destroy(s);
  }
}

TEST_P(EveryMode, SecondDestroyOfALeakedCacheIsANoOp) {
  kmem_cache *s = make();
  alloc(s);
  kmem_cache_destroy(s);
  flush_destroy_work();
  ASSERT_EQ(count(SLABBED_EV_CACHE_LEAKED), 1u);
  take_events();
  take_lines();
  kmem_cache_destroy(s);
  flush_destroy_work();
  EXPECT_TRUE(take_events().empty());
  EXPECT_TRUE(take_lines().empty());
}

TEST_P(EveryMode, LeakedCacheStillTakesFreesAndGivesObjects) {
  kmem_cache *s = make();
  Object *object = alloc(s);
  kmem_cache_destroy(s);
  flush_destroy_work();
  Object *more = alloc(s);  // a bug of the caller, undetected
  EXPECT_NE(more, nullptr);
  kmem_cache_free(s, more);
  kmem_cache_free(s, object);
  flush_destroy_work();
  EXPECT_FALSE(released(s));
  EXPECT_EQ(info(s).objects, 0u);
  EXPECT_EQ(info(s).sheaf_objects, 0u);  // no sheaf is made for a dying cache
  EXPECT_EQ(info(s).slabs, 1u);          // and the slab stays
  EXPECT_TRUE(cache_is_valid(s));
}

TEST_P(EveryMode, DyingCacheCallsNoConstructor) {
  kmem_cache *s = make("c", 0, count_construction);
  alloc(s);
  kmem_cache_destroy(s);
  flush_destroy_work();
  constructed = 0;
  for (unsigned i = 0; i < 200; i++) ASSERT_NE(alloc(s), nullptr);
  EXPECT_EQ(constructed, 0u);
}

// --- legacy ------------------------------------------------------------------------------------

class Legacy : public Destroy {
 protected:
  void SetUp() override { start("legacy"); }
};

TEST_F(Legacy, ObjectInFlightIsReportedInSpiteOfRcuBarrier) {
  kmem_cache *s = make();
  kfree_rcu(alloc(s), rcu);
  rcu_barrier();
  rcu_read_lock();  // or the worker, to whom the flush hands the object, might win the race
  kmem_cache_destroy(s);
  rcu_read_unlock();
  ASSERT_EQ(count(SLABBED_EV_CACHE_LEAKED), 1u);
  EXPECT_EQ(lines_with("Slab cache still has objects when called from"), 1u);
  EXPECT_EQ(slabinfo(), Names{"c"});
  EXPECT_TRUE(in_sysfs("c"));
  EXPECT_EQ(info(s).refcount, 0);
  kvfree_rcu_barrier();
  EXPECT_EQ(info(s).objects, 0u);
  EXPECT_FALSE(released(s));
}

TEST_F(Legacy, BarrierBeforeDestroyAvoidsIt) {
  kmem_cache *s = make();
  kfree_rcu(alloc(s), rcu);
  kvfree_rcu_barrier();
  kmem_cache_destroy(s);
  EXPECT_TRUE(released(s));
  EXPECT_TRUE(take_lines().empty());
}

TEST_F(Legacy, DirectoryOfALeakedUnmergeableCacheBlocksItsName) {
  kmem_cache *s = make();
  alloc(s);
  kmem_cache_destroy(s);
  take_lines();
  EXPECT_EQ(make(), nullptr);
  EXPECT_EQ(take_lines(), Names{"__kmem_cache_create_args(c) failed with error -17"});
}

TEST_F(Legacy, LeakedMergeableCacheServesAgainAndItsNextDestroySucceeds) {
  kmem_cache *s = make("a", 0);
  Object *object = alloc(s);
  kmem_cache_destroy(s);
  EXPECT_EQ(count(SLABBED_EV_CACHE_LEAKED), 1u);
  ASSERT_EQ(make("b", 0), s);
  EXPECT_EQ(info(s).refcount, 1);
  kmem_cache_free(s, alloc(s));
  EXPECT_EQ(info(s).sheaf_objects, 4u);  // sheaves work again
  kmem_cache_free(s, object);
  kmem_cache_destroy(s);
  EXPECT_TRUE(released(s));
  EXPECT_EQ(count(SLABBED_EV_CACHE_LEAKED), 1u);
}

// --- async -------------------------------------------------------------------------------------

class Async : public Destroy {
 protected:
  void SetUp() override { start("async"); }
  // A cache that lingers for as long as the calling thread stays inside its reader.
  kmem_cache *linger(slab_flags_t flags = SLAB_NO_MERGE) {
    kmem_cache *s = make("c", flags);
    kfree_rcu(alloc(s), rcu);
    rcu_read_lock();
    kmem_cache_destroy(s);
    EXPECT_EQ(count(SLABBED_EV_CACHE_LINGER), 1u);
    return s;
  }
  void end_linger() {
    rcu_read_unlock();
    flush_destroy_work();
  }
};

TEST_F(Async, IsTheDefault) {
  shutdown();
  boot("kfree_rcu_drain=1000000");
  kmem_cache *s = make();
  kfree_rcu(alloc(s), rcu);
  rcu_read_lock();
  kmem_cache_destroy(s);
  EXPECT_EQ(count(SLABBED_EV_CACHE_LINGER), 1u);
  end_linger();
  EXPECT_TRUE(released(s));
}

TEST_F(Async, ObjectInFlightLetsTheCacheLingerAndThenGo) {
  kmem_cache *s = linger();
  std::vector<Event> lingers = events(SLABBED_EV_CACHE_LINGER);
  EXPECT_EQ(lingers[0].a, 1u);  // slabs that remain
  EXPECT_FALSE(in_sysfs("c"));
  EXPECT_EQ(slabinfo(), Names{"c"});
  EXPECT_EQ(info(s).refcount, 0);
  EXPECT_EQ(info(s).in_sysfs, 0);
  end_linger();
  EXPECT_TRUE(released(s));
  EXPECT_TRUE(slabinfo().empty());
  EXPECT_TRUE(take_lines().empty());
  EXPECT_EQ(pages(), 0u);
}

TEST_F(Async, WholeSheafInFlightNeverReachesTheDyingBarn) {
  kmem_cache *s = make();
  std::vector<Object *> objects;
  for (unsigned i = 0; i < 8; i++) objects.push_back(alloc(s));
  rcu_read_lock();
  for (Object *object : objects) kfree_rcu(object, rcu);  // two whole sheaves
  kmem_cache_destroy(s);
  end_linger();
  EXPECT_TRUE(released(s));
  EXPECT_EQ(count(SLABBED_EV_OBJECT_RECLAIMED), 8u);
  EXPECT_TRUE(take_lines().empty());
}

TEST_F(Async, SameNameWhileTheOldOneLingersGivesTwoRows) {
  kmem_cache *old = linger();
  kmem_cache *s = make();
  ASSERT_NE(s, nullptr);
  EXPECT_NE(s, old);
  EXPECT_EQ(slabinfo(), (Names{"c", "c"}));
  EXPECT_TRUE(in_sysfs("c"));
  end_linger();
  EXPECT_TRUE(released(old));
  EXPECT_EQ(slabinfo(), Names{"c"});
  EXPECT_TRUE(in_sysfs("c"));
  kmem_cache_destroy(s);
  EXPECT_TRUE(released(s));
}

// RFC patch 1: refcount <= 0.
TEST_F(Async, LingeringAndLeakedCachesAreNoMergeCandidates) {
  kmem_cache *lingering = linger(0);
  kmem_cache *s = make("s", 0);
  EXPECT_NE(s, lingering);
  EXPECT_EQ(info(lingering).refcount, 0);
  alloc(s);
  end_linger();
  kmem_cache_destroy(s);
  flush_destroy_work();
  ASSERT_EQ(count(SLABBED_EV_CACHE_LEAKED), 1u);
  EXPECT_NE(make("t", 0), s);
}

TEST_F(Async, SecondDestroyOfALingeringCacheIsANoOp) {
  kmem_cache *s = linger();
  kmem_cache_destroy(s);
  kmem_cache_destroy(s);
  EXPECT_EQ(count(SLABBED_EV_CACHE_DYING), 1u);
  end_linger();
  EXPECT_TRUE(released(s));
}

TEST_F(Async, LateFreeOfALingeringCacheIsTolerated) {
  kmem_cache *s = make();
  Object *late = alloc(s);
  kfree_rcu(alloc(s), rcu);
  rcu_read_lock();
  kmem_cache_destroy(s);
  kmem_cache_free(s, late);
  end_linger();
  EXPECT_TRUE(released(s));
  EXPECT_TRUE(take_lines().empty());
}

TEST_F(Async, LateKfreeRcuOfALingeringCacheIsTolerated) {
  kmem_cache *s = make();
  Object *late = alloc(s);
  kfree_rcu(alloc(s), rcu);
  rcu_read_lock();
  kmem_cache_destroy(s);
  kfree_rcu(late, rcu);
  rcu_read_unlock();
  flush_destroy_work();
  kvfree_rcu_barrier();
  // Before or after the work's barrier: the free may have come in time.
  EXPECT_TRUE(released(s) || count(SLABBED_EV_CACHE_LEAKED) == 1);
}

// Without the flush in the second attempt, objects that came back through sheaves would look alive.
TEST_F(Async, AllocationFromALingeringCacheSucceedsAndIsReported) {
  kmem_cache *s = linger();
  EXPECT_NE(alloc(s), nullptr);
  end_linger();
  EXPECT_EQ(count(SLABBED_EV_CACHE_LEAKED), 1u);
  EXPECT_FALSE(released(s));
  EXPECT_EQ(lines_with("Slab cache still has objects"), 1u);
}

TEST_F(Async, RealLeakStaysOnTheListForEver) {
  kmem_cache *s = make();
  alloc(s);
  kmem_cache_destroy(s);
  flush_destroy_work();
  std::vector<Event> leaked = events(SLABBED_EV_CACHE_LEAKED);
  ASSERT_EQ(leaked.size(), 1u);
  EXPECT_EQ(leaked[0].cache, s);
  EXPECT_EQ(leaked[0].a, 1u);
  EXPECT_EQ(slabinfo(), Names{"c"});
  EXPECT_FALSE(in_sysfs("c"));
  kmem_cache *again = make();
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(slabinfo(), (Names{"c", "c"}));
}

TEST_F(Async, LingeringTypesafeCacheWaitsForItsPagesToo) {
  kmem_cache *s = linger(SLAB_TYPESAFE_BY_RCU);
  end_linger();
  EXPECT_TRUE(released(s));
  std::vector<Event> all = take_events();
  size_t page_freed = 0, cache_released = 0;
  for (size_t i = 0; i < all.size(); i++) {
    if (all[i].kind == SLABBED_EV_SLAB_FREE) page_freed = i;
    if (all[i].kind == SLABBED_EV_CACHE_RELEASED) cache_released = i;
  }
  EXPECT_LT(page_freed, cache_released);
  EXPECT_EQ(pages(), 0u);
}

TEST_F(Async, ManyLingeringCachesShareOneBarrier) {
  std::vector<kmem_cache *> caches;
  rcu_read_lock();
  for (unsigned i = 0; i < 20; i++) {
    caches.push_back(make(format("c%u", i).c_str()));
    kfree_rcu(alloc(caches.back()), rcu);
    kmem_cache_destroy(caches.back());
  }
  EXPECT_EQ(count(SLABBED_EV_CACHE_LINGER), 20u);
  end_linger();
  EXPECT_EQ(count(SLABBED_EV_CACHE_RELEASED), 20u);
  EXPECT_LE(count(SLABBED_EV_BATCH_WAIT), 6u);
}

// The kfree_rcu worker brings the last objects home while destroy looks at the counters: the
// descriptor must outlive the worker's way out.
TEST_F(Async, DestroyRacesWithTheWorkerThatFreesTheLastObjects) {
  for (unsigned round = 0; round < 300; round++) {
    kmem_cache *s = make(format("r%u", round).c_str(),
                         round % 3 == 2 ? SLAB_TYPESAFE_BY_RCU : SLAB_NO_MERGE);
    std::vector<Object *> objects;
    for (unsigned i = 0; i < 4 + round % 5; i++) objects.push_back(alloc(s));
    for (Object *object : objects) kfree_rcu(object, rcu);
    if (round % 2) usleep(round % 7 * 100);
    kmem_cache_destroy(s);
  }
  flush_destroy_work();
  EXPECT_EQ(count(SLABBED_EV_CACHE_RELEASED), 300u);
  EXPECT_TRUE(take_lines().empty());
  EXPECT_EQ(pages(), 0u);
}

// --- sync --------------------------------------------------------------------------------------

class Sync : public Destroy {
 protected:
  void SetUp() override { start("sync"); }
};

TEST_F(Sync, ObjectInFlightIsWaitedFor) {
  kmem_cache *s = make();
  kfree_rcu(alloc(s), rcu);
  kmem_cache_destroy(s);
  EXPECT_TRUE(released(s));
  EXPECT_EQ(count(SLABBED_EV_CACHE_LINGER), 0u);
  EXPECT_EQ(count(SLABBED_EV_OBJECT_RECLAIMED), 1u);
  EXPECT_TRUE(take_lines().empty());
}

TEST_F(Sync, AliasIsWaitedForToo) {
  kmem_cache *s = make("a", 0);
  make("b", 0);
  kfree_rcu(alloc(s), rcu);
  kmem_cache_destroy(s);
  EXPECT_EQ(count(SLABBED_EV_OBJECT_RECLAIMED), 1u);
}

TEST_F(Sync, RealLeakIsReportedAtOnceAndVisibleNowhere) {
  kmem_cache *s = make();
  Object *object = alloc(s);
  kmem_cache_destroy(s);
  EXPECT_EQ(lines_with("Slab cache still has objects when called from"), 1u);
  EXPECT_TRUE(slabinfo().empty());
  EXPECT_FALSE(in_sysfs("c"));
  kmem_cache *again = make();
  EXPECT_NE(again, nullptr);
  EXPECT_NE(again, s);
  kmem_cache_free(s, object);
  EXPECT_FALSE(released(s));
}

}  // namespace
}  // namespace slabbed
