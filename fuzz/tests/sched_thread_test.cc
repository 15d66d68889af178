// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// Workers, joining, and the life of thread slots.
#include "fuzz/tests/sched_bed.h"
#include "port/atomic.h"
#include "port/mutex.h"
#include "port/slot.h"
#include "port/thread.h"

namespace slabbed::sched {
namespace {

port::Atomic<unsigned> turn;
void await(unsigned n) {
  while (turn.load_acquire() != n) port::spin_wait();
}

class SchedThread : public testing::Test {
 protected:
  SchedThread() {
    bed.before = [] { turn.store_release(0); };
  }
  Bed bed;
};

TEST_F(SchedThread, WorkersAreNumberedInTheOrderOfTheirStart) {
  bed.threads = {[] {
    port::KThread a, b;
    auto body = [](void *) { note("worker " + std::to_string(port::thread_id())); };
    note("thread " + std::to_string(port::thread_id()));
    EXPECT_TRUE(a.start("a", body, nullptr));
    EXPECT_TRUE(b.start("b", body, nullptr));
    EXPECT_TRUE(a.running());
    a.join();
    b.join();
    EXPECT_FALSE(a.running());
    a.join();  // nothing to join
    EXPECT_TRUE(a.start("a again", body, nullptr));
    a.join();
  }};
  Result r = bed.run();
  EXPECT_EQ(r.outcome, Outcome::kFinished);
  EXPECT_EQ(r.log, (Lines{"thread 1", "worker 16", "worker 17", "worker 18"}));
}

TEST_F(SchedThread, ARunHasSixteenWorkersAndThenRefuses) {
  bed.threads = {[] {
    int started = 0;
    for (int i = 0; i < 20; i++) {
      port::KThread t;
      if (!t.start("w", [](void *) {}, nullptr)) continue;
      started++;
      t.join();
    }
    note(std::to_string(started));
  }};
  EXPECT_EQ(bed.run().log, (Lines{"16"}));
}

TEST_F(SchedThread, JoinWaitsInEverySchedule) {
  bed.threads = {[] {
    static port::KThread t;
    new (&t) port::KThread;
    t.start("w",
            [](void *) {
              for (int i = 0; i < 5; i++) turn.fetch_add_acq_rel(1);
              note("done");
            },
            nullptr);
    t.join();
    note("joined");
  }};
  for (uint64_t seed = 0; seed < 100; seed++) {
    EXPECT_EQ(bed.run_random(seed).log, (Lines{"done", "joined"}));
  }
}

TEST_F(SchedThread, AWorkerThatIsNeverStoppedIsAbandoned) {
  static port::Mutex lock{"worker lock"};
  static port::CondVar never;
  bed.threads = {[] {
    static port::KThread t;
    new (&t) port::KThread;
    t.start("w",
            [](void *) {
              port::MutexLock guard(lock);
              for (;;) never.wait(lock);
            },
            nullptr);
  }};
  for (int i = 0; i < 3; i++) EXPECT_EQ(bed.run().outcome, Outcome::kFinished);
}

TEST_F(SchedThread, JoinOfAStuckWorkerIsADeadlockThatNamesIt) {
  bed.threads = {[] {
    static port::KThread t;
    new (&t) port::KThread;
    t.start("stuck worker", [](void *) { await(7); }, nullptr);
    t.join();
  }};
  Result r = bed.run();
  EXPECT_EQ(r.outcome, Outcome::kDeadlock);
  EXPECT_EQ(r.report,
            "init waits for the program threads\n"
            "t1 joins stuck worker\n"
            "stuck worker spins in await\n");
}

TEST_F(SchedThread, SlotsAreTakenInTheOrderOfFirstUse) {
  auto body = [](unsigned n) {
    return [n] {
      await(n);
      note(std::to_string(n) + " has " + std::to_string(port::this_slot()));
      EXPECT_EQ(port::this_slot(), port::this_slot());
      EXPECT_EQ(slabbed_slot_offset(), 512 + 64 * port::this_slot());
      turn.store_release(n + 1);
      await(3);
    };
  };
  bed.threads = {body(2), body(0), body(1)};
  EXPECT_EQ(bed.run().log, (Lines{"0 has 1", "1 has 2", "2 has 3"}));
}

TEST_F(SchedThread, ThreadsBeyondTheSlotsStayOnSlotZero) {
  bed.options.slots = 3;
  auto body = [](unsigned n) {
    return [n] {
      await(n);
      note(std::to_string(port::this_slot()));
      turn.store_release(n + 1);
      await(4);
      EXPECT_EQ(port::slot_count(), 3u);
    };
  };
  bed.threads = {body(0), body(1), body(2), body(3)};
  EXPECT_EQ(bed.run().log, (Lines{"1", "2", "0", "0"}));
}

// What a leaving thread does about its slot is ordinary code: it takes locks and may be preempted.
struct User : port::SlotUser {
  static void on_exit(port::SlotUser *self, unsigned slot) {
    User *user = static_cast<User *>(self);
    port::MutexLock guard(user->lock);
    EXPECT_EQ(port::this_slot(), 0u);  // already off the slot
    EXPECT_TRUE(port::slot_in_use(slot));
    turn.load_acquire();
    note("left " + std::to_string(slot));
    user->left++;
  }
  User() { thread_exit = on_exit; }
  port::Mutex lock{"user"};
  int left = 0;
};

TEST_F(SchedThread, AnExitingThreadTellsTheUsersAndThenItsSlotIsFree) {
  auto user = std::make_unique<User>();
  bed.before = [&] {
    new (user.get()) User;
    port::slot_user_add(user.get());
  };
  Body body = [] {
    note("has " + std::to_string(port::this_slot()));
  };
  bed.threads = {body, body};
  bed.after = [&] {
    EXPECT_EQ(user->left, 2);
    EXPECT_FALSE(port::slot_in_use(1));
    port::slot_user_remove(user.get());
  };
  EXPECT_EQ(bed.run().log, (Lines{"has 1", "left 1", "has 1", "left 1"}));
  for (uint64_t seed = 0; seed < 100; seed++) {
    EXPECT_EQ(bed.run_random(seed).outcome, Outcome::kFinished);
  }
}

TEST_F(SchedThread, RemovingAUserWaitsForThoseInsideIt) {
  auto user = std::make_unique<User>();
  bed.before = [&] {
    turn.store_release(0);
    new (user.get()) User;
    port::slot_user_add(user.get());
  };
  bed.threads = {[] {
                   port::this_slot();
                   turn.store_release(1);
                 },
                 [&] {
                   await(1);
                   port::slot_user_remove(user.get());
                   note("removed " + std::to_string(user->left));
                   int left = user->left;
                   for (int i = 0; i < 5; i++) turn.load_acquire();
                   EXPECT_EQ(user->left, left);
                 }};
  bool waited = false, early = false;
  for (uint64_t seed = 0; seed < 200; seed++) {
    Lines log = bed.run_random(seed).log;
    if (log == Lines{"left 1", "removed 1"}) waited = true;
    else if (log == Lines{"removed 0"}) early = true;
    else ADD_FAILURE() << log[0];
  }
  EXPECT_TRUE(waited);
  EXPECT_TRUE(early);
}

TEST_F(SchedThread, OutsideOfARunThePortWorksForOneThread) {
  port::Mutex lock{"outside"};
  for (int i = 0; i < 200; i++) {
    port::MutexLock guard(lock);
    turn.fetch_add_relaxed(1);
  }
  EXPECT_EQ(current_thread(), 0u);
}

}  // namespace
}  // namespace slabbed::sched
