// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// native_system_test.cc - the whole allocator on real threads: what a leaving thread leaves behind,
// threads without a slot, and destroy in its three generations with a real reader in the way.
//
// Method: every test ends with a cache that must be empty. An object lost in a sheaf, a batch or a
// slot of a thread that is no more keeps a slab alive, and shrink says so.
#include <pthread.h>
#include <slabbed/rcupdate.h>
#include <unistd.h>

#include <deque>
#include <string>
#include <vector>

#include "allocator/tests/native_threads.h"
#include "allocator/tests/system_fixture.h"
#include "port/atomic.h"
#include "port/slot.h"
#include "port/time.h"

namespace slabbed::testing {
namespace {

struct Item {
  uint64_t value;
  struct rcu_head rcu;
  char rest[40];
};

class NativeSystem : public SystemTest {
 protected:
  kmem_cache *make(const char *name, slab_flags_t flags = SLAB_NO_MERGE) {
    kmem_cache *s = kmem_cache_create(name, sizeof(Item), 0, flags, nullptr);
    EXPECT_NE(s, nullptr);
    return s;
  }
  static Item *alloc(kmem_cache *s) {
    Item *item = static_cast<Item *>(kmem_cache_alloc(s, GFP_KERNEL));
    EXPECT_NE(item, nullptr);
    if (item) item->value = reinterpret_cast<uintptr_t>(item);
    return item;
  }
  // Nothing is live, cached or pending: every slab goes back.
  void expect_empty(kmem_cache *s) {
    kvfree_rcu_barrier();
    EXPECT_EQ(kmem_cache_shrink(s), 0);
    slabbed_cache_info now = info(s);
    EXPECT_EQ(now.objects, 0u);
    EXPECT_EQ(now.slabs, 0u);
    EXPECT_EQ(now.sheaf_objects, 0u);
    EXPECT_EQ(now.pending_rcu, 0u);
  }
  // Whether `done` became true within ten seconds.
  template <typename Done>
  static bool soon(Done done) {
    for (int i = 0; i < 10000; i++) {
      if (done()) return true;
      usleep(1000);
    }
    return false;
  }
};

TEST_F(NativeSystem, LeavingThreadFlushesItsSheaves) {
  boot();
  kmem_cache *s = make("leaving");
  TestThread thread([&] {
    std::vector<Item *> items;
    for (int i = 0; i < 10; i++) items.push_back(alloc(s));
    for (Item *item : items) kmem_cache_free(s, item);
    EXPECT_GT(info(s).sheaf_objects, 0u);
  });
  thread.join();
  // Less than a sheaf: nothing of it could have gone to the barn, which belongs to nobody.
  EXPECT_EQ(info(s).sheaf_objects, 0u);
  EXPECT_EQ(info(s).objects, 0u);
  expect_empty(s);
  kmem_cache_destroy(s);
}

TEST_F(NativeSystem, ObjectsOutliveTheThreadThatAllocatedThem) {
  boot();
  kmem_cache *s = make("outlive");
  std::vector<Item *> items;
  TestThread thread([&] {
    for (int i = 0; i < 100; i++) items.push_back(alloc(s));
  });
  thread.join();
  for (Item *item : items) EXPECT_EQ(item->value, reinterpret_cast<uintptr_t>(item));
  for (Item *item : items) kmem_cache_free(s, item);
  expect_empty(s);
  kmem_cache_destroy(s);
}

TEST_F(NativeSystem, PartialBatchOfALeavingThreadIsPassedOn) {
  // A timer that never fires: only the exit itself can hand the batch over.
  boot("kfree_rcu_drain=1000000000");
  kmem_cache *s = make("batch");
  TestThread thread([&] {
    for (int i = 0; i < 5; i++) {
      Item *item = alloc(s);
      kfree_rcu(item, rcu);
    }
    void *large = kmalloc(3 * 4096, GFP_KERNEL);
    kfree_rcu_mightsleep(large);
  });
  thread.join();
  EXPECT_TRUE(soon([&] { return count(SLABBED_EV_OBJECT_RECLAIMED) == 6; }));
  EXPECT_EQ(info(s).pending_rcu, 0u);
  expect_empty(s);
  kmem_cache_destroy(s);
}

TEST_F(NativeSystem, TwoSystemsAreBothToldOfTheExit) {
  boot();
  kmem_cache *first = make("first");
  slabbed_system *other = slabbed_system_boot("", nullptr, nullptr, nullptr);
  ASSERT_NE(other, nullptr);
  slabbed_system_set_default(other);
  kmem_cache *second = make("second");
  TestThread thread([&] {
    for (kmem_cache *s : {first, second}) kmem_cache_free(s, alloc(s));
  });
  thread.join();
  for (kmem_cache *s : {first, second}) {
    EXPECT_EQ(kmem_cache_shrink(s), 0);
    kmem_cache_destroy(s);
  }
  slabbed_system_shutdown(other);
  slabbed_system_set_default(system_);
}

// Uses the allocator in all ways from inside a destructor of thread-local storage.
kmem_cache *destructor_cache;
void use_everything(std::vector<Item *> *items) {
  for (size_t i = 0; i < items->size(); i++) {
    Item *item = (*items)[i];
    if (i % 2) kmem_cache_free(destructor_cache, item);
    else kfree_rcu(item, rcu);
  }
  kmem_cache_free(destructor_cache, kmem_cache_alloc(destructor_cache, GFP_KERNEL));
  kfree(kmalloc(100, GFP_KERNEL));
}

struct CxxHolder {
  std::vector<Item *> items;
  ~CxxHolder() { use_everything(&items); }
};

TEST_F(NativeSystem, FreesFromLaterTlsDestructorsWork) {
  boot();
  port::this_slot();  // the port's key is older than the test's: its destructor runs first
  destructor_cache = make("destructors");
  pthread_key_t key;
  ASSERT_EQ(pthread_key_create(&key,
                               [](void *p) {
                                 EXPECT_EQ(port::this_slot(), 0u);
                                 auto *items = static_cast<std::vector<Item *> *>(p);
                                 use_everything(items);
                                 delete items;
                               }),
            0);
  TestThread thread([&] {
    static thread_local CxxHolder holder;
    auto *items = new std::vector<Item *>;
    for (int i = 0; i < 50; i++) {
      holder.items.push_back(alloc(destructor_cache));
      items->push_back(alloc(destructor_cache));
    }
    pthread_setspecific(key, items);
  });
  thread.join();
  expect_empty(destructor_cache);
  kmem_cache_destroy(destructor_cache);
  pthread_key_delete(key);
  EXPECT_EQ(take_lines(), std::vector<std::string>{});
}

TEST_F(NativeSystem, MoreThreadsThanSlots) {
  boot();
  kmem_cache *s = make("crowd");
  constexpr int kThreads = 80;
  port::Atomic<int> arrived{0}, without{0};
  std::deque<TestThread> threads;
  for (int i = 0; i < kThreads; i++) {
    threads.emplace_back([&] {
      kmem_cache_free(s, alloc(s));
      if (port::this_slot() == 0) without.fetch_add_acq_rel(1);
      arrived.fetch_add_acq_rel(1);
      while (arrived.load_acquire() < kThreads) port::spin_wait();
      for (int round = 0; round < 50; round++) {
        Item *kept = alloc(s), *freed = alloc(s), *later = alloc(s);
        EXPECT_NE(kept, freed);
        EXPECT_NE(freed, later);
        kmem_cache_free(s, freed);
        kfree_rcu(later, rcu);
        EXPECT_EQ(kept->value, reinterpret_cast<uintptr_t>(kept));
        kmem_cache_free(s, kept);
      }
    });
  }
  threads.clear();
  // 63 slots; this thread and the two workers may hold some of them.
  EXPECT_GE(without.load_relaxed(), kThreads - 63);
  expect_empty(s);
  kmem_cache_destroy(s);
}

// A reader on its own thread that stays in its section until told.
class OpenReader {
 public:
  OpenReader()
      : thread_([this] {
          rcu_register();
          rcu_read_lock();
          open_.store_release(true);
          while (!close_.load_acquire()) usleep(1000);
          rcu_read_unlock();
          slabbed_rcu_unregister_thread();
        }) {
    while (!open_.load_acquire()) port::spin_wait();
  }
  ~OpenReader() { close(); }
  void close() { close_.store_release(true); }

