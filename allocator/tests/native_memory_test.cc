// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// native_memory_test.cc - regions and metadata, the fault hook, stack capture, ASan annotations and
// failed checks.
#include <gtest/gtest.h>
#include <string.h>
#include <unistd.h>

#include <vector>

#include "allocator/tests/native_threads.h"
#include "port/annotate.h"
#include "port/check.h"
#include "port/memory.h"
#include "port/stack.h"

namespace slabbed::port {
namespace {

using testing::TestThread;

bool is_zero(const void *p, size_t n) {
  const char *bytes = static_cast<const char *>(p);
  for (size_t i = 0; i < n; ++i) {
    if (bytes[i] != 0) return false;
  }
  return true;
}

TEST(Region, IsAlignedZeroFilledAndWritable) {
  for (size_t align : {size_t{4096}, size_t{65536}, size_t{2} << 20}) {
    for (size_t bytes : {size_t{4096}, size_t{12288}, size_t{4} << 20}) {
      void *p = region_reserve(bytes, align);
      ASSERT_NE(p, nullptr);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(p) % align, 0u);
      EXPECT_TRUE(is_zero(p, bytes));
      memset(p, 0x5a, bytes);
      region_release(p, bytes);
    }
  }
}

TEST(Region, ImpossibleSizeIsRefused) {
  EXPECT_EQ(region_reserve(size_t{1} << 60, 4096), nullptr);
  EXPECT_EQ(region_reserve(~size_t{0} & ~size_t{4095}, size_t{2} << 20), nullptr);
}

TEST(Region, PoisonDiesWithIt) {
  void *p = region_reserve(4096, 4096);
  poison(p, 4096);
  region_release(p, 4096);
#ifdef SLABBED_ASAN
  EXPECT_EQ(__asan_region_is_poisoned(p, 4096), nullptr);
#endif
}

TEST(Meta, IsAlignedAndZeroFilledEvenWhenReused) {
  for (size_t bytes : {0, 1, 63, 64, 65, 512, 4608}) {
    for (int round = 0; round < 3; ++round) {
      void *p = meta_alloc(bytes);
      ASSERT_NE(p, nullptr);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(p) % 64, 0u);
      EXPECT_TRUE(is_zero(p, bytes));
      memset(p, 0xff, bytes);
      meta_free(p, bytes);
    }
  }
  meta_free(nullptr, 64);
  EXPECT_EQ(meta_alloc(~size_t{0}), nullptr);
}

TEST(Fault, OnlyTheHookSaysNo) {
  EXPECT_FALSE(should_fail(Fault::kPage));
  struct Plan {
    int pages = 0, metas = 0;
  } plan;
  set_fault_hook(
      [](Fault kind, void *context) {
        Plan *p = static_cast<Plan *>(context);
        return kind == Fault::kPage ? ++p->pages == 2 : ++p->metas == 1;
      },
      &plan);
  EXPECT_FALSE(should_fail(Fault::kPage));
  EXPECT_TRUE(should_fail(Fault::kPage));
  EXPECT_FALSE(should_fail(Fault::kPage));
  EXPECT_TRUE(should_fail(Fault::kMeta));
  // The requests themselves do not ask.
  void *p = meta_alloc(64);
  EXPECT_NE(p, nullptr);
  meta_free(p, 64);
  set_fault_hook(nullptr, nullptr);
  EXPECT_FALSE(should_fail(Fault::kMeta));
  EXPECT_EQ(plan.pages, 3);
  EXPECT_EQ(plan.metas, 1);
}

// Calls itself `depth` times and then captures. Not a tail call: the frames must be there.
[[gnu::noinline]] int capture_at(int depth, void **pcs, int max) {
  int n = depth == 0 ? capture_stack(pcs, max) : capture_at(depth - 1, pcs, max);
  __asm__ volatile("");
  return n;
}

TEST(Stack, OneAddressPerFrameOnEveryThread) {
  auto check = [] {
    void *shallow[64], *deep[64];
    int a = capture_at(0, shallow, 64);
    int b = capture_at(10, deep, 64);
    EXPECT_GE(a, 2);
    EXPECT_EQ(b, a + 10);
    for (int i = 2; i <= 10; ++i) EXPECT_EQ(deep[i], deep[1]) << "the recursive call";
    // All but the frame of this function, which called from two places, are shared.
    EXPECT_EQ(memcmp(shallow + 2, deep + 12, static_cast<size_t>(a - 2) * sizeof(void *)), 0);
  };
  check();
  TestThread thread(check);
}

TEST(Stack, StopsAtTheMaximum) {
  void *pcs[8] = {};
  EXPECT_EQ(capture_at(20, pcs, 4), 4);
  EXPECT_EQ(pcs[4], nullptr);
  EXPECT_EQ(capture_stack(pcs, 0), 0);
  EXPECT_EQ(capture_stack(pcs, 1), 1);
}

// A frame whose saved pointer leads nowhere, as in code that uses the register for other things.
[[gnu::noinline]] SLABBED_UNINSTRUMENTED int capture_with_broken_chain(void **pcs, int max,
                                                                       uintptr_t nonsense) {
  volatile uintptr_t *frame = static_cast<volatile uintptr_t *>(__builtin_frame_address(0));
  uintptr_t saved = frame[0];
  frame[0] = nonsense;
  int n = capture_stack(pcs, max);
  frame[0] = saved;
  return n;
}

TEST(Stack, BrokenChainEndsTheWalkAndReadsNothingElse) {
  void *pcs[64];
  int here = 0;
  for (uintptr_t nonsense : {uintptr_t{0}, uintptr_t{8}, uintptr_t{0x1234567}, ~uintptr_t{0},
                             ~uintptr_t{15}, reinterpret_cast<uintptr_t>(&here) - 65536,
                             reinterpret_cast<uintptr_t>(&here) | 1}) {
    int n = capture_with_broken_chain(pcs, 64, nonsense);
    EXPECT_GE(n, 1);
    EXPECT_LE(n, 2) << std::hex << nonsense;
  }
}

TEST(CheckDeathTest, FailureIsOneLineThatNamesConditionFunctionAndPlace) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  int answer = 41;
  EXPECT_DEATH(SLABBED_CHECK(answer == 42),
               "^slabbed: check failed: answer == 42 in TestBody\\(\\) at "
               "native_memory_test\\.cc:[0-9]+\n");
}

TEST(Check, LevelsThatAreOffDoNotEvaluate) {
  int evaluated = 0;
  SLABBED_CHECK(++evaluated > 0);
  SLABBED_CHECK_OFF(++evaluated > 0);
  EXPECT_EQ(evaluated, 1);
}

#ifdef SLABBED_ASAN
TEST(AnnotateDeathTest, PoisonedMemoryIsReported) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  volatile char *p = static_cast<volatile char *>(meta_alloc(64));
  poison(const_cast<char *>(p), 64);
  EXPECT_DEATH(p[3] = 1, "use-after-poison");
  unpoison(const_cast<char *>(p), 64);
  p[3] = 1;
  meta_free(const_cast<char *>(p), 64);
}
#endif

}  // namespace
}  // namespace slabbed::port
