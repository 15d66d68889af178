// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// native_rcu_test.cc - Rcu on every flavour of liburcu: what a grace period, a callback and a
// barrier wait for, and that workers need no registration.
//
// Only the default flavour runs under ThreadSanitizer, where each further library would need a
// suppression of its own.
#include <gtest/gtest.h>
#include <unistd.h>

#include <deque>
#include <memory>
#include <vector>

#include <slabbed/rcupdate.h>

#include "allocator/tests/native_threads.h"
#include "port/annotate.h"
#include "port/atomic.h"
#include "port/rcu.h"

extern "C" {
extern const struct rcu_flavor_struct urcu_memb_flavor, urcu_mb_flavor, urcu_bp_flavor,
    urcu_qsbr_flavor;
}

namespace slabbed::port {
namespace {

using testing::TestThread;

struct Flavour {
  const char *name;
  const void *flavour;
};

class EveryFlavour : public ::testing::TestWithParam<Flavour> {
 protected:
  void SetUp() override { rcu.init(GetParam().flavour); }
  Rcu rcu;
};

// Registers for a scope, as a program's own threads do.
struct Registered {
  explicit Registered(Rcu &r) : rcu(r) { rcu.register_thread(); }
  ~Registered() { rcu.unregister_thread(); }
  Rcu &rcu;
};

TEST_P(EveryFlavour, GracePeriodWaitsForAnOlderReader) {
  Atomic<bool> reading{false}, unlocking{false};
  TestThread reader(
      [&] {
        Registered registered(rcu);
        rcu.read_lock();
        reading.store_release(true);
        usleep(50000);
        unlocking.store_release(true);
        rcu.read_unlock();
      });
  while (!reading.load_acquire()) spin_wait();
  rcu.synchronize();
  EXPECT_TRUE(unlocking.load_acquire());
}

TEST_P(EveryFlavour, NestedReaderEndsWithItsOutermostUnlock) {
  Atomic<bool> inner_closed{false}, unlocking{false};
  TestThread reader([&] {
    Registered registered(rcu);
    rcu.read_lock();
    rcu.read_lock();
    rcu.read_unlock();
    EXPECT_TRUE(rcu.read_ongoing());
    inner_closed.store_release(true);
    usleep(30000);
    unlocking.store_release(true);
    rcu.read_unlock();
  });
  while (!inner_closed.load_acquire()) spin_wait();
  rcu.synchronize();
  EXPECT_TRUE(unlocking.load_acquire());
}

struct Node {
  struct rcu_head head;
  int value;
  Atomic<int> *freed;
  static void free_it(struct rcu_head *head) {
    Node *node = reinterpret_cast<Node *>(head);
    node->value = -1;  // plain: races with any reader that is still there
    node->freed->fetch_add_acq_rel(1);
    delete node;
  }
};

TEST_P(EveryFlavour, CallbackRunsAfterTheReadersAndBarrierAfterTheCallback) {
  Atomic<int> freed{0};
  Atomic<Node *> shared{new Node{{}, 7, &freed}};
  Atomic<bool> reading{false};
  TestThread reader([&] {
    Registered registered(rcu);
    rcu.read_lock();
    Node *node = shared.load_acquire();
    reading.store_release(true);
    usleep(20000);
    EXPECT_EQ(node->value, 7);
    EXPECT_EQ(freed.load_acquire(), 0);
    rcu.read_unlock();
  });
  while (!reading.load_acquire()) spin_wait();
  TestThread updater(
      [&] {
        Node *old = shared.exchange_acq_rel(nullptr);
        rcu.call(&old->head, Node::free_it);
      },
      &rcu);
  updater.join();
  rcu.barrier();
  EXPECT_EQ(freed.load_acquire(), 1);
}

TEST_P(EveryFlavour, KThreadReadsWithoutRegistering) {
  Atomic<bool> reading{false}, unlocking{false};
  TestThread reader(
      [&] {
        for (int i = 0; i < 100; ++i) {
          rcu.read_lock();
          rcu.read_lock();
          rcu.read_unlock();
          rcu.read_unlock();
        }
        rcu.read_lock();
        reading.store_release(true);
        usleep(30000);
        unlocking.store_release(true);
        rcu.read_unlock();
      },
      &rcu);
  while (!reading.load_acquire()) spin_wait();
  rcu.synchronize();
  EXPECT_TRUE(unlocking.load_acquire());
}

TEST_P(EveryFlavour, SleepingKThreadHoldsUpNoGracePeriod) {
  Atomic<bool> stop{false}, asleep{false};
  TestThread sleeper(
      [&] {
        rcu.read_lock();
        rcu.read_unlock();
        asleep.store_release(true);
        while (!stop.load_acquire()) usleep(1000);
      },
      &rcu);
  while (!asleep.load_acquire()) spin_wait();
  rcu.synchronize();
  rcu.synchronize();
  stop.store_release(true);
}

TEST_P(EveryFlavour, ReadersAndUpdatersUnderLoad) {
  Atomic<int> freed{0};
  Atomic<Node *> shared{new Node{{}, 1, &freed}};
  Atomic<bool> stop{false};
  constexpr int kUpdates = 500;
  std::deque<TestThread> readers;
  // A registered QSBR thread is inside a reader until it goes offline, which Rcu cannot do for it.
  bool qsbr = GetParam().flavour == &urcu_qsbr_flavor;
  for (int i = 0; i < 2; ++i) {
    auto read = [this, &shared, &stop, qsbr] {
      if (!qsbr) rcu.register_thread();
      long sum = 0;
      while (!stop.load_relaxed()) {
        rcu.read_lock();
        Node *node = shared.load_acquire();
        EXPECT_GT(node->value, 0);
        sum += node->value;
        rcu.read_unlock();
      }
      EXPECT_GE(sum, 0);
      if (!qsbr) rcu.unregister_thread();
    };
    readers.emplace_back(read, qsbr ? &rcu : nullptr);
  }
  TestThread caller(
      [&] {
        for (int i = 0; i < kUpdates; ++i) {
          Node *old = shared.exchange_acq_rel(new Node{{}, i + 2, &freed});
          if (i % 10 == 0) {
            rcu.synchronize();
            Node::free_it(&old->head);
          } else {
            rcu.call(&old->head, Node::free_it);
          }
        }
      },
      &rcu);
  caller.join();
  stop.store_release(true);
  readers.clear();
  rcu.barrier();
  EXPECT_EQ(freed.load_acquire(), kUpdates);
  delete shared.load_acquire();
}

TEST_P(EveryFlavour, BarrierWithoutCallbacksReturns) {
  rcu.barrier();
  EXPECT_FALSE(rcu.read_ongoing());
}

TEST_P(EveryFlavour, SystemsOfOneFlavourShareItsGracePeriods) {
  Rcu other;
  other.init(GetParam().flavour);
  int plain = 0;
  Atomic<bool> reading{false};
  TestThread reader([&] {
    Registered registered(rcu);
    rcu.read_lock();
    reading.store_release(true);
    usleep(10000);
    plain = 1;
    rcu.read_unlock();
  });
  while (!reading.load_acquire()) spin_wait();
  other.synchronize();
  EXPECT_EQ(plain, 1);
}

#ifdef SLABBED_TSAN
const Flavour kFlavours[] = {{"memb", nullptr}};
#else
const Flavour kFlavours[] = {{"default", nullptr},          {"memb", &urcu_memb_flavor},
                             {"mb", &urcu_mb_flavor},       {"bp", &urcu_bp_flavor},
                             {"qsbr", &urcu_qsbr_flavor}};
#endif
INSTANTIATE_TEST_SUITE_P(Rcu, EveryFlavour, ::testing::ValuesIn(kFlavours),
                         [](const auto &flavour) { return std::string(flavour.param.name); });

class RcuDeathTest : public ::testing::Test {
 protected:
  void SetUp() override { ::testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

TEST_F(RcuDeathTest, WaitingInsideAReaderIsReportedInsteadOfHanging) {
  Rcu rcu;
  auto read_and = [&rcu](void (*wait)(Rcu &)) {
    rcu.init(nullptr);
    rcu.register_thread();
    rcu.read_lock();
    wait(rcu);
  };
  EXPECT_DEATH(read_and([](Rcu &r) { r.synchronize(); }), "check failed: !in_reader\\(\\)");
  EXPECT_DEATH(read_and([](Rcu &r) { r.barrier(); }), "check failed: !in_reader\\(\\)");
}

TEST_F(RcuDeathTest, BarrierInsideACallbackIsReportedInsteadOfHanging) {
  static Rcu rcu;
  EXPECT_DEATH(
      {
        rcu.init(nullptr);
        static struct rcu_head head;
        TestThread caller([] { rcu.call(&head, [](struct rcu_head *) { rcu.barrier(); }); }, &rcu);
        caller.join();
        rcu.barrier();
        pause();
      },
      "check failed: !pthread_equal");
}

}  // namespace
}  // namespace slabbed::port
