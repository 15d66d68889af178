// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// native_fork_test.cc - fork() as the port sees it: the order of hooks, slots in the child, workers
// that start again, and a liburcu that no thread was inside of.
//
// Each child reports by its exit status, and one that hangs is killed. ThreadSanitizer must be
// told (die_after_fork=0) that the child of a process with threads may start some.
#include <gtest/gtest.h>
#include <unistd.h>

#include <vector>

#include <slabbed/rcupdate.h>

#include "allocator/tests/native_child.h"
#include "allocator/tests/native_threads.h"
#include "port/atomic.h"
#include "port/fork.h"
#include "port/mutex.h"
#include "port/rcu.h"
#include "port/slot.h"

namespace slabbed::port {
namespace {

using testing::TestThread;
using testing::status_of_child;

std::vector<int> order;

template <int kNumber>
struct Numbered : ForkUser {
  Numbered()
      : ForkUser{[](ForkUser *) { order.push_back(kNumber); },
                 [](ForkUser *) { order.push_back(10 + kNumber); },
                 [](ForkUser *) { order.push_back(20 + kNumber); }, nullptr} {
    fork_user_add(this);
  }
  ~Numbered() { fork_user_remove(this); }
};

TEST(Fork, LastAddedPreparesFirstAndFirstAddedResumesFirst) {
  order.clear();
  Numbered<1> first;
  Numbered<2> second;
  EXPECT_EQ(status_of_child([] { return order == std::vector<int>{2, 1, 21, 22}; }), 0);
  EXPECT_EQ(order, (std::vector<int>{2, 1, 11, 12}));
}

TEST(Fork, RemovedUserIsNotCalled) {
  order.clear();
  Numbered<1> stays;
  {
    Numbered<2> goes;
  }
  EXPECT_EQ(status_of_child([] { return order == std::vector<int>{1, 21}; }), 0);
}

// Looks at a slot from the hook of the child.
struct Watcher : ForkUser {
  explicit Watcher(unsigned s)
      : ForkUser{[](ForkUser *) {}, [](ForkUser *) {},
                 [](ForkUser *self) {
                   Watcher *watcher = static_cast<Watcher *>(self);
                   watcher->owned_in_hook = slot_in_use(watcher->slot);
                 },
                 nullptr},
        slot(s) {
    fork_user_add(this);
  }
  ~Watcher() { fork_user_remove(this); }

  unsigned slot;
  bool owned_in_hook = false;
};

TEST(Fork, ChildKeepsItsOwnSlotAndLosesTheOthersAfterTheHooks) {
  unsigned mine = this_slot();
  Atomic<unsigned> other{0};
  Atomic<bool> release{false};
  TestThread holder([&] {
    other.store_release(this_slot());
    while (!release.load_acquire()) spin_wait();
  });
  while (other.load_acquire() == 0) spin_wait();
  {
    Watcher watcher(other.load_relaxed());
    EXPECT_EQ(status_of_child([&] {
                return watcher.owned_in_hook && !slot_in_use(watcher.slot) &&
                       slot_in_use(mine) && this_slot() == mine;
              }),
              0);
    EXPECT_TRUE(slot_in_use(watcher.slot));
  }
  release.store_release(true);
}

TEST(Fork, ThreadWithoutASlotHasNoneInTheChildEither) {
  TestThread thread([] {
    EXPECT_EQ(status_of_child([] {
                unsigned used = 0;
                for (unsigned slot = 0; slot < kMaxSlots; ++slot) used += slot_in_use(slot);
                return used == 0 && this_slot() == 1;
              }),
              0);
  });
}

TEST(Fork, ThreadIdIsTheChildsOwn) {
  EXPECT_EQ(thread_id(), getpid());
  EXPECT_EQ(status_of_child([] { return thread_id() == getpid(); }), 0);
}

TEST(Fork, HeavyBarrierWorksInTheChild) {
  for (const char *kind : {"membarrier", "mprotect", "affinity"}) {
    if (!heavy_barrier_force(kind)) continue;
    EXPECT_EQ(status_of_child([] {
                heavy_barrier();
                return true;
              }),
              0)
        << kind;
  }
  heavy_barrier_force("membarrier");
}

// A worker as Systems have them: waits for work, does it, says so.
struct Worker {
  explicit Worker(Rcu *r) : rcu(r) { start(); }
  ~Worker() { stop(); }

  void start() {
    stopping = false;
    EXPECT_TRUE(thread.start("worker", run, this, rcu));
  }
  void stop() {
    {
      MutexLock guard(mutex);
      stopping = true;
    }
    changed.notify_all();
    thread.join();
  }
  // Has the worker wait for `n` grace periods.
  void grace_periods(int n) {
    MutexLock guard(mutex);
    wanted += n;
    int until = wanted;
    changed.notify_all();
    while (done < until) changed.wait(mutex);
  }

  static void run(void *self) {
    Worker *w = static_cast<Worker *>(self);
    MutexLock guard(w->mutex);
    while (!w->stopping) {
      if (w->done == w->wanted) {
        w->changed.wait(w->mutex);
        continue;
      }
      w->mutex.unlock();
      w->rcu->synchronize();
      w->mutex.lock();
      ++w->done;
      w->changed.notify_all();
    }
  }

