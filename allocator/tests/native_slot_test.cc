// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// native_slot_test.cc - slots of real threads: taken at first use, handed back at exit, and what
// happens to threads that have none, no longer or not yet.
#include <gtest/gtest.h>
#include <pthread.h>

#include <deque>

#include "allocator/tests/native_threads.h"
#include "port/atomic.h"
#include "port/slot.h"

namespace slabbed::port {
namespace {

using testing::HiddenSteps;
using testing::TestThread;

constexpr size_t kOffsetOfSlotZero = SLABBED_CACHE_HEADER_BYTES;

// Remembers what it saw on the leaving thread.
struct Recorder : SlotUser {
  Recorder() : SlotUser{record, nullptr} { slot_user_add(this); }
  ~Recorder() { slot_user_remove(this); }

  static void record(SlotUser *self, unsigned slot) {
    Recorder *recorder = static_cast<Recorder *>(self);
    recorder->calls.fetch_add_relaxed(1);
    recorder->slot = slot;
    recorder->still_owned = slot_in_use(slot);
    recorder->slot_of_caller = this_slot();
    recorder->offset_of_caller = slabbed_slot_offset();
  }

  Atomic<int> calls{0};
  unsigned slot = 0;
  bool still_owned = false;
  unsigned slot_of_caller = ~0u;
  size_t offset_of_caller = 0;
};

TEST(Slot, ThreadIsOnSlotZeroUntilItAsks) {
  TestThread thread([] {
    EXPECT_EQ(slabbed_slot_offset(), kOffsetOfSlotZero);
    unsigned slot = this_slot();
    EXPECT_NE(slot, 0u);
    EXPECT_LT(slot, slot_count());
    EXPECT_EQ(slabbed_slot_offset(), kOffsetOfSlotZero + slot * slot_stride);
    EXPECT_EQ(this_slot(), slot);
    EXPECT_TRUE(slot_in_use(slot));
  });
}

TEST(Slot, ThreadsAliveAtTheSameTimeHaveDifferentSlots) {
  unsigned mine = this_slot();
  unsigned other = 0;
  TestThread thread([&] { other = this_slot(); });
  thread.join();
  EXPECT_NE(other, 0u);
  EXPECT_NE(other, mine);
}

TEST(Slot, ExitTellsTheUserBeforeTheSlotIsFree) {
  Recorder recorder;
  unsigned slot = 0;
  TestThread thread([&] { slot = this_slot(); });
  thread.join();
  EXPECT_EQ(recorder.calls.load_relaxed(), 1);
  EXPECT_EQ(recorder.slot, slot);
  EXPECT_TRUE(recorder.still_owned);
  EXPECT_FALSE(slot_in_use(slot));
}

TEST(Slot, LeavingThreadIsAlreadyOnSlotZero) {
  Recorder recorder;
  TestThread thread([] { this_slot(); });
  thread.join();
  EXPECT_EQ(recorder.slot_of_caller, 0u);
  EXPECT_EQ(recorder.offset_of_caller, kOffsetOfSlotZero);
}

TEST(Slot, ThreadWithoutASlotTellsNobodyAtExit) {
  Recorder recorder;
  TestThread thread([] {});
  thread.join();
  EXPECT_EQ(recorder.calls.load_relaxed(), 0);
}

TEST(Slot, EveryUserIsTold) {
  Recorder first, second, third;
  TestThread thread([] { this_slot(); });
  thread.join();
  EXPECT_EQ(first.calls.load_relaxed(), 1);
  EXPECT_EQ(second.calls.load_relaxed(), 1);
  EXPECT_EQ(third.calls.load_relaxed(), 1);
}

TEST(Slot, RemovedUserIsNotTold) {
  Recorder stays;
  {
    Recorder goes;
  }
  TestThread thread([] { this_slot(); });
  thread.join();
  EXPECT_EQ(stays.calls.load_relaxed(), 1);
}

TEST(Slot, IsReusedAndTheNewOwnerSeesWhatTheOldOneWrote) {
  // Plain memory, and nothing but the hand-over of the slot to order it: under TSan a missing edge
  // is a report, as both threads were started before the first one wrote.
  static long per_slot[kMaxSlots];
  HiddenSteps steps;
  TestThread first([&] {
    steps.wait_for(1);
    unsigned slot = this_slot();
    per_slot[slot] = 41;
    steps.reach(static_cast<int>(100 + slot));
  });
  TestThread second([&] {
    steps.reach(1);
    int reached = steps.wait_for(100);
    unsigned slot = static_cast<unsigned>(reached - 100);
    while (slot_in_use(slot)) spin_wait();
    EXPECT_EQ(this_slot(), slot);
    EXPECT_EQ(++per_slot[slot], 42);
  });
}

TEST(Slot, ConcurrentThreadsNeverShareOne) {
  static Atomic<int> owners[kMaxSlots];
  std::deque<TestThread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([] {
      for (int round = 0; round < 25; ++round) {
        TestThread inner([] {
          unsigned slot = this_slot();
          EXPECT_EQ(owners[slot].fetch_add_acq_rel(1), 0);
          owners[slot].fetch_sub_acq_rel(1);
        });
      }
    });
  }
}

// Holds all slots with threads that wait for `release`.
class Crowd {
 public:
  explicit Crowd(int threads) {
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back([this] {
        if (this_slot() == 0) without_.fetch_add_acq_rel(1);
        arrived_.fetch_add_acq_rel(1);
        while (!release_.load_acquire()) spin_wait();
      });
    }
    while (arrived_.load_acquire() != threads) spin_wait();
  }
  ~Crowd() { release_.store_release(true); }
  int without() const { return without_.load_acquire(); }

