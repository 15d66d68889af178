// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// Locks, condition variables, deadlocks and spinning.
#include "fuzz/tests/sched_bed.h"
#include "port/atomic.h"
#include "port/check.h"
#include "port/mutex.h"
#include "port/time.h"

namespace slabbed::sched {
namespace {

struct Shared {
  port::Mutex a{"lock_a"}, b{"lock_b"};
  port::CondVar changed;
  port::Atomic<unsigned> flag{0};
  int plain = 0;
};
Shared *s;

class SchedLock : public testing::Test {
 protected:
  SchedLock() {
    bed.before = [this] {
      shared = std::make_unique<Shared>();
      s = shared.get();
    };
  }
  Bed bed;
  std::unique_ptr<Shared> shared;
};

TEST_F(SchedLock, OnlyOneFiberIsInsideWhateverTheSchedule) {
  Body body = [] {
    for (int i = 0; i < 5; i++) {
      s->a.lock();
      int before = s->plain;
      s->flag.load_relaxed();  // a yield point inside
      s->plain = before + 1;
      s->a.unlock();
    }
  };
  bed.threads = {body, body, body};
  bed.after = [] { EXPECT_EQ(s->plain, 15); };
  for (uint64_t seed = 0; seed < 300; seed++) {
    EXPECT_EQ(bed.run_random(seed).outcome, Outcome::kFinished);
  }
}

Body locks_two(port::Mutex Shared::*first, port::Mutex Shared::*second) {
  return [=]() SLABBED_NO_THREAD_SAFETY_ANALYSIS {
    (s->*first).lock();
    (s->*second).lock();
    (s->*second).unlock();
    (s->*first).unlock();
  };
}

TEST_F(SchedLock, OppositeLockOrderDeadlocksAndTheReportNamesBoth) {
  bed.threads = {locks_two(&Shared::a, &Shared::b), locks_two(&Shared::b, &Shared::a)};
  EXPECT_EQ(bed.run().outcome, Outcome::kFinished);
  // init, start, lock_a | lock_b is announced: t2 runs.
  Result r = bed.run({{3, 0}});
  EXPECT_EQ(r.outcome, Outcome::kDeadlock);
  EXPECT_EQ(r.report,
            "init waits for the program threads\n"
            "t1 waits for lock lock_b held by t2\n"
            "t2 waits for lock lock_a held by t1\n");
}

TEST_F(SchedLock, RandomSchedulesFindTheDeadlock) {
  bed.threads = {locks_two(&Shared::a, &Shared::b), locks_two(&Shared::b, &Shared::a)};
  unsigned deadlocks = 0;
  for (uint64_t seed = 0; seed < 100; seed++) {
    deadlocks += bed.run_random(seed).outcome == Outcome::kDeadlock;
  }
  EXPECT_GE(deadlocks, 5u);
  EXPECT_LE(deadlocks, 95u);
}

TEST_F(SchedLock, TakingALockTwiceIsMisuse) {
  bed.threads = {[]() SLABBED_NO_THREAD_SAFETY_ANALYSIS {
    s->a.lock();
    s->a.lock();
  }};
  Result r = bed.run();
  EXPECT_EQ(r.outcome, Outcome::kCheckFailed);
  EXPECT_EQ(r.message, "t1: takes a lock that it holds");
}

TEST_F(SchedLock, ReleasingSomebodyElsesLockIsMisuse) {
  bed.threads = {[]() SLABBED_NO_THREAD_SAFETY_ANALYSIS { s->a.lock(); },
                 []() SLABBED_NO_THREAD_SAFETY_ANALYSIS { s->a.unlock(); }};
  EXPECT_EQ(bed.run().message, "t2: releases a lock that it does not hold");
}

TEST_F(SchedLock, AFailedCheckEndsTheRunWithItsText) {
  bed.threads = {[] {
                   note("before");
                   SLABBED_CHECK(s->plain == 1);
                   note("after");
                 },
                 [] { note("other"); }};
  Result r = bed.run();
  EXPECT_EQ(r.outcome, Outcome::kCheckFailed);
  EXPECT_EQ(r.message, "t1: operator(): check failed: s->plain == 1");
  EXPECT_EQ(r.log, (Lines{"before"}));
}

// The consumer waits until plain is 1; the producer sets it.
Body consumer() {
  return [] {
    port::MutexLock lock(s->a);
    while (s->plain == 0) s->changed.wait(s->a);
    note("consumed");
  };
}

TEST_F(SchedLock, ANotifiedWaiterGoesOn) {
  bed.threads = {consumer(), [] {
                   port::MutexLock lock(s->a);
                   s->plain = 1;
                   s->changed.notify_all();
                   note("produced");
                 }};
  for (uint64_t seed = 0; seed < 100; seed++) {
    Result r = bed.run_random(seed);
    EXPECT_EQ(r.outcome, Outcome::kFinished);
    EXPECT_EQ(r.log, (Lines{"produced", "consumed"}));
  }
}

TEST_F(SchedLock, AMissingNotificationIsADeadlock) {
  bed.threads = {consumer(), [] {
                   port::MutexLock lock(s->a);
                   s->plain = 1;
                 }};
  Result r = bed.run();
  EXPECT_EQ(r.outcome, Outcome::kDeadlock);
  EXPECT_EQ(r.report,
            "init waits for the program threads\n"
            "t1 waits to be notified (lock lock_a)\n");
}

TEST_F(SchedLock, ANotificationBetweenCheckAndWaitIsLost) {
  // The wrong consumer looks before it takes the lock. Default order: it waits first, and is woken.
  bed.threads = {[] {
                   if (s->flag.load_acquire() == 0) {
                     port::MutexLock lock(s->a);
                     s->changed.wait(s->a);
                   }
                 },
                 [] {
                   s->flag.store_release(1);
                   s->changed.notify_all();
                 }};
  EXPECT_EQ(bed.run().outcome, Outcome::kFinished);
  unsigned lost = 0;
  for (uint64_t seed = 0; seed < 100; seed++) {
    lost += bed.run_random(seed).outcome == Outcome::kDeadlock;
  }
  EXPECT_GE(lost, 3u);
}

TEST_F(SchedLock, AWaitWithADeadlineEndsByTheClock) {
  bed.threads = {[] {
    port::MutexLock lock(s->a);
    bool notified = s->changed.wait_until(s->a, 500);
    note(notified ? "notified" : "timed out");
    note(std::to_string(port::jiffies()));
    EXPECT_FALSE(s->changed.wait_until(s->a, 500));  // already over
  }};
  Result r = bed.run();
  EXPECT_EQ(r.outcome, Outcome::kFinished);
  EXPECT_EQ(r.log, (Lines{"timed out", "500"}));
}

TEST_F(SchedLock, AWaitWithADeadlineEndsByANotification) {
  bed.threads = {[] {
                   port::MutexLock lock(s->a);
                   note(s->changed.wait_until(s->a, 500) ? "notified" : "timed out");
                 },
                 [] { s->changed.notify_all(); }};
  EXPECT_EQ(bed.run().log, (Lines{"notified"}));
  // The clock may also come first: init, t1 start, lock, wait, t2 start | notify.
  EXPECT_EQ(bed.run({{5, 0}}).log, (Lines{"timed out"}));
}

TEST_F(SchedLock, ASpinnerLetsTheOthersRun) {
  bed.threads = {[] {
                   while (s->flag.load_acquire() == 0) port::spin_wait();
                   note("seen");
                 },
                 [] {
                   note("set");
                   s->flag.store_release(1);
                 }};
  Result r = bed.run();
  EXPECT_EQ(r.outcome, Outcome::kFinished);
  EXPECT_EQ(r.log, (Lines{"set", "seen"}));
  EXPECT_LT(r.steps, 20u);
}

TEST_F(SchedLock, SpinnersThatWaitForEachOtherAreADeadlock) {
  Body spins = [] {
    while (s->flag.load_acquire() == 0) port::spin_wait();
  };
  bed.threads = {spins, spins};
  Result r = bed.run();
  EXPECT_EQ(r.outcome, Outcome::kDeadlock);
  EXPECT_EQ(r.report,
            "init waits for the program threads\n"
            "t1 spins in operator()\n"
            "t2 spins in operator()\n");
  EXPECT_LT(r.steps, 20u);
}

TEST_F(SchedLock, ASpinnerOnAFlagThatNeedsTheHeldLockIsADeadlock) {
  bed.threads = {[] {
                   port::MutexLock lock(s->a);
                   while (s->flag.load_acquire() == 0) port::spin_wait();
                 },
                 [] {
                   port::MutexLock lock(s->a);
                   s->flag.store_release(1);
                 }};
  Result r = bed.run();
  EXPECT_EQ(r.outcome, Outcome::kDeadlock);
  EXPECT_EQ(r.report,
            "init waits for the program threads\n"
            "t1 spins in operator()\n"
            "t2 waits for lock lock_a held by t1\n");
}

TEST_F(SchedLock, SpinnersThatTakeTurnsMakeProgress) {
  bed.threads = {[] {
                   for (unsigned i = 0; i < 10; i++) {
                     while (s->flag.load_acquire() != 2 * i) port::spin_wait();
                     s->flag.store_release(2 * i + 1);
                   }
                 },
                 [] {
                   for (unsigned i = 0; i < 10; i++) {
                     while (s->flag.load_acquire() != 2 * i + 1) port::spin_wait();
                     s->flag.store_release(2 * i + 2);
                   }
                 }};
  EXPECT_EQ(bed.run().outcome, Outcome::kFinished);
  for (uint64_t seed = 0; seed < 100; seed++) {
    EXPECT_EQ(bed.run_random(seed).outcome, Outcome::kFinished);
  }
}

TEST_F(SchedLock, AStaticLockLeftHeldByAnAbandonedRunIsFreeInTheNext) {
  static port::Mutex fixed{"static"};
  bed.threads = {[]() SLABBED_NO_THREAD_SAFETY_ANALYSIS {
    fixed.lock();
    while (s->flag.load_acquire() == 0) port::spin_wait();
  }};
  EXPECT_EQ(bed.run().outcome, Outcome::kDeadlock);
  EXPECT_EQ(bed.run().outcome, Outcome::kDeadlock);  // not: takes a lock that it holds
}

}  // namespace
}  // namespace slabbed::sched