  Rcu *rcu;
  KThread thread;
  Mutex mutex{"worker"};
  CondVar changed;
  bool stopping = false;
  int wanted = 0, done = 0;
};

// What a System does for its worker around fork().
struct WorkerFork : ForkUser {
  explicit WorkerFork(Worker *w) : ForkUser{prepare, parent, child, nullptr}, worker(w) {
    fork_user_add(this);
  }
  ~WorkerFork() { fork_user_remove(this); }

  static Worker *worker_of(ForkUser *self) { return static_cast<WorkerFork *>(self)->worker; }
  static void prepare(ForkUser *self) SLABBED_NO_THREAD_SAFETY_ANALYSIS {
    worker_of(self)->mutex.lock();
  }
  static void parent(ForkUser *self) SLABBED_NO_THREAD_SAFETY_ANALYSIS {
    worker_of(self)->mutex.unlock();
  }
  static void child(ForkUser *self) SLABBED_NO_THREAD_SAFETY_ANALYSIS {
    worker_of(self)->mutex.unlock();
    worker_of(self)->thread.join();  // there is none: returns at once
    worker_of(self)->start();
  }

  Worker *worker;
};

TEST(Fork, SleepingWorkerStartsAgainInTheChild) {
  Rcu rcu;
  rcu.init(nullptr);
  Worker worker(&rcu);
  WorkerFork hooks(&worker);
  worker.grace_periods(1);
  EXPECT_EQ(status_of_child([&] {
              worker.grace_periods(3);
              worker.stop();
              return worker.done == 4;
            }),
            0);
  worker.grace_periods(1);
  EXPECT_EQ(worker.done, 2);
}

TEST(Fork, NoWorkerIsInsideLiburcuWhenItHappens) {
  Rcu rcu;
  rcu.init(nullptr);
  Worker worker(&rcu);
  WorkerFork hooks(&worker);
  Atomic<bool> stop{false};
  // Long readers keep the worker inside synchronize(), with liburcu's lock held, nearly always.
  TestThread reader(
      [&] {
        while (!stop.load_acquire()) {
          rcu.read_lock();
          usleep(2000);
          rcu.read_unlock();
        }
      },
      &rcu);
  TestThread pusher([&] {
    while (!stop.load_acquire()) worker.grace_periods(2);
  });
  for (int i = 0; i < 60; ++i) {
    ASSERT_EQ(status_of_child([&] {
                Worker fresh(&rcu);
                fresh.grace_periods(2);
                return true;
              }),
              0)
        << "fork " << i;
  }
  stop.store_release(true);
}

struct Counted {
  struct rcu_head head;
  Atomic<int> *count;
  static void callback(struct rcu_head *head) {
    reinterpret_cast<Counted *>(head)->count->fetch_add_acq_rel(1);
  }
};

TEST(Fork, CallbacksRunInTheChild) {
  Rcu rcu;
  rcu.init(nullptr);
  Atomic<int> count{0};
  std::vector<Counted> before(100), after(100);
  TestThread caller(
      [&] {
        for (Counted &c : before) {
          c.count = &count;
          rcu.call(&c.head, Counted::callback);
        }
      },
      &rcu);
  caller.join();
  rcu.barrier();
  EXPECT_EQ(count.load_acquire(), 100);
  EXPECT_EQ(status_of_child([&] {
              TestThread again(
                  [&] {
                    for (Counted &c : after) {
                      c.count = &count;
                      rcu.call(&c.head, Counted::callback);
                    }
                  },
                  &rcu);
              again.join();
              rcu.barrier();
              return count.load_acquire() == 200;
            }),
            0);
  EXPECT_EQ(count.load_acquire(), 100);
}

TEST(Fork, InsideAReaderTheProgramCanStillFork) {
  Rcu rcu;
  rcu.init(nullptr);
  rcu.register_thread();
  Atomic<bool> inside{false}, done{false};
  rcu.read_lock();
  TestThread updater(
      [&] {
        inside.store_release(true);
        rcu.synchronize();  // waits for the reader that is about to fork
        done.store_release(true);
      },
      &rcu);
  while (!inside.load_acquire()) spin_wait();
  usleep(20000);
  EXPECT_EQ(status_of_child([] { return true; }), 0);
  EXPECT_FALSE(done.load_acquire());
  rcu.read_unlock();
  updater.join();
  EXPECT_TRUE(done.load_acquire());
  rcu.unregister_thread();
}

TEST(Fork, ManyThreadsComeAndGoMeanwhile) {
  Atomic<bool> stop{false};
  TestThread churn([&] {
    while (!stop.load_acquire()) TestThread thread([] { EXPECT_NE(this_slot(), 0u); });
  });
  unsigned mine = this_slot();
  for (int i = 0; i < 40; ++i) {
    ASSERT_EQ(status_of_child([&] {
                unsigned used = 0;
                for (unsigned slot = 0; slot < kMaxSlots; ++slot) used += slot_in_use(slot);
                return used == 1 && slot_in_use(mine);
              }),
              0);
  }
  stop.store_release(true);
}

}  // namespace
}  // namespace slabbed::port