 private:
  Atomic<int> arrived_{0};
  Atomic<int> without_{0};
  Atomic<bool> release_{false};
  std::deque<TestThread> threads_;
};

TEST(Slot, ThreadsBeyondTheLastSlotGetNoneAndTryAgain) {
  unsigned mine = this_slot();
  ASSERT_NE(mine, 0u);
  Atomic<bool> crowd_is_there{false}, has_asked{false}, crowd_is_gone{false};
  TestThread late([&] {
    while (!crowd_is_there.load_acquire()) spin_wait();
    EXPECT_EQ(this_slot(), 0u);
    EXPECT_EQ(slabbed_slot_offset(), kOffsetOfSlotZero);
    has_asked.store_release(true);
    while (!crowd_is_gone.load_acquire()) spin_wait();
    EXPECT_NE(this_slot(), 0u);
  });
  {
    // 63 slots, one is mine: 62 of the 70 get one.
    Crowd crowd(70);
    EXPECT_EQ(crowd.without(), 8);
    crowd_is_there.store_release(true);
    while (!has_asked.load_acquire()) spin_wait();
  }
  crowd_is_gone.store_release(true);
}

// What a destructor of thread-local storage found, by the order of its kind.
struct DestructorView {
  unsigned slot = ~0u;
  size_t offset = 0;
};
DestructorView from_cxx, from_later_key;
pthread_key_t later_key;

struct LooksAtItsSlot {
  ~LooksAtItsSlot() { from_cxx = {this_slot(), slabbed_slot_offset()}; }
};

TEST(Slot, CxxDestructorsStillHaveItAndLaterKeysRunOnSlotZero) {
  this_slot();  // makes the port's own key come first
  ASSERT_EQ(pthread_key_create(&later_key,
                               [](void *) {
                                 from_later_key = {this_slot(), slabbed_slot_offset()};
                               }),
            0);
  unsigned slot = 0;
  TestThread thread([&] {
    slot = this_slot();
    static thread_local LooksAtItsSlot looks;
    (void)&looks;
    pthread_setspecific(later_key, &later_key);
  });
  thread.join();
  EXPECT_EQ(from_cxx.slot, slot);
  EXPECT_EQ(from_later_key.slot, 0u);
  EXPECT_EQ(from_later_key.offset, kOffsetOfSlotZero);
  pthread_key_delete(later_key);
}

TEST(Slot, FirstUseInsideADestructorIsHandedBackToo) {
  this_slot();
  Recorder recorder;
  ASSERT_EQ(pthread_key_create(&later_key, [](void *) { EXPECT_NE(this_slot(), 0u); }), 0);
  TestThread thread([] { pthread_setspecific(later_key, &later_key); });
  thread.join();
  EXPECT_EQ(recorder.calls.load_relaxed(), 1);
  EXPECT_FALSE(slot_in_use(recorder.slot));
  pthread_key_delete(later_key);
}

TEST(Slot, RemovalWaitsForACallUnderWay) {
  static Atomic<bool> inside{false}, go_on{false}, finished{false};
  struct Slow : SlotUser {
    Slow() : SlotUser{call, nullptr} {}
    static void call(SlotUser *, unsigned) {
      inside.store_release(true);
      while (!go_on.load_acquire()) spin_wait();
      finished.store_release(true);
    }
  } slow;
  slot_user_add(&slow);
  TestThread leaving([] { this_slot(); });
  while (!inside.load_acquire()) spin_wait();
  TestThread remover([&] {
    slot_user_remove(&slow);
    EXPECT_TRUE(finished.load_acquire());
  });
  go_on.store_release(true);
  remover.join();
}

TEST(Slot, UsersComeAndGoWhileThreadsExit) {
  Atomic<bool> stop{false};
  TestThread churn([&] {
    while (!stop.load_acquire()) Recorder recorder;
  });
  for (int i = 0; i < 200; ++i) {
    TestThread thread([] { EXPECT_NE(this_slot(), 0u); });
  }
  stop.store_release(true);
}

TEST(SlotDeathTest, RemovingAUserThatWasNeverAddedIsReported) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  SlotUser stranger{[](SlotUser *, unsigned) {}};
  EXPECT_DEATH(slot_user_remove(&stranger), "check failed: \\*link != nullptr");
}

}  // namespace
}  // namespace slabbed::port
