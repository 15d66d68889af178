// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// Memory, faults and stacks of a run: what repeats from run to run, and what is misuse.
#include <cstring>

#include "fuzz/tests/sched_bed.h"
#include "port/annotate.h"
#include "port/memory.h"
#include "port/stack.h"

namespace slabbed::sched {
namespace {

constexpr size_t kChunk = size_t{4} << 20;

std::string address(const void *p) {
  char text[32];
  std::snprintf(text, sizeof(text), "%p", p);
  return text;
}

TEST(SchedMemory, AddressesDependOnTheRequestsAlone) {
  Bed bed;
  bed.threads = {[] {
    note(address(port::region_reserve(kChunk, kChunk)));
    note(address(port::region_reserve(100, 4096)));
    note(address(port::region_reserve(kChunk, kChunk)));
    note(address(port::meta_alloc(100)));
    note(address(port::meta_alloc(64)));
    note(address(port::meta_alloc(1)));
    note(address(__builtin_frame_address(0)).substr(0, 8));  // ASan may put locals elsewhere
  }};
  EXPECT_EQ(bed.run().log,
            (Lines{"0x7e9000000000", "0x7e9000400000", "0x7e9000800000", "0x7e9010000000",
                   "0x7e9010000080", "0x7e9010000100", "0x7e9018"}));
}

TEST(SchedMemory, WhatARunLeavesBehindIsGoneInTheNext) {
  Bed bed;
  bed.check_replay = false;
  for (int round = 0; round < 3; round++) {
    bed.threads = {[] {
      auto *region = static_cast<unsigned char *>(port::region_reserve(kChunk, kChunk));
      auto *meta = static_cast<unsigned char *>(port::meta_alloc(5000));
      for (size_t i = 0; i < kChunk; i++) {
        if (region[i]) return note("dirty region");
      }
      for (size_t i = 0; i < 5000; i++) {
        if (meta[i]) return note("dirty metadata");
      }
      for (size_t i = 0; i < kChunk; i += 4096 * 7) region[i] = 1;
      std::memset(region + kChunk - 5000, 0xee, 5000);
      std::memset(meta, 0xee, 5000);
      port::poison(region + 4096 * 7, 100);  // as a slab allocator would
    }};
    EXPECT_EQ(bed.run().log, Lines{});
  }
}

TEST(SchedMemory, AReleasedRegionComesBackZeroed) {
  Bed bed;
  bed.threads = {[] {
    auto *p = static_cast<unsigned char *>(port::region_reserve(kChunk, kChunk));
    std::memset(p, 0xee, 8192);
    port::region_release(p, kChunk);
    auto *q = static_cast<unsigned char *>(port::region_reserve(kChunk, kChunk));
    EXPECT_EQ(p, q);
    EXPECT_EQ(q[0], 0);
    EXPECT_EQ(q[8191], 0);
  }};
  EXPECT_EQ(bed.run().outcome, Outcome::kFinished);
}

TEST(SchedMemory, ReleasingWhatIsNoRegionIsMisuse) {
  Bed bed;
  bed.threads = {[] {
    void *p = port::region_reserve(8192, 4096);
    port::region_release(p, 4096);
  }};
  EXPECT_EQ(bed.run().message, "t1: region_release: not a region of this size");
  bed.threads = {[] {
    char *p = static_cast<char *>(port::region_reserve(8192, 4096));
    port::region_release(p + 4096, 4096);
  }};
  EXPECT_EQ(bed.run().message, "t1: region_release: not a region");
}

TEST(SchedMemory, TheArenaIsFinite) {
  Bed bed;
  bed.threads = {[] {
    EXPECT_EQ(port::region_reserve(size_t{1} << 30, 4096), nullptr);
    EXPECT_EQ(port::meta_alloc(size_t{1} << 30), nullptr);
    EXPECT_EQ(port::meta_alloc(0), nullptr);
  }};
  EXPECT_EQ(bed.run().outcome, Outcome::kFinished);
}

TEST(SchedMemory, MetadataIsAlignedZeroedAndReusedLate) {
  Bed bed;
  bed.threads = {[] {
    void *seen[12];
    for (int i = 0; i < 12; i++) {
      auto *p = static_cast<unsigned char *>(port::meta_alloc(100));
      seen[i] = p;
      EXPECT_EQ(reinterpret_cast<uintptr_t>(p) % 64, 0u);
      for (int k = 0; k < 100; k++) EXPECT_EQ(p[k], 0);
      p[99] = 1;
      port::meta_free(p, 100);
    }
    // Four others wait before the first comes again; then first in, first out.
    for (int i = 0; i < 5; i++) {
      for (int k = 0; k < i; k++) EXPECT_NE(seen[i], seen[k]);
    }
    EXPECT_EQ(seen[5], seen[0]);
    EXPECT_EQ(seen[6], seen[1]);
  }};
  EXPECT_EQ(bed.run().outcome, Outcome::kFinished);
}

TEST(SchedMemory, FreeingWithTheWrongSizeIsMisuse) {
  Bed bed;
  bed.threads = {[] { port::meta_free(port::meta_alloc(100), 99); }};
  EXPECT_EQ(bed.run().message, "t1: meta_free: not a block of this size");
}

#ifndef SLABBED_ASAN  // which reports the write instead, at its address
TEST(SchedMemory, FreeingTwiceIsMisuse) {
  Bed bed;
  bed.threads = {[] {
    void *p = port::meta_alloc(100);
    port::meta_free(p, 100);
    EXPECT_EQ(*static_cast<volatile unsigned char *>(p), 0x6b);
    port::meta_free(p, 100);
  }};
  EXPECT_EQ(bed.run().message, "t1: meta_free: the block is free already");
}
#else
TEST(SchedMemory, FreedMetadataIsPoisonedAndSoIsTheByteBehindABlock) {
  Bed bed;
  bed.threads = {[] {
    char *p = static_cast<char *>(port::meta_alloc(100));
    EXPECT_FALSE(__asan_address_is_poisoned(p + 99));
    EXPECT_TRUE(__asan_address_is_poisoned(p + 100));
    port::meta_free(p, 100);
    EXPECT_TRUE(__asan_address_is_poisoned(p));
  }};
  EXPECT_EQ(bed.run().outcome, Outcome::kFinished);
}
#endif

TEST(SchedFaults, TheNthRequestOfTheOperationFails) {
  Bed bed;
  bed.threads = {[] {
    for (unsigned nth = 0; nth < 5; nth++) {
      operation(nth, nth);
      std::string line;
      for (int i = 0; i < 4; i++) {
        port::Fault kind = i % 2 ? port::Fault::kMeta : port::Fault::kPage;
        line += port::should_fail(kind) ? 'x' : '.';
      }
      note(line + std::to_string(faults_seen()));
    }
  }};
  EXPECT_EQ(bed.run().log, (Lines{"....4", "x...4", ".x..4", "..x.4", "...x4"}));
}

TEST(SchedFaults, CountingIsPerFiber) {
  Bed bed;
  Body body = [] {
    operation(0, 2);
    EXPECT_FALSE(port::should_fail(port::Fault::kPage));
    EXPECT_TRUE(port::should_fail(port::Fault::kPage));
    EXPECT_FALSE(port::should_fail(port::Fault::kPage));
  };
  bed.threads = {body, body, body};
  for (uint64_t seed = 0; seed < 30; seed++) {
    EXPECT_EQ(bed.run_random(seed).outcome, Outcome::kFinished);
  }
}

__attribute__((noinline)) int walk(void **pcs, int max, int depth) {
  if (depth == 0) return port::capture_stack(pcs, max);
  int n = walk(pcs, max, depth - 1);
  asm volatile("" ::: "memory");  // no tail call
  return n;
}

TEST(SchedStack, TheWalkSeesTheCallersAndStaysOnTheFibersStack) {
  Bed bed;
  bed.threads = {[] {
    void *shallow[64], *deep[64], *few[3];
    int n = walk(shallow, 64, 0);
    int m = walk(deep, 64, 10);
    EXPECT_GE(n, 3);
    EXPECT_LE(n, 20);
    EXPECT_EQ(m, n + 10);
    EXPECT_EQ(deep[2], deep[5]);  // the recursion
    for (int i = 1; i < n - 1; i++) EXPECT_EQ(deep[m - i], shallow[n - i]);
    EXPECT_EQ(walk(few, 3, 10), 3);
  }};
  EXPECT_EQ(bed.run().outcome, Outcome::kFinished);
}

TEST(SchedStack, TheDriversStackCanBeWalkedAsWell) {
  void *pcs[64];
  int n = walk(pcs, 64, 5);
  EXPECT_GE(n, 7);
}

}  // namespace
}  // namespace slabbed::sched
