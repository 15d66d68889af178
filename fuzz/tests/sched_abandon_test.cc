// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// Runs that end with unfinished fibers leave no trace.
//
// 100,000 of them in one process: every way to be unfinished, abandoned again and again. The
// resident size must stop growing after the first thousands, and the sanitizers must have nothing
// to say (LeakSanitizer says it at exit). Without abandoning TSan contexts properly this crashes
// early.
#include <cstdio>
#include <memory>
#include <unistd.h>

#include "fuzz/tests/sched_bed.h"
#include "port/atomic.h"
#include "port/memory.h"
#include "port/mutex.h"
#include "port/rcu.h"

namespace slabbed::sched {
namespace {

constexpr int kRuns = 100000;

long resident_kib() {
  long size = 0, resident = 0;
  std::FILE *f = std::fopen("/proc/self/statm", "r");
  if (!f) return 0;
  if (std::fscanf(f, "%ld %ld", &size, &resident) != 2) resident = 0;
  std::fclose(f);
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

struct Locks {
  port::Mutex a{"a"}, b{"b"};
};
Locks *locks;
port::Rcu rcu;

__attribute__((noinline)) void deep(int n, volatile char *above)
    SLABBED_NO_THREAD_SAFETY_ANALYSIS {
  volatile char frame[200];  // ASan: redzones left poisoned on the abandoned stack
  frame[0] = above[0];
  if (n) return deep(n - 1, frame);
  locks->a.lock();
  locks->b.lock();
}

void first(void *) {
  volatile char top[1] = {0};
  deep(5, top);
}
void second(void *) SLABBED_NO_THREAD_SAFETY_ANALYSIS {
  rcu.read_lock();
  locks->b.lock();
  locks->a.lock();
}
void third(void *) {
  port::meta_alloc(300);
  rcu.synchronize();  // held back by the second for ever
}

void init(void *) {
  locks = new (port::meta_alloc(sizeof(Locks))) Locks;
  spawn(1, first, nullptr);
  spawn(2, second, nullptr);
  spawn(3, third, nullptr);
  join_all();
}

TEST(SchedAbandon, AHundredThousandDeadlocksLeaveNoTrace) {
  // Init's start, t1's start, t1 holds a and announces b: t2 runs until it wants a.
  const Record record = {3, 0};
  long settled = 0;
  for (int i = 0; i < kRuns; i++) {
    BytesStrategy strategy(&record, 1);
    Options options;
    options.strategy = &strategy;
    begin(options, {});
    Outcome outcome = run(init, nullptr);
    end();
    ASSERT_EQ(outcome, Outcome::kDeadlock) << i;
    if (i == kRuns / 10) settled = resident_kib();
  }
  long grown = resident_kib() - settled;
  std::printf("resident: %ld KiB after %d runs, %+ld KiB after %d\n", settled, kRuns / 10, grown,
              kRuns);
  EXPECT_LT(grown, 8 * 1024);
}

TEST(SchedAbandon, AFiberThatIsAbandonedHasNoInfluenceOnTheNextRun) {
  Bed bed;
  bed.check_replay = false;
  auto shared = std::make_unique<port::Atomic<unsigned>>();
  bed.threads = {[&] {
                   for (int i = 0; i < 10; i++) {
                     shared->fetch_add_acq_rel(1);
                     note("a" + std::to_string(i));
                   }
                 },
                 [&] {
                   for (int i = 0; i < 10; i++) {
                     shared->fetch_add_acq_rel(1);
                     note("b" + std::to_string(i));
                   }
                 }};
  Lines expected = bed.run_random(7).log;
  for (uint64_t seed = 0; seed < 50; seed++) {
    bed.options.step_bound = 5 + seed % 20;
    EXPECT_EQ(bed.run_random(seed).outcome, Outcome::kStepBound);
    bed.options.step_bound = 200000;
    EXPECT_EQ(bed.run_random(7).log, expected);
  }
}

}  // namespace
}  // namespace slabbed::sched
