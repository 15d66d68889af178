// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// The model RCU: when a grace period may end, who waits for what, what is misuse, and virtual time.
#include "fuzz/tests/sched_bed.h"
#include "port/atomic.h"
#include "port/rcu.h"
#include "port/thread.h"
#include "port/time.h"

namespace slabbed::sched {
namespace {

port::Rcu rcu;
port::Atomic<unsigned> turn;
void *heads[8][2];

rcu_head *head(int i) { return reinterpret_cast<rcu_head *>(heads[i]); }
void ran(rcu_head *h) {
  note("callback " + std::to_string((reinterpret_cast<void **>(h) - heads[0]) / 2));
}
void await(unsigned n) {
  while (turn.load_acquire() != n) port::spin_wait();
}

class SchedRcu : public testing::Test {
 protected:
  SchedRcu() {
    bed.before = [] { turn.store_release(0); };
  }
  Bed bed;
};

TEST_F(SchedRcu, AGracePeriodWaitsForTheReaderThatWasOpen) {
  bed.log_events = true;
  bed.threads = {[] {
                   rcu.read_lock();
                   turn.store_release(1);
                   await(2);
                   note("reading");
                   rcu.read_unlock();
                 },
                 [] {
                   await(1);
                   turn.store_release(2);
                   rcu.synchronize();
                   note("synchronized");
                 }};
  EXPECT_EQ(bed.run().log,
            (Lines{"1 lock 1", "2 gp start 1", "reading", "1 unlock 1", "1 exit", "33 gp end 1",
                   "synchronized", "2 exit", "0 exit"}));
}

TEST_F(SchedRcu, NoScheduleLetsSynchronizeReturnWhileAnOlderReaderRuns) {
  bed.log_events = true;
  Body reader = [] {
    for (int i = 0; i < 3; i++) {
      rcu.read_lock();
      turn.load_relaxed();
      rcu.read_unlock();
    }
  };
  bed.threads = {reader, reader, [] {
                   for (int i = 0; i < 3; i++) rcu.synchronize();
                 }};
  for (uint64_t seed = 0; seed < 300; seed++) {
    Result r = bed.run_random(seed);
    EXPECT_EQ(r.outcome, Outcome::kFinished);
    Lines open, waited;
    for (const std::string &line : r.log) {
      size_t lock = line.find(" lock "), unlock = line.find(" unlock ");
      if (lock != std::string::npos) open.push_back(line.substr(lock + 6));
      if (line.find(" gp start") != std::string::npos) waited = open;
      if (unlock != std::string::npos) {
        for (Lines *lines : {&open, &waited}) {
          std::erase(*lines, line.substr(unlock + 8));
        }
      }
      bool ends = line.find(" gp end") != std::string::npos;
      EXPECT_TRUE(!ends || waited.empty()) << seed;
    }
  }
}

TEST_F(SchedRcu, AReaderThatOpensLaterDoesNotHoldItBack) {
  bed.threads = {[] { rcu.call(head(0), ran); turn.store_release(1); },
                 [] {
                   await(1);
                   rcu.read_lock();
                   note("reader opens");
                   await(2);
                   note("reader closes");
                   rcu.read_unlock();
                 },
                 [] {
                   await(1);
                   rcu.barrier();
                   note("barrier");
                   turn.store_release(2);
                 }};
  Result r = bed.run();
  EXPECT_EQ(r.outcome, Outcome::kFinished);
  EXPECT_EQ(r.log, (Lines{"reader opens", "callback 0", "barrier", "reader closes"}));
}

TEST_F(SchedRcu, OnlyTheOutermostUnlockCounts) {
  bed.threads = {[] {
                   rcu.read_lock();
                   rcu.read_lock();
                   turn.store_release(1);
                   await(2);
                   rcu.read_unlock();
                   EXPECT_TRUE(rcu.read_ongoing());
                   turn.load_acquire();
                   note("still reading");
                   rcu.read_unlock();
                   EXPECT_FALSE(rcu.read_ongoing());
                 },
                 [] {
                   await(1);
                   turn.store_release(2);
                   rcu.synchronize();
                   note("synchronized");
                 }};
  for (uint64_t seed = 0; seed < 50; seed++) {
    EXPECT_EQ(bed.run_random(seed).log, (Lines{"still reading", "synchronized"}));
  }
}

TEST_F(SchedRcu, TheScheduleDecidesHowLongAGracePeriodTakes) {
  bed.threads = {[] {
    rcu.call(head(0), ran);
    for (int i = 0; i < 4; i++) {
      turn.load_acquire();
      note("step " + std::to_string(i));
    }
  }};
  bed.after = [] { rcu.barrier(); };
  Lines late = {"step 0", "step 1", "step 2", "step 3", "callback 0"};
  EXPECT_EQ(bed.run().log, late);
  // Two starts, the store, call | load 0: the grace period ends and the thread goes on; at load 1
  // the callbacks run.
  Lines early = {"step 0", "callback 0", "step 1", "step 2", "step 3"};
  EXPECT_EQ(bed.run({{4, 0}}).log, late);  // it has ended, but nobody switches to the callbacks
  EXPECT_EQ(bed.run({{4, 0}, {0, 0}}).log, early);
}

TEST_F(SchedRcu, CallbacksRunInTheOrderOfTheirCalls) {
  bed.threads = {[] {
    for (int i = 0; i < 4; i++) rcu.call(head(i), ran);
    rcu.barrier();
    note("barrier");
  }};
  Lines expected = {"callback 0", "callback 1", "callback 2", "callback 3", "barrier"};
  for (uint64_t seed = 0; seed < 50; seed++) EXPECT_EQ(bed.run_random(seed).log, expected);
}

TEST_F(SchedRcu, ABarrierCoversTheCallsBeforeItOnly) {
  bed.threads = {[] {
                   rcu.call(head(0), ran);
                   turn.store_release(1);
                   rcu.barrier();
                   note("barrier");
                   turn.store_release(2);
                 },
                 [] {
                   await(1);
                   rcu.read_lock();
                   turn.load_acquire();
                   rcu.call(head(1), ran);  // its own section holds it back
                   await(2);
                   rcu.read_unlock();
                 }};
  bed.after = [] { rcu.barrier(); };
  Result r = bed.run();
  EXPECT_EQ(r.outcome, Outcome::kFinished);
  EXPECT_EQ(r.log, (Lines{"callback 0", "barrier", "callback 1"}));
}

TEST_F(SchedRcu, ACallbackMayCallAgain) {
  bed.threads = {[] {
    rcu.call(head(0), [](rcu_head *h) {
      ran(h);
      rcu.call(head(1), ran);
    });
    rcu.barrier();
    rcu.barrier();
  }};
  EXPECT_EQ(bed.run().log, (Lines{"callback 0", "callback 1"}));
}

TEST_F(SchedRcu, WithoutCallbacksABarrierReturnsAtOnce) {
  bed.threads = {[] { rcu.barrier(); }};
  EXPECT_EQ(bed.run().outcome, Outcome::kFinished);
}

struct Misuse {
  const char *what;
  void (*call)();
};
void sleeps() { sleep_jiffies(1); }
port::KThread worker;

TEST_F(SchedRcu, BlockingInsideAReaderIsNamed) {
  const Misuse misuses[] = {
      {"t1: synchronize_rcu inside a reader", [] { rcu.synchronize(); }},
      {"t1: rcu_barrier inside a reader", [] { rcu.barrier(); }},
      {"t1: sleep inside a reader", sleeps},
      {"t1: a join inside a reader", [] { worker.join(); }}};
  for (const Misuse &misuse : misuses) {
    bed.threads = {[&] {
      new (&worker) port::KThread;
      worker.start("w", [](void *) {}, nullptr);
      rcu.read_lock();
      misuse.call();
    }};
    Result r = bed.run();
    EXPECT_EQ(r.outcome, Outcome::kCheckFailed);
    EXPECT_EQ(r.message, misuse.what);
  }
}

TEST_F(SchedRcu, BlockingInsideACallbackIsNamed) {
  bed.threads = {[] {
    rcu.call(head(0), [](rcu_head *) { rcu.synchronize(); });
    rcu.barrier();
  }};
  EXPECT_EQ(bed.run().message, "rcu callbacks: synchronize_rcu inside an RCU callback");
}

TEST_F(SchedRcu, UnbalancedReadersAreNamed) {
  bed.threads = {[] { rcu.read_unlock(); }};
  EXPECT_EQ(bed.run().message, "t1: rcu_read_unlock outside of a reader");
  bed.threads = {[] { rcu.read_lock(); }};
  EXPECT_EQ(bed.run().message, "t1: a thread ends inside a reader");
}

TEST_F(SchedRcu, AHeadCannotBeQueuedTwice) {
  bed.threads = {[] {
    rcu.call(head(0), ran);
    rcu.call(head(0), ran);
  }};
  EXPECT_EQ(bed.run().message, "t1: call_rcu: this head is queued already");
}

TEST_F(SchedRcu, AReaderThatNeverClosesIsNamedInTheReport) {
  bed.threads = {[] {
                   rcu.read_lock();
                   turn.store_release(1);
                   await(9);
                 },
                 [] {
                   await(1);
                   rcu.synchronize();
                 }};
  Result r = bed.run();
  EXPECT_EQ(r.outcome, Outcome::kDeadlock);
  EXPECT_EQ(r.report,
            "init waits for the program threads\n"
            "t1 spins in await\n"
            "t2 waits for a grace period, held back by readers of t1\n");
}

TEST(SchedTime, StandsStillWhileFibersRun) {
  Bed bed;
  bed.threads = {[] {
    for (int i = 0; i < 100; i++) EXPECT_EQ(port::jiffies(), 0u);
  }};
  EXPECT_EQ(bed.run().outcome, Outcome::kFinished);
}

TEST(SchedTime, SleepersWakeInTheOrderOfTheirDeadlines) {
  Bed bed;
  bed.log_events = true;
  auto sleeper = [](uint64_t n) {
    return [n] {
      sleep_jiffies(n);
      note(std::to_string(n) + " at " + std::to_string(now_jiffies()));
    };
  };
  bed.threads = {sleeper(30), sleeper(10), sleeper(20), sleeper(10)};
  // t4 blocked last, so the clock was let on in its place, and it goes on.
  EXPECT_EQ(bed.run().log, (Lines{"34 clock 10", "10 at 10", "4 exit", "10 at 10", "2 exit",
                                  "34 clock 20", "20 at 20", "3 exit", "34 clock 30", "30 at 30",
                                  "1 exit", "0 exit"}));
}

TEST(SchedTime, TheScheduleMayLetTimePassEarly) {
  Bed bed;
  bed.threads = {[] {
                   sleep_jiffies(500);
                   note("woken");
                 },
                 [] {
                   for (int i = 0; i < 3; i++) {
                     turn.load_acquire();
                     note("step");
                   }
                 }};
  EXPECT_EQ(bed.run().log, (Lines{"step", "step", "step", "woken"}));
  // init, t1: start, sleep, t2: start | load: only the clock could run instead; then t1 can.
  EXPECT_EQ(bed.run({{4, 0}, {0, 0}}).log, (Lines{"step", "woken", "step", "step"}));
}

TEST(SchedTime, HzBelongsToTheRun) {
  Bed bed;
  bed.options.hz = 250;
  bed.threads = {[] {
    EXPECT_EQ(port::hz(), 250u);
    port::set_hz(1000);
    EXPECT_EQ(port::hz(), 1000u);
  }};
  EXPECT_EQ(bed.run().outcome, Outcome::kFinished);
}

}  // namespace
}  // namespace slabbed::sched
