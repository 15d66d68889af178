// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// native_fork_system_test.cc - fork() leaves the child a usable System, whatever the other threads
// were doing at that moment.
//
// Each child uses everything and reports by its exit status; one that hangs is killed. Under
// ThreadSanitizer two options are needed: die_after_fork=0, since the child starts workers, and
// detect_deadlocks=0, since its deadlock detector cannot hold the number of locks that a System
// takes around a fork().
#include <gtest/gtest.h>
#include <slabbed/rcupdate.h>
#include <slabbed/system.h>
#include <unistd.h>

#include <deque>
#include <vector>

#include "allocator/tests/native_child.h"
#include "allocator/tests/native_threads.h"
#include "port/atomic.h"
#include "port/fork.h"

namespace slabbed::testing {
namespace {

struct Item {
  uint64_t value;
  struct rcu_head rcu;
};

Item *alloc(kmem_cache *s) {
  Item *item = static_cast<Item *>(kmem_cache_alloc(s, GFP_KERNEL));
  if (item) item->value = reinterpret_cast<uintptr_t>(item);
  return item;
}

// The number of the first step that went wrong, 0 if none did.
int use_everything(kmem_cache *s) {
  std::vector<Item *> items;
  for (int i = 0; i < 300; i++) items.push_back(alloc(s));
  for (Item *item : items) {
    if (!item || item->value != reinterpret_cast<uintptr_t>(item)) return 1;
  }
  for (size_t i = 0; i < items.size(); i++) {
    if (i % 2) kmem_cache_free(s, items[i]);
    else kfree_rcu(items[i], rcu);
  }
  void *buffer = kmalloc(300, GFP_KERNEL);
  if (!buffer) return 2;
  kfree(buffer);
  kvfree_rcu_barrier();
  kmem_cache *mine = kmem_cache_create("of_the_child", 72, 0, SLAB_NO_MERGE, nullptr);
  if (!mine) return 3;
  Item *pending = alloc(mine);
  kfree_rcu(pending, rcu);
  kmem_cache_destroy(mine);
  slabbed_flush_destroy_work(slabbed_system_default());
  if (slabbed_sysfs_exists(slabbed_system_default(), "of_the_child")) return 4;
  return 0;
}

class ForkSystem : public ::testing::Test {
 protected:
  void SetUp() override {
    // No observer: its lock would be the test's own to bring through the fork.
    system_ = slabbed_system_boot("", nullptr, nullptr, nullptr);
    ASSERT_NE(system_, nullptr);
    slabbed_system_set_default(system_);
    cache_ = kmem_cache_create("shared", sizeof(Item), 0, SLAB_NO_MERGE, nullptr);
    ASSERT_NE(cache_, nullptr);
  }
  void TearDown() override { slabbed_system_shutdown(system_); }

  void expect_empty() {
    kvfree_rcu_barrier();
    EXPECT_EQ(kmem_cache_shrink(cache_), 0);
  }

  slabbed_system *system_ = nullptr;
  kmem_cache *cache_ = nullptr;
};

TEST_F(ForkSystem, ChildOfAQuietProgramUsesEverything) {
  EXPECT_EQ(use_everything(cache_), 0);
  EXPECT_EQ(status_of_child([&] { return use_everything(cache_); }), 0);
  EXPECT_EQ(use_everything(cache_), 0);
  expect_empty();
}

TEST_F(ForkSystem, ChildGetsBackWhatTheDeadThreadsHadInTheirSheaves) {
  port::Atomic<bool> ready{false}, stop{false};
  TestThread holder([&] {
    std::vector<Item *> items;
    for (int i = 0; i < 100; i++) items.push_back(alloc(cache_));
    for (Item *item : items) kmem_cache_free(cache_, item);
    for (int i = 0; i < 5; i++) {
      Item *item = alloc(cache_);
      kfree_rcu(item, rcu);
    }
    ready.store_release(true);
    while (!stop.load_acquire()) usleep(1000);
  });
  while (!ready.load_acquire()) usleep(1000);
  // In the child nobody holds anything: an object left in a dead thread's slot keeps its slab.
  EXPECT_EQ(status_of_child([&] {
              kvfree_rcu_barrier();
              return kmem_cache_shrink(cache_);
            }),
            0);
  stop.store_release(true);
  holder.join();
  expect_empty();
}

// Threads that never stop using the allocator while the process forks.
class Busy {
 public:
  Busy(kmem_cache *s, int threads) {
    for (int t = 0; t < threads; t++) {
      threads_.emplace_back([this, s, t] {
        while (!stop_.load_relaxed()) work(s, t);
      });
    }
  }
  ~Busy() { stop_.store_release(true); }

