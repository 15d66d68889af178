// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// native_stress_test.cc - everything at once on real threads, for the sanitizers to watch.
//
// Readers look at objects of a shared table inside read sections; writers replace them and
// kfree_rcu() the old ones; one thread creates and destroys caches, one shrinks, asks for numbers
// and waits for barriers. Every object carries a tag made of its address and a generation, over its
// whole length: a reader that finds another one has been handed memory that somebody else has.
#include <gtest/gtest.h>
#include <slabbed/rcupdate.h>
#include <slabbed/system.h>
#include <stdlib.h>

#include <deque>

#include "allocator/tests/native_threads.h"
#include "port/annotate.h"
#include "port/atomic.h"
#include "port/time.h"

namespace slabbed::testing {
namespace {

constexpr unsigned kPlaces = 16;
constexpr unsigned kWords = 12;

struct Node {
  uint64_t words[kWords];
  struct rcu_head rcu;
};

// Jiffies of 10 ms that one stress lasts; SLABBED_STRESS_SECONDS overrides.
uint64_t patience() {
  const char *seconds = getenv("SLABBED_STRESS_SECONDS");
  return seconds ? 100 * strtoull(seconds, nullptr, 10) : 100;
}

struct Random {
  uint64_t state;
  uint32_t below(uint32_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>(state >> 33) % n;
  }
};

class Stress : public ::testing::TestWithParam<const char *> {
 public:
  // What a thread may do until time is up.
  void reads_and_replaces(int thread) {
    Random random{static_cast<uint64_t>(thread) + 1};
    while (running()) {
      for (int i = 0; i < 20; i++) read(&random);
      for (int i = 0; i < 10; i++) replace(&random);
    }
  }
  void creates_and_destroys(int thread) {
    Random random{static_cast<uint64_t>(thread) + 1};
    while (running()) {
      churn(thread);
      read(&random);
      replace(&random);
    }
  }
  void shrinks_and_waits(int thread) {
    Random random{static_cast<uint64_t>(thread) + 1};
    while (running()) {
      kmem_cache_shrink(nodes_);
      replace(&random);
      kvfree_rcu_barrier();
      replace(&random);
      kvfree_rcu_barrier_on_cache(nodes_);
      synchronize_rcu();
      slabbed_cache_info info;
      EXPECT_EQ(slabbed_cache_get_info(nodes_, &info), 0);
      EXPECT_LE(info.objects, info.total_objects);
    }
  }
  void comes_and_goes(int) {
    while (running()) {
      TestThread brief([this] {
        Random random{static_cast<uint64_t>(generation_.load_relaxed())};
        slabbed_rcu_register_thread();
        for (int i = 0; i < 30; i++) replace(&random);
        read(&random);
        slabbed_rcu_unregister_thread();
      });
    }
  }

 protected:
  void SetUp() override {
    system_ = slabbed_system_boot(GetParam(), nullptr, nullptr, nullptr);
    ASSERT_NE(system_, nullptr);
    slabbed_system_set_default(system_);
    slabbed_system_set_report_sink(
        system_,
        [](void *, const char *line) { ADD_FAILURE() << "unexpected report: " << line; }, nullptr);
    nodes_ = kmem_cache_create("nodes", sizeof(Node), 0, SLAB_NO_MERGE, nullptr);
    ASSERT_NE(nodes_, nullptr);
  }
  void TearDown() override {
    threads_.clear();
    for (Node *&node : places_) {
      if (node) kmem_cache_free(nodes_, node);
      node = nullptr;
    }
    kvfree_rcu_barrier();
    EXPECT_EQ(kmem_cache_shrink(nodes_), 0);
    kmem_cache_destroy(nodes_);
    slabbed_flush_destroy_work(system_);
    slabbed_system_shutdown(system_);
    EXPECT_GT(replaced_.load_relaxed(), 0u);
    EXPECT_GT(read_.load_relaxed(), 0u);
  }

  void start(void (Stress::*body)(int thread)) {
    int thread = static_cast<int>(threads_.size());
    threads_.emplace_back([this, body, thread] {
      slabbed_rcu_register_thread();
      (this->*body)(thread);
      slabbed_rcu_unregister_thread();
    });
  }

 private:
  bool running() const { return port::jiffies() < deadline_; }

  Node *make_node() {
    Node *node = static_cast<Node *>(kmem_cache_alloc(nodes_, GFP_KERNEL));
    EXPECT_NE(node, nullptr);
    uint64_t tag = reinterpret_cast<uintptr_t>(node) ^ (generation_.fetch_add_relaxed(1) << 48);
    for (uint64_t &word : node->words) word = tag;
    return node;
  }

  static void check(const Node *node) {
    uint64_t tag = node->words[0];
    EXPECT_EQ(tag << 16, reinterpret_cast<uintptr_t>(node) << 16);
    for (uint64_t word : node->words) EXPECT_EQ(word, tag);
  }

  void read(Random *random) {
    rcu_read_lock();
    for (int i = 0; i < 4; i++) {
      Node *node = rcu_dereference(places_[random->below(kPlaces)]);
      if (node) check(node);
    }
    rcu_read_unlock();
    read_.fetch_add_relaxed(1);
  }

  void replace(Random *random) {
    Node *fresh = make_node();
    Node *old = port::exchange_acq_rel(places_[random->below(kPlaces)], fresh);
    replaced_.fetch_add_relaxed(1);
    if (!old) return;
    check(old);
    kfree_rcu(old, rcu);
  }

  void churn(int thread) {
    char name[32];
    snprintf(name, sizeof name, "churn-%d", thread);
    kmem_cache *s = kmem_cache_create(name, sizeof(Node), 0, SLAB_NO_MERGE, nullptr);
    ASSERT_NE(s, nullptr);
    Node *nodes[50];
    for (Node *&node : nodes) node = static_cast<Node *>(kmem_cache_alloc(s, GFP_KERNEL));
    for (Node *node : nodes) kfree_rcu(node, rcu);
    kmem_cache_destroy(s);
  }

  slabbed_system *system_ = nullptr;
  kmem_cache *nodes_ = nullptr;
  Node *places_[kPlaces] = {};
  port::Atomic<uint64_t> generation_{0}, replaced_{0}, read_{0};
  uint64_t deadline_ = port::jiffies() + patience();
  std::deque<TestThread> threads_;
};

TEST_P(Stress, FourThreadsReadReplaceCreateAndDestroy) {
  start(&Stress::reads_and_replaces);
  start(&Stress::reads_and_replaces);
  start(&Stress::creates_and_destroys);
  start(&Stress::shrinks_and_waits);
}

TEST_P(Stress, ThreadsComeAndGo) {
  start(&Stress::comes_and_goes);
  start(&Stress::comes_and_goes);
  start(&Stress::shrinks_and_waits);
  start(&Stress::reads_and_replaces);
}

INSTANTIATE_TEST_SUITE_P(Native, Stress,
                         ::testing::Values("destroy=async", "destroy=sync", "sheaves=0",
                                           "sheaf_capacity=4 kfree_rcu_drain=1"),
                         [](const auto &p) {
                           std::string name = p.param;
                           for (char &c : name) {
                             if (c == '=' || c == ' ') c = '_';
                           }
                           return name;
                         });

}  // namespace
}  // namespace slabbed::testing
