// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// program_step_name_test.cc - goal: names of fibers and yield points read back as the same numbers,
// and the numbers are those of the scheduler's own headers, which this folder does not include.
#include "fuzz/program/step_name.h"

#include <gtest/gtest.h>

#include "fuzz/program/point_name.h"
#include "fuzz/program/program.h"
#include "fuzz/sched/simulation.h"
#include "fuzz/sched/strategy.h"

namespace slabbed::fuzz {
namespace {

static_assert(kProgramThreads == sched::kMaxProgramThreads && kMaxThreads <= kProgramThreads);
static_assert(kFirstWorker == sched::kFirstWorker);
static_assert(kCallbacks == sched::kCallbacks);
static_assert(kGracePeriod == sched::kGracePeriod);
static_assert(kClock == sched::kClock);
static_assert(kOutsideOperations == sched::kOutsideOperations);
static_assert(kOperationPoint == static_cast<unsigned>(sched::PointKind::kOperation));
static_assert(kPointKinds == static_cast<unsigned>(sched::PointKind::kBlocked) + 1);

TEST(StepName, KindsHaveTheSchedulersNumbers) {
  auto name = [](sched::PointKind kind) {
    return std::string(point_kind_name(static_cast<unsigned>(kind)));
  };
  EXPECT_EQ(name(sched::PointKind::kOperation), "operation");
  EXPECT_EQ(name(sched::PointKind::kRmw), "rmw");
  EXPECT_EQ(name(sched::PointKind::kHeavyBarrier), "heavy_barrier");
  EXPECT_EQ(name(sched::PointKind::kUnlock), "unlock");
  EXPECT_EQ(name(sched::PointKind::kNotify), "notify");
  EXPECT_EQ(name(sched::PointKind::kReadUnlock), "read_unlock");
  EXPECT_EQ(name(sched::PointKind::kRcuBarrier), "rcu_barrier");
  EXPECT_EQ(name(sched::PointKind::kMetaFree), "meta_free");
  EXPECT_EQ(name(sched::PointKind::kTime), "time");
  EXPECT_EQ(name(sched::PointKind::kThreadExit), "thread_exit");
  EXPECT_EQ(name(sched::PointKind::kDrain), "drain");
  EXPECT_EQ(name(sched::PointKind::kBlocked), "blocked");
}

TEST(StepName, EveryKindReadsBack) {
  for (unsigned kind = 0; kind < kPointKinds; ++kind) {
    uint8_t parsed = 255;
    EXPECT_TRUE(parse_point_kind(point_kind_name(kind), &parsed));
    EXPECT_EQ(parsed, kind);
  }
  uint8_t untouched = 7;
  EXPECT_FALSE(parse_point_kind("Load", &untouched));
  EXPECT_FALSE(parse_point_kind("", &untouched));
  EXPECT_EQ(untouched, 7);
}

TEST(StepName, EveryTargetReadsBackAndNothingElseIsOne) {
  unsigned targets = 0, threads = 0;
  for (unsigned number = 0; number < 256; ++number) {
    threads += is_thread(number);
    EXPECT_TRUE(is_thread(normal_thread(static_cast<uint8_t>(number))));
    EXPECT_TRUE(is_target(normal_target(static_cast<uint8_t>(number))));
    if (!is_target(number)) continue;
    ++targets;
    EXPECT_EQ(normal_target(static_cast<uint8_t>(number)), number);
    uint8_t parsed = 255;
    EXPECT_TRUE(parse_target(target_name(number), &parsed)) << target_name(number);
    EXPECT_EQ(parsed, number);
  }
  EXPECT_EQ(threads, 28u);
  EXPECT_EQ(targets, 2 * threads);
  EXPECT_EQ(target_name(64 + 33), "drain(grace_period)");
  for (const char *name : {"", "t", "t9", "t01", "t1x", "w16", "w-1", "drain()", "drain(t1",
                           "drain(drain(t1))", "Clock", "t100"}) {
    uint8_t parsed = 0;
    EXPECT_FALSE(parse_target(name, &parsed)) << name;
  }
}

TEST(PointName, HashIsTheFoldedFnv1a) {
  // FNV-1a's published values for "" and "a", folded by hand.
  EXPECT_EQ(point_name_hash(""), (0x811cu ^ 0x9dc5u));
  EXPECT_EQ(point_name_hash("a"), (0xe40cu ^ 0x292cu));
  EXPECT_EQ(point_name_hash("refill<int>"), point_name_hash("refill"));
  EXPECT_NE(point_name_hash("slabbed_free_slow"), point_name_hash("slabbed_alloc_slow"));
}

}  // namespace
}  // namespace slabbed::fuzz
