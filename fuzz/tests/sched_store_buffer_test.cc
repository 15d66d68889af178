// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// Store buffers: what x86-TSO allows is reachable, what it forbids never happens.
//
// Method: small two-thread programs whose results are notes; many random schedules; the set of
// results seen is compared with what the memory model says.
#include <algorithm>

#include "fuzz/tests/sched_bed.h"
#include "port/atomic.h"
#include "port/memory.h"
#include "port/mutex.h"

namespace slabbed::sched {
namespace {

port::Atomic<unsigned> x, y, z;
unsigned r1, r2;

class SchedStoreBuffer : public testing::Test {
 protected:
  SchedStoreBuffer() {
    bed.options.store_buffers = true;
    bed.before = [] {
      x.exchange_acq_rel(0);
      y.exchange_acq_rel(0);
      z.exchange_acq_rel(0);
    };
    bed.after = [] { note(std::to_string(r1) + std::to_string(r2)); };
    if (store_buffers_ignored()) skip = true;
  }

  Lines results(unsigned seeds) {
    Lines seen;
    for (uint64_t seed = 0; seed < seeds; seed++) {
      Result r = bed.run_random(seed);
      EXPECT_EQ(r.outcome, Outcome::kFinished) << r.report << r.message;
      if (std::find(seen.begin(), seen.end(), r.log.back()) == seen.end()) {
        seen.push_back(r.log.back());
      }
    }
    std::sort(seen.begin(), seen.end());  // total order
    return seen;
  }

