// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// native_mutex_test.cc - locks, condition variables and the clock they wait by, on real threads.
#include <gtest/gtest.h>

#include <deque>

#include "allocator/tests/native_threads.h"
#include "port/atomic.h"
#include "port/mutex.h"
#include "port/time.h"

namespace slabbed::port {
namespace {

using testing::TestThread;

// Gives back the rate it found.
struct Hertz {
  explicit Hertz(unsigned n) : before(hz()) { set_hz(n); }
  ~Hertz() { set_hz(before); }
  unsigned before;
};

TEST(Mutex, OneThreadAtATime) {
  Mutex mutex{"test"};
  long counter = 0;
  std::deque<TestThread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 5000; ++n) {
        MutexLock guard(mutex);
        ++counter;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(counter, 20000);
  EXPECT_STREQ(mutex.name(), "test");
}

TEST(CondVar, WaitEndsWithTheNotification) {
  Mutex mutex{"test"};
  CondVar changed;
  bool ready = false;
  int answer = 0;
  TestThread producer([&] {
    MutexLock guard(mutex);
    answer = 42;
    ready = true;
    changed.notify_all();
  });
  MutexLock guard(mutex);
  while (!ready) changed.wait(mutex);
  EXPECT_EQ(answer, 42);
}

TEST(CondVar, NotificationOutsideTheLockIsNotLost) {
  Mutex mutex{"test"};
  CondVar changed;
  int turn = 0;
  constexpr int kRounds = 5000;
  // Each side waits for its own parity and hands the turn over; a lost wake-up hangs the test.
  auto play = [&](int parity) {
    for (int round = 0; round < kRounds; ++round) {
      {
        MutexLock guard(mutex);
        while (turn % 2 != parity) changed.wait(mutex);
        ++turn;
      }
      changed.notify_all();
    }
  };
  TestThread odd([&] { play(1); });
  play(0);
  odd.join();
  EXPECT_EQ(turn, 2 * kRounds);
}

TEST(CondVar, EveryWaiterIsWoken) {
  Mutex mutex{"test"};
  CondVar changed;
  bool go = false;
  int waiting = 0, woken = 0;
  std::deque<TestThread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      MutexLock guard(mutex);
      ++waiting;
      changed.notify_all();
      while (!go) changed.wait(mutex);
      ++woken;
    });
  }
  {
    MutexLock guard(mutex);
    while (waiting != 6) changed.wait(mutex);
    EXPECT_EQ(woken, 0);
    go = true;
    changed.notify_all();
  }
  threads.clear();
  EXPECT_EQ(woken, 6);
}

TEST(CondVar, TimedWaitEndsAtItsJiffyAndNotBefore) {
  Hertz rate(1000);
  Mutex mutex{"test"};
  CondVar never;
  MutexLock guard(mutex);
  uint64_t deadline = jiffies() + 20;
  while (never.wait_until(mutex, deadline)) {
  }
  EXPECT_GE(jiffies(), deadline);
  EXPECT_LT(jiffies(), deadline + 5000);
}

TEST(CondVar, TimedWaitForThePastReturnsAtOnce) {
  Mutex mutex{"test"};
  CondVar never;
  MutexLock guard(mutex);
  EXPECT_FALSE(never.wait_until(mutex, 0));
}

TEST(CondVar, TimedWaitIsEndedByANotification) {
  Mutex mutex{"test"};
  CondVar changed;
  bool ready = false;
  TestThread producer([&] {
    MutexLock guard(mutex);
    ready = true;
    changed.notify_all();
  });
  MutexLock guard(mutex);
  bool in_time = true;
  // Far away: ending by time-out would take minutes.
  uint64_t deadline = jiffies() + uint64_t{1000} * hz();
  while (!ready) in_time = changed.wait_until(mutex, deadline);
  EXPECT_TRUE(in_time);
}

TEST(CondVar, EndOfTimeIsAValidDeadline) {
  timespec at = time_of_jiffy(UINT64_MAX);
  EXPECT_GT(at.tv_sec, 0);
  EXPECT_LT(at.tv_nsec, 1000000000);
}

TEST(Time, JiffiesFollowHz) {
  Hertz rate(1000000);
  uint64_t start = jiffies();
  while (jiffies() - start < 2000) spin_wait();
  uint64_t fine = jiffies();
  set_hz(100);
  EXPECT_NEAR(static_cast<double>(jiffies()), static_cast<double>(fine) / 10000, 100);
}

TEST(Time, NeverGoesBack) {
  Hertz rate(1000000);
  uint64_t last = jiffies();
  for (int i = 0; i < 100000; ++i) {
    uint64_t now = jiffies();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(Time, WakingAtAJiffyFindsItReached) {
  for (unsigned rate : {1u, 3u, 7u, 100u, 250u, 1000u}) {
    Hertz hertz(rate);
    timespec start = time_of_jiffy(0);
    for (uint64_t jiffy : {1u, 2u, 3u, 10u, 99u, 12345u}) {
      timespec at = time_of_jiffy(jiffy);
      unsigned __int128 ns = static_cast<unsigned __int128>(at.tv_sec - start.tv_sec) * 1000000000 +
                             static_cast<unsigned __int128>(at.tv_nsec) -
                             static_cast<unsigned __int128>(start.tv_nsec);
      EXPECT_EQ(static_cast<uint64_t>(ns * rate / 1000000000), jiffy) << rate;
    }
  }
}

TEST(KThread, RunsOnceAndCanBeStartedAgain) {
  static int runs;
  runs = 0;
  KThread thread;
  EXPECT_FALSE(thread.running());
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(thread.start("kthread", [](void *n) { runs += *static_cast<int *>(n); }, &i));
    EXPECT_TRUE(thread.running());
    thread.join();
    EXPECT_FALSE(thread.running());
  }
  EXPECT_EQ(runs, 1 + 2 + 3);
  thread.join();  // of nothing: returns
}

TEST(KThread, HasItsNameItsIdAndNoSignals) {
  struct View {
    char name[16];
    int id;
    int blocked;
  } view = {};
  KThread thread;
  auto look = [](void *arg) {
    View *v = static_cast<View *>(arg);
    pthread_getname_np(pthread_self(), v->name, sizeof v->name);
    v->id = thread_id();
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    v->blocked = sigismember(&mask, SIGTERM) && sigismember(&mask, SIGALRM);
  };
  ASSERT_TRUE(thread.start("a_name_longer_than_15", look, &view));
  thread.join();
  EXPECT_STREQ(view.name, "a_name_longer_t");
  EXPECT_NE(view.id, thread_id());
  EXPECT_EQ(view.blocked, 1);
}

}  // namespace
}  // namespace slabbed::port