 private:
  static void work(kmem_cache *s, int t) {
    std::vector<Item *> items;
    for (int i = 0; i < 70; i++) items.push_back(alloc(s));
    for (int i = 0; i < 70; i++) {
      Item *item = items[static_cast<size_t>(i)];
      EXPECT_EQ(item->value, reinterpret_cast<uintptr_t>(item));
      if (i % 5 == t) kfree_rcu(item, rcu);
      else kmem_cache_free(s, item);
    }
    if (t == 0) kmem_cache_shrink(s);
    if (t == 1) {
      kmem_cache *churn = kmem_cache_create("churn", 200, 0, SLAB_NO_MERGE, nullptr);
      Item *item = alloc(churn);
      kfree_rcu(item, rcu);
      kmem_cache_destroy(churn);
    }
    if (t == 2) {
      // A thread that comes, allocates and goes.
      TestThread brief([s] { kmem_cache_free(s, alloc(s)); });
    }
  }

  port::Atomic<bool> stop_{false};
  std::deque<TestThread> threads_;
};

TEST_F(ForkSystem, ChildOfABusyProgramUsesEverything) {
  {
    Busy busy(cache_, 3);
    for (int i = 0; i < 40; i++) {
      ASSERT_EQ(status_of_child([&] { return use_everything(cache_); }), 0)
          << "fork " << i;
      usleep(static_cast<useconds_t>(i) * 100);
    }
  }
  slabbed_flush_destroy_work(system_);
  expect_empty();
}

// An owner may be preempted right after it has marked itself busy: it would find the empty sheaf
// and touch nothing, but in the child it never goes on. Its slot must be flushed all the same.
struct PreemptedOwner : port::ForkUser {
  PreemptedOwner() : port::ForkUser{prepare, parent, child, nullptr} { fork_user_add(this); }
  ~PreemptedOwner() { fork_user_remove(this); }

  static slabbed_pcs *pcs_of(port::ForkUser *self) {
    auto *owner = static_cast<PreemptedOwner *>(self);
    return reinterpret_cast<slabbed_pcs *>(reinterpret_cast<char *>(owner->cache) + owner->offset);
  }
  static void prepare(port::ForkUser *self) { slabbed_store_relaxed_u32(&pcs_of(self)->busy, 1); }
  static void parent(port::ForkUser *self) { slabbed_store_release_u32(&pcs_of(self)->busy, 0); }
  static void child(port::ForkUser *) {}

  kmem_cache *cache = nullptr;
  size_t offset = 0;  // of the owner's slot
};

TEST(ForkPreempted, OwnerThatWasBusyInTheParentHoldsNothingUpInTheChild) {
  // Added before the System: prepares after it, when its sheaves are frozen.
  PreemptedOwner owner;
  slabbed_system *system = slabbed_system_boot("", nullptr, nullptr, nullptr);
  slabbed_system_set_default(system);
  owner.cache = kmem_cache_create("preempted", sizeof(Item), 0, SLAB_NO_MERGE, nullptr);
  port::Atomic<bool> ready{false}, stop{false};
  TestThread thread([&] {
    kmem_cache_free(owner.cache, alloc(owner.cache));
    owner.offset = slabbed_slot_offset();
    ready.store_release(true);
    while (!stop.load_acquire()) usleep(1000);
  });
  while (!ready.load_acquire()) usleep(1000);
  EXPECT_EQ(status_of_child([&] { return use_everything(owner.cache); }), 0);
  stop.store_release(true);
  thread.join();
  EXPECT_EQ(use_everything(owner.cache), 0);
  slabbed_system_shutdown(system);
}

TEST_F(ForkSystem, GrandchildrenWorkToo) {
  EXPECT_EQ(status_of_child([&] {
              int mine = use_everything(cache_);
              if (mine) return mine;
              return status_of_child([&] { return use_everything(cache_); });
            }),
            0);
}

TEST_F(ForkSystem, EverySystemSurvives) {
  slabbed_system *second = slabbed_system_boot("destroy=sync", nullptr, nullptr, nullptr);
  EXPECT_EQ(status_of_child([&] {
              int first = use_everything(cache_);
              if (first) return first;
              slabbed_system_set_default(second);
              kmem_cache *s = kmem_cache_create("second", 64, 0, SLAB_NO_MERGE, nullptr);
              int result = use_everything(s);
              return result ? 10 + result : 0;
            }),
            0);
  slabbed_system_shutdown(second);
}

}  // namespace
}  // namespace slabbed::testing