 private:
  static void rcu_register() { slabbed_rcu_register_thread(); }

  port::Atomic<bool> open_{false}, close_{false};
  TestThread thread_;
};

TEST_F(NativeSystem, NothingIsReusedWhileAnOlderReaderRuns) {
  boot();
  kmem_cache *s = make("older_reader");
  Item *old = alloc(s);
  {
    OpenReader reader;
    kfree_rcu(old, rcu);
    std::vector<Item *> fresh;
    for (int i = 0; i < 500; i++) fresh.push_back(alloc(s));
    for (Item *item : fresh) EXPECT_NE(item, old);
    usleep(20000);
    EXPECT_EQ(old->value, reinterpret_cast<uintptr_t>(old));
    EXPECT_EQ(info(s).objects - info(s).sheaf_objects, 501u);
    for (Item *item : fresh) kmem_cache_free(s, item);
  }
  expect_empty(s);
  kmem_cache_destroy(s);
}

TEST_F(NativeSystem, AsyncDestroyReturnsWhileAReaderHoldsItsObjectsUp) {
  boot("destroy=async");
  kmem_cache *s = make("lingering");
  Item *item = alloc(s);
  OpenReader reader;
  kfree_rcu(item, rcu);
  kmem_cache_destroy(s);
  EXPECT_EQ(count(SLABBED_EV_CACHE_LINGER), 1u);
  EXPECT_EQ(count(SLABBED_EV_CACHE_RELEASED), 0u);
  EXPECT_FALSE(in_sysfs("lingering"));
  // The name is free at once, the old cache notwithstanding.
  kmem_cache *again = make("lingering");
  EXPECT_TRUE(in_sysfs("lingering"));
  usleep(20000);
  EXPECT_EQ(count(SLABBED_EV_CACHE_RELEASED), 0u);
  reader.close();
  flush_destroy_work();
  EXPECT_EQ(count(SLABBED_EV_CACHE_RELEASED), 1u);
  EXPECT_EQ(take_lines(), std::vector<std::string>{});
  kmem_cache_destroy(again);
}

TEST_F(NativeSystem, SyncDestroyWaitsForTheReader) {
  boot("destroy=sync");
  kmem_cache *s = make("waited_for");
  Item *item = alloc(s);
  OpenReader reader;
  kfree_rcu(item, rcu);
  port::Atomic<bool> returned{false};
  TestThread destroyer([&] {
    kmem_cache_destroy(s);
    returned.store_release(true);
  });
  usleep(50000);
  EXPECT_FALSE(returned.load_acquire());
  reader.close();
  destroyer.join();
  EXPECT_EQ(count(SLABBED_EV_CACHE_RELEASED), 1u);
  EXPECT_EQ(take_lines(), std::vector<std::string>{});
}

TEST_F(NativeSystem, LegacyDestroyCallsObjectsInFlightALeak) {
  boot("destroy=legacy");
  kmem_cache *s = make("batman_adv_tl_cache");
  Item *item = alloc(s);
  OpenReader reader;
  kfree_rcu(item, rcu);
  kmem_cache_destroy(s);
  EXPECT_EQ(count(SLABBED_EV_CACHE_RELEASED), 0u);
  EXPECT_FALSE(take_lines().empty());
  EXPECT_TRUE(in_sysfs("batman_adv_tl_cache"));
}

class EveryDestroy : public NativeSystem, public ::testing::WithParamInterface<const char *> {};

TEST_P(EveryDestroy, RealLeakIsReportedOnceWhicheverThreadMadeIt) {
  boot(GetParam());
  kmem_cache *s = make("leaky");
  Item *leaked = nullptr;
  TestThread thread([&] {
    leaked = alloc(s);
    kmem_cache_free(s, alloc(s));
  });
  thread.join();
  kmem_cache_destroy(s);
  flush_destroy_work();
  std::vector<Event> objects = events(SLABBED_EV_LEAKED_OBJECT);
  ASSERT_EQ(objects.size(), 1u);
  EXPECT_EQ(objects[0].object, leaked);
  EXPECT_EQ(count(SLABBED_EV_CACHE_LEAKED), 1u);
  EXPECT_EQ(count(SLABBED_EV_CACHE_RELEASED), 0u);
}

TEST_P(EveryDestroy, CreateUseAndDestroyFromManyThreads) {
  boot(GetParam());
  std::deque<TestThread> threads;
  constexpr int kThreads = 4, kRounds = 40;
  for (int t = 0; t < kThreads; t++) {
    threads.emplace_back([this, t] {
      for (int round = 0; round < kRounds; round++) {
        kmem_cache *s = make(format("churn-%d", t).c_str());
        if (!s) return;
        std::vector<Item *> items;
        for (int i = 0; i < 40; i++) items.push_back(alloc(s));
        for (int i = 0; i < 40; i++) {
          if (i % 3) kmem_cache_free(s, items[static_cast<size_t>(i)]);
          else kfree_rcu(items[static_cast<size_t>(i)], rcu);
        }
        // Linux 6.1 calls what is still in flight a leak: its users had to wait themselves.
        if (std::string(GetParam()) == "destroy=legacy") kvfree_rcu_barrier_on_cache(s);
        kmem_cache_destroy(s);
      }
    });
  }
  threads.clear();
  flush_destroy_work();
  EXPECT_EQ(count(SLABBED_EV_CACHE_RELEASED), static_cast<size_t>(kThreads * kRounds));
  EXPECT_EQ(count(SLABBED_EV_CACHE_LEAKED), 0u);
  EXPECT_EQ(take_lines(), std::vector<std::string>{});
  EXPECT_EQ(slabinfo(), std::vector<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(NativeSystem, EveryDestroy,
                         ::testing::Values("destroy=async", "destroy=sync", "destroy=legacy"),
                         [](const auto &mode) { return std::string(mode.param).substr(8); });

TEST_F(NativeSystem, TypesafePagesSurviveTheReadersThatLookAtThem) {
  boot();
  kmem_cache *s = make("typesafe", SLAB_TYPESAFE_BY_RCU | SLAB_NO_MERGE);
  Item *item = alloc(s);
  {
    OpenReader reader;
    kmem_cache_free(s, item);
    kmem_cache_destroy(s);
    usleep(20000);
    // Free, and of no cache any more, but still a mapped page of Items.
    volatile uint64_t looked_at = item->value;
    (void)looked_at;
    EXPECT_EQ(count(SLABBED_EV_CACHE_RELEASED), 0u);
  }
  flush_destroy_work();
  EXPECT_EQ(count(SLABBED_EV_CACHE_RELEASED), 1u);
  EXPECT_EQ(take_lines(), std::vector<std::string>{});
}

TEST_F(NativeSystem, EveryHeavyBarrierFlushesOtherThreadsSheaves) {
  boot();
  kmem_cache *s = make("revoke");
  for (const char *kind : {"membarrier", "mprotect", "affinity"}) {
    if (!port::heavy_barrier_force(kind)) continue;
    port::Atomic<bool> stop{false};
    TestThread owner([&] {
      while (!stop.load_relaxed()) {
        Item *item = alloc(s);
        EXPECT_EQ(item->value, reinterpret_cast<uintptr_t>(item));
        kmem_cache_free(s, item);
      }
    });
    for (uint64_t deadline = port::jiffies() + 20; port::jiffies() < deadline;) {
      kmem_cache_shrink(s);
    }
    stop.store_release(true);
    owner.join();
    expect_empty(s);
  }
  port::heavy_barrier_force("membarrier");
  kmem_cache_destroy(s);
}

}  // namespace
}  // namespace slabbed::testing
