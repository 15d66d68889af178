// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// native_race_test.cc - ThreadSanitizer only: the port's edges are as many as RCU promises, and not
// one more.
//
// Goal: correct programs are quiet with an uninstrumented liburcu, and the two bugs this library
// exists for, a reader that outlives its section and memory freed too early, are still reported.
// Method: HiddenSteps fixes the order of events without TSan seeing it, so that each case is the
// same in every run; the racy ones run in a process of their own and must exit with TSan's status.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <memory>

#include "allocator/port/native/interval_clock.h"
#include "allocator/tests/native_threads.h"
#include "port/annotate.h"
#include "port/rcu.h"

#ifndef SLABBED_TSAN
TEST(Race, NeedsThreadSanitizer) { GTEST_SKIP() << "built without ThreadSanitizer"; }
#else

#include <urcu/urcu-memb.h>

namespace slabbed::port {
namespace {

using testing::HiddenSteps;
using testing::TestThread;

constexpr int kTsanStatus = 66;

class RaceDeathTest : public ::testing::Test {
 protected:
  void SetUp() override { ::testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

// Runs `program` in a fresh process and expects TSan to report a data race there.
#define EXPECT_RACE(program)                                                              \
  EXPECT_EXIT(                                                                            \
      {                                                                                   \
        program();                                                                        \
        exit(0);                                                                          \
      },                                                                                  \
      ::testing::ExitedWithCode(kTsanStatus), "WARNING: ThreadSanitizer: data race")

// IntervalClock alone ---------------------------------------------------------------------------

// On the heap: clang 19 does not instrument fields of a local, even if its address has escaped.
struct ClockProgram {
  IntervalClock clock;
  HiddenSteps steps;
  long plain = 0;
};

TEST(IntervalClock, AccessInsideAWaitedIntervalIsOrdered) {
  auto program = std::make_unique<ClockProgram>();
  ClockProgram &p = *program;
  p.clock.prepare();
  TestThread reader([&p] {
    uint64_t stamp = p.clock.open();
    p.steps.reach(1);
    p.steps.wait_for(2);
    p.plain = 1;
    p.clock.close(stamp);
    p.steps.reach(3);
  });
  p.steps.wait_for(1);
  IntervalClock::Wait wait;
  p.clock.begin(&wait);
  p.steps.reach(2);
  p.steps.wait_for(3);
  p.clock.end(&wait);
  EXPECT_EQ(++p.plain, 2);
}

TEST(IntervalClock, AccessInAnIntervalClosedBeforeTheWaitIsOrdered) {
  auto program = std::make_unique<ClockProgram>();
  ClockProgram &p = *program;
  p.clock.prepare();
  TestThread reader([&p] {
    uint64_t stamp = p.clock.open();
    p.plain = 1;
    p.clock.close(stamp);
    p.steps.reach(1);
  });
  p.steps.wait_for(1);
  IntervalClock::Wait wait;
  p.clock.begin(&wait);
  p.clock.end(&wait);
  EXPECT_EQ(++p.plain, 2);
}

// The reader touches the object between two intervals. A token shared by all intervals would pass
// the second one's clock on and hide it.
void access_after_close() {
  auto program = std::make_unique<ClockProgram>();
  ClockProgram &p = *program;
  p.clock.prepare();
  TestThread reader([&p] {
    uint64_t first = p.clock.open();
    p.steps.reach(1);
    p.steps.wait_for(2);
    p.clock.close(first);
    p.plain = 1;
    uint64_t second = p.clock.open();
    p.clock.close(second);
    p.steps.reach(3);
  });
  p.steps.wait_for(1);
  IntervalClock::Wait wait;
  p.clock.begin(&wait);
  p.steps.reach(2);
  p.steps.wait_for(3);
  p.clock.end(&wait);
  p.plain = 2;
}
TEST_F(RaceDeathTest, IntervalOpenedAfterTheWaitBeganOrdersNothing) {
  EXPECT_RACE(access_after_close);
}

// Beginning a wait (call_rcu) must not order the caller after the readers.
void access_by_the_one_who_began() {
  auto program = std::make_unique<ClockProgram>();
  ClockProgram &p = *program;
  p.clock.prepare();
  TestThread reader([&p] {
    uint64_t stamp = p.clock.open();
    p.plain = 1;
    p.clock.close(stamp);
    p.steps.reach(1);
  });
  p.steps.wait_for(1);
  IntervalClock::Wait wait;
  p.clock.begin(&wait);
  p.plain = 2;
  p.clock.end(&wait);
}
TEST_F(RaceDeathTest, BeginningAWaitOrdersNothing) { EXPECT_RACE(access_by_the_one_who_began); }

// Rcu -------------------------------------------------------------------------------------------

struct Object {
  struct rcu_head head;
  long value;
};

struct RcuProgram {
  explicit RcuProgram(const void *flavour = nullptr) {
    rcu.init(flavour);
    object = static_cast<Object *>(calloc(1, sizeof(Object)));
  }
  Rcu rcu;
  HiddenSteps steps;
  Object *object;
};

void free_object(struct rcu_head *head) { free(reinterpret_cast<Object *>(head)); }

// The reader uses the object after its section, and has opened and closed another one since.
void reader_outlives_its_section(bool by_call) {
  RcuProgram p;
  TestThread reader([&p] {
    p.rcu.register_thread();
    p.rcu.read_lock();
    p.steps.reach(1);
    p.steps.wait_for(2);
    usleep(100000);  // let the grace period begin
    p.rcu.read_unlock();
    p.object->value = 1;
    p.rcu.read_lock();
    p.rcu.read_unlock();
    p.steps.reach(3);
    p.rcu.unregister_thread();
  });
  TestThread updater(
      [&p, by_call] {
        p.steps.wait_for(1);
        p.steps.reach(2);
        if (by_call) {
          p.rcu.call(&p.object->head, [](struct rcu_head *head) {
            reinterpret_cast<Object *>(head)->value = 2;
          });
          p.rcu.barrier();
        } else {
          p.rcu.synchronize();
          p.steps.wait_for(3);
          p.object->value = 2;
        }
      },
      &p.rcu);
}
TEST_F(RaceDeathTest, ReaderThatOutlivesItsSectionIsReportedAgainstSynchronize) {
  EXPECT_RACE([] { reader_outlives_its_section(false); });
}
TEST_F(RaceDeathTest, ReaderThatOutlivesItsSectionIsReportedAgainstACallback) {
  EXPECT_RACE([] { reader_outlives_its_section(true); });
}

void reader_without_a_lock() {
  RcuProgram p;
  TestThread reader([&p] {
    p.object->value = 1;
    p.steps.reach(1);
  });
  p.steps.wait_for(1);
  p.rcu.synchronize();
  p.object->value = 2;
}
TEST_F(RaceDeathTest, ReaderWithoutALockIsReported) { EXPECT_RACE(reader_without_a_lock); }

// A flavour whose grace periods take no time.
struct rcu_flavor_struct hasty_flavour() {
  struct rcu_flavor_struct flavour = urcu_memb_flavor;
  flavour.update_synchronize_rcu = [] {};
  flavour.update_call_rcu = [](struct rcu_head *head, void (*fn)(struct rcu_head *)) { fn(head); };
  return flavour;
}

void free_under_a_reader(bool by_call) {
  static struct rcu_flavor_struct hasty = hasty_flavour();
  RcuProgram p(&hasty);
  TestThread reader([&p] {
    p.rcu.register_thread();
    p.rcu.read_lock();
    p.object->value = 1;
    p.steps.reach(1);
    p.steps.wait_for(2);
    p.rcu.read_unlock();
    p.rcu.unregister_thread();
  });
  p.steps.wait_for(1);
  if (by_call) {
    p.rcu.call(&p.object->head, free_object);
  } else {
    p.rcu.synchronize();
    free(p.object);
  }
  p.steps.reach(2);
}
TEST_F(RaceDeathTest, GracePeriodThatEndsEarlyIsReported) {
  EXPECT_RACE([] { free_under_a_reader(false); });
}
TEST_F(RaceDeathTest, CallbackThatRunsEarlyIsReported) {
  EXPECT_RACE([] { free_under_a_reader(true); });
}

// rcu_barrier() waits for the callbacks queued before it; synchronize() waits for none.
void synchronize_instead_of_barrier() {
  static volatile long plain;
  RcuProgram p;
  p.rcu.register_thread();
  static HiddenSteps ran;
  p.rcu.call(&p.object->head, [](struct rcu_head *) {
    plain = plain + 1;
    ran.reach(1);
  });
  p.rcu.unregister_thread();
  ran.wait_for(1);
  p.rcu.synchronize();
  plain = plain + 1;
}
TEST_F(RaceDeathTest, SynchronizeDoesNotStandInForBarrier) {
  EXPECT_RACE(synchronize_instead_of_barrier);
}

TEST(Race, BarrierOrdersTheCallbacksBeforeIt) {
  static volatile long plain;
  RcuProgram p;
  p.rcu.register_thread();
  p.rcu.call(&p.object->head, [](struct rcu_head *head) {
    plain = 1;
    free_object(head);
  });
  p.rcu.unregister_thread();
  p.rcu.barrier();
  EXPECT_EQ(plain + 1, 2);
}

// What the caller wrote before call_rcu() is the callback's to read.
TEST(Race, CallOrdersTheCallerBeforeItsCallback) {
  RcuProgram p;
  p.rcu.register_thread();
  p.object->value = 41;
  p.rcu.call(&p.object->head, [](struct rcu_head *head) {
    EXPECT_EQ(++reinterpret_cast<Object *>(head)->value, 42);
    free_object(head);
  });
  p.rcu.unregister_thread();
  p.rcu.barrier();
}

}  // namespace
}  // namespace slabbed::port
#endif  // SLABBED_TSAN