  Bed bed;
  bool skip = false;
};

#define SKIP_UNDER_TSAN() \
  if (skip) GTEST_SKIP() << "store buffers mean nothing under ThreadSanitizer"

enum class Between { kNothing, kRmw, kHeavy, kLock };
port::Mutex mutex{"between"};

void between(Between what) {
  if (what == Between::kRmw) z.fetch_add_acq_rel(1);
  if (what == Between::kHeavy) port::heavy_barrier();
  if (what == Between::kLock) port::MutexLock lock(mutex);
}

// Each thread stores its own flag and then looks at the other's.
std::vector<Body> dekker(Between first, Between second) {
  return {[=] {
            x.store_release(1);
            between(first);
            r1 = y.load_acquire();
          },
          [=] {
            y.store_release(1);
            between(second);
            r2 = x.load_acquire();
          }};
}

TEST_F(SchedStoreBuffer, BothMayMissTheOthersStore) {
  SKIP_UNDER_TSAN();
  bed.threads = dekker(Between::kNothing, Between::kNothing);
  EXPECT_EQ(results(400), (Lines{"00", "01", "10", "11"}));
}

TEST_F(SchedStoreBuffer, WithoutBuffersOneAlwaysSeesTheOther) {
  bed.options.store_buffers = false;
  bed.threads = dekker(Between::kNothing, Between::kNothing);
  EXPECT_EQ(results(400), (Lines{"01", "10", "11"}));
}

TEST_F(SchedStoreBuffer, UnderTsanTheBitIsIgnored) {
  if (!store_buffers_ignored()) GTEST_SKIP() << "not ThreadSanitizer";
  bed.threads = dekker(Between::kNothing, Between::kNothing);
  EXPECT_EQ(results(400), (Lines{"01", "10", "11"}));
}

TEST_F(SchedStoreBuffer, ReadModifyWritesOnBothSidesForbidIt) {
  SKIP_UNDER_TSAN();
  bed.threads = dekker(Between::kRmw, Between::kRmw);
  EXPECT_EQ(results(400), (Lines{"01", "10", "11"}));
}

TEST_F(SchedStoreBuffer, ALockOperationDrains) {
  SKIP_UNDER_TSAN();
  bed.threads = dekker(Between::kLock, Between::kLock);
  EXPECT_EQ(results(400), (Lines{"01", "10", "11"}));
}

TEST_F(SchedStoreBuffer, AHeavyBarrierOnOneSideIsEnough) {
  SKIP_UNDER_TSAN();
  bed.threads = dekker(Between::kNothing, Between::kHeavy);
  EXPECT_EQ(results(1000), (Lines{"01", "10", "11"}));
}

TEST_F(SchedStoreBuffer, AReadModifyWriteOnOneSideIsNot) {
  SKIP_UNDER_TSAN();
  bed.threads = dekker(Between::kNothing, Between::kRmw);
  EXPECT_EQ(results(400), (Lines{"00", "01", "10", "11"}));
}

TEST_F(SchedStoreBuffer, TwoPreemptionsFindIt) {
  SKIP_UNDER_TSAN();
  // init: start and three exchanges; t1: start, store | load: t2 starts, stores, looks | exit: t1.
  bed.threads = dekker(Between::kNothing, Between::kNothing);
  Result r = bed.run({{6, 0}, {3, 0}});
  EXPECT_EQ(r.taken.size(), 2u);
  EXPECT_EQ(r.log, (Lines{"00"}));
}

TEST_F(SchedStoreBuffer, StoresOfOneFiberStayInOrder) {
  SKIP_UNDER_TSAN();
  bed.threads = {[] {
                   x.store_relaxed(1);
                   y.store_relaxed(1);
                 },
                 [] {
                   r1 = y.load_acquire();
                   r2 = x.load_acquire();
                 }};
  EXPECT_EQ(results(400), (Lines{"00", "01", "11"}));  // never 10: y without x
}

TEST_F(SchedStoreBuffer, AFiberReadsItsOwnNewestStore) {
  SKIP_UNDER_TSAN();
  bed.threads = {[] {
    x.store_relaxed(1);
    x.store_relaxed(2);
    r1 = x.load_acquire();
    uint8_t low = port::load_relaxed(reinterpret_cast<uint8_t &>(x));  // overlaps in part
    r2 = low;
  }};
  EXPECT_EQ(results(50), (Lines{"22"}));
}

TEST_F(SchedStoreBuffer, AllSizesReachMemoryWhole) {
  SKIP_UNDER_TSAN();
  static struct {
    uint8_t a, b;
    uint16_t c;
    uint32_t d;
    uint64_t e;
  } f;
  bed.threads = {[] {
    f = {};
    port::store_relaxed(f.a, 0x11);
    port::store_release(f.c, 0x2222);
    port::store_relaxed(f.d, 0x33333333u);
    port::store_release(f.e, 0x4444444444444444u);
    EXPECT_EQ(*const_cast<volatile uint64_t *>(&f.e), 0u);  // not there yet
  }};
  bed.after = [] {
    EXPECT_EQ(f.a, 0x11);
    EXPECT_EQ(f.b, 0);
    EXPECT_EQ(f.c, 0x2222);
    EXPECT_EQ(f.d, 0x33333333u);
    EXPECT_EQ(f.e, 0x4444444444444444u);
  };
  EXPECT_EQ(bed.run().outcome, Outcome::kFinished);
}

TEST_F(SchedStoreBuffer, AFullBufferGivesUpItsOldest) {
  SKIP_UNDER_TSAN();
  bed.threads = {[] {
    x.store_relaxed(1);
    for (unsigned i = 1; i <= 15; i++) y.store_relaxed(i);
    EXPECT_EQ(*reinterpret_cast<volatile unsigned *>(&x), 0u);
    y.store_relaxed(16);
    EXPECT_EQ(*reinterpret_cast<volatile unsigned *>(&x), 1u);
    EXPECT_EQ(*reinterpret_cast<volatile unsigned *>(&y), 0u);
  }};
  EXPECT_EQ(bed.run().outcome, Outcome::kFinished);
}

TEST_F(SchedStoreBuffer, ASpinnerIsNotStarvedByABuffer) {
  SKIP_UNDER_TSAN();
  bed.threads = {[] {
                   x.store_release(1);
                   while (y.load_acquire() == 0) port::spin_wait();
                 },
                 [] {
                   while (x.load_acquire() == 0) port::spin_wait();
                   y.store_release(1);
                 }};
  EXPECT_EQ(bed.run().outcome, Outcome::kFinished);
  for (uint64_t seed = 0; seed < 100; seed++) {
    EXPECT_EQ(bed.run_random(seed).outcome, Outcome::kFinished);
  }
}

TEST_F(SchedStoreBuffer, ALivelockThatOnlyABufferKeepsAliveIsNone) {
  SKIP_UNDER_TSAN();
  // No spin_wait(): nothing but the step bound ends these loops.
  bed.options.step_bound = 2000;
  bed.threads = {[] {
                   x.store_release(1);
                   while (y.load_acquire() == 0) {
                   }
                   note("t1 done");
                 },
                 [] {
                   while (x.load_acquire() == 0) {
                   }
                   y.store_release(1);
                 }};
  bed.after = {};
  // t1 stores and loops; t2 gets the processor and loops until the bound; then t1's store drains.
  Result r = bed.run({{8, 0}});
  EXPECT_EQ(r.outcome, Outcome::kFinished) << r.report;
  EXPECT_GE(r.steps, 2000u);
}

TEST_F(SchedStoreBuffer, AStoreThatDrainsIntoFreedMetadataIsNamed) {
#if !defined(__SANITIZE_ADDRESS__)
#if !defined(__has_feature)
#define __has_feature(x) 0
#endif
#if !__has_feature(address_sanitizer)
  GTEST_SKIP() << "needs AddressSanitizer";
#endif
#endif
  static unsigned *block;
  bed.after = {};
  bed.threads = {[] {
                   block = static_cast<unsigned *>(port::meta_alloc(64));
                   port::store_relaxed(*block, 1u);
                   x.load_acquire();
                 },
                 [] { port::meta_free(block, 64); }};
  Result r = bed.run({{6, 0}});
  EXPECT_EQ(r.outcome, Outcome::kCheckFailed);
  EXPECT_EQ(r.message, "t1: a buffered store hits freed memory");
}

// The owner protocol of the sheaves (core/pcs.cc) in miniature. The owner: busy = 1, light barrier,
// look at `main`, use it, busy = 0. The remote side: take `main` away, heavy barrier, wait until
// not busy, use it. Two users at once are what the barrier is there to prevent.
struct Pcs {
  uint32_t busy;
  int *main;
};
Pcs pcs;
int sheaf, empty, users;

void use(int *which) {
  if (which != &sheaf) return;
  unobserved([] { EXPECT_LE(++users, 1) << "owner and remote side use one sheaf"; });
  z.load_relaxed();
  unobserved([] { users--; });
}

std::vector<Body> revoke(bool heavy) {
  return {[] {
            slabbed_store_relaxed_u32(&pcs.busy, 1);
            slabbed_light_barrier();
            use(slabbed_load_acquire_ptr(&pcs.main));
            slabbed_store_release_u32(&pcs.busy, 0);
          },
          [=] {
            port::store_relaxed(pcs.main, &empty);
            if (heavy) port::heavy_barrier();
            while (port::load_acquire(pcs.busy)) port::spin_wait();
            use(&sheaf);
          }};
}

TEST_F(SchedStoreBuffer, TheOwnerProtocolHolds) {
  bed.before = [] {
    pcs = {0, &sheaf};
    users = 0;
  };
  bed.after = {};
  bed.threads = revoke(true);
  for (uint64_t seed = 0; seed < 2000; seed++) {
    EXPECT_EQ(bed.run_random(seed).outcome, Outcome::kFinished);
  }
}

TEST_F(SchedStoreBuffer, TheOwnerProtocolWithoutItsHeavyBarrierIsCaught) {
  SKIP_UNDER_TSAN();
  bed.check_replay = false;
  bed.before = [] {
    pcs = {0, &sheaf};
    users = 0;
  };
  bed.after = {};
  bed.threads = revoke(false);
  // Counted by hand instead of by EXPECT_LE.
  bed.threads[0] = [] {
    slabbed_store_relaxed_u32(&pcs.busy, 1);
    slabbed_light_barrier();
    if (slabbed_load_acquire_ptr(&pcs.main) == &sheaf) {
      users = 1;
      z.load_relaxed();
      users = 0;
    }
    slabbed_store_release_u32(&pcs.busy, 0);
  };
  bed.threads[1] = [] {
    port::store_relaxed(pcs.main, &empty);
    while (port::load_acquire(pcs.busy)) port::spin_wait();
    if (users) note("caught");
  };
  unsigned caught = 0, first = 0;
  for (unsigned seed = 0; seed < 1000; seed++) {
    bool now = !bed.run_random(seed).log.empty();
    if (now && !caught) first = seed + 1;
    caught += now;
  }
  EXPECT_GE(caught, 10u);
  EXPECT_LE(first, 100u);
  // And by one preemption: init, start, busy = 1, main, found | z: t2 runs to its end.
  EXPECT_EQ(bed.run({{5, 0}}).log, (Lines{"caught"}));
  // Never without buffers.
  bed.options.store_buffers = false;
  for (uint64_t seed = 0; seed < 1000; seed++) EXPECT_TRUE(bed.run_random(seed).log.empty());
}

}  // namespace
}  // namespace slabbed::sched
