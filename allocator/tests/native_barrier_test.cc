// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// native_barrier_test.cc - heavy_barrier(): which kind is chosen, that each kind works when the
// kernel refuses the better ones, and that the owner protocol of slab.h holds on real threads.
//
// The protocol test plays both sides of slabbed_pcs: an owner that counts in whatever `main` points
// to, and a revoker that takes `main` away and reads the count. Lost counts mean that both were
// inside at the same time.
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "allocator/tests/native_threads.h"
#include "port/atomic.h"
#include "port/time.h"

namespace slabbed::port {
namespace {

using testing::TestThread;

TEST(HeavyBarrier, KindIsOneOfThree) {
  const char *kind = heavy_barrier_kind();
  EXPECT_TRUE(strcmp(kind, "membarrier") == 0 || strcmp(kind, "mprotect") == 0 ||
              strcmp(kind, "affinity") == 0)
      << kind;
  EXPECT_STREQ(heavy_barrier_kind(), kind);
}

TEST(HeavyBarrier, UnknownKindIsRefused) {
  const char *kind = heavy_barrier_kind();
  EXPECT_FALSE(heavy_barrier_force("prayer"));
  EXPECT_FALSE(heavy_barrier_force(nullptr));
  EXPECT_STREQ(heavy_barrier_kind(), kind);
}

constexpr uint64_t kPatience = 40;  // jiffies a stress lasts
constexpr uint32_t kNoMoreTurns = ~0u;

class OwnerProtocol : public ::testing::TestWithParam<const char *> {};

struct Sheaf {
  uint64_t size = 0;  // plain: whoever holds the sheaf by the protocol
};

TEST_P(OwnerProtocol, OwnerAndRevokerAreNeverBothInside) {
  if (!heavy_barrier_force(GetParam())) GTEST_SKIP() << GetParam() << " does not work here";
  static Sheaf empty;
  Sheaf sheaf;
  uint32_t busy = 0;
  Sheaf *main = &sheaf;
  Atomic<bool> stop{false};
  uint64_t pushed = 0, drained = 0;

  TestThread owner([&] {
    while (!stop.load_relaxed()) {
      // As in kmem_cache_free(): pairs with the heavy barrier below.
      slabbed_store_relaxed_u32(&busy, 1);
      slabbed_light_barrier();
      Sheaf *mine = static_cast<Sheaf *>(slabbed_load_acquire_ptr(&main));
      if (mine != &empty) {
        ++mine->size;
        ++pushed;
      }
      // Release: hands the size to the revoker.
      slabbed_store_release_u32(&busy, 0);
    }
  });
  for (uint64_t deadline = jiffies() + kPatience; jiffies() < deadline;) {
    slabbed_store_release_ptr(&main, &empty);
    heavy_barrier();
    // Acquire: pairs with the owner's release of busy.
    while (slabbed_load_acquire_u32(&busy) != 0) spin_wait();
    drained += sheaf.size;
    sheaf.size = 0;
    // Release: the owner finds the size it starts from.
    slabbed_store_release_ptr(&main, &sheaf);
  }
  stop.store_release(true);
  owner.join();
  EXPECT_EQ(drained + sheaf.size, pushed);
  EXPECT_EQ(empty.size, 0u);
  heavy_barrier_force("membarrier");
}

// Dekker's handshake in its barest form: at least one side sees the other's store.
TEST_P(OwnerProtocol, OneOfTwoStoresIsSeen) {
  if (!heavy_barrier_force(GetParam())) GTEST_SKIP() << GetParam() << " does not work here";
  uint32_t x = 0, y = 0;
  Atomic<uint32_t> turn{0}, done{0};
  uint32_t owner_saw = 0;
  TestThread owner([&] {
    for (uint32_t round = 1;; ++round) {
      while (turn.load_acquire() < round) spin_wait();
      if (turn.load_acquire() == kNoMoreTurns) return;
      slabbed_store_relaxed_u32(&x, round);
      slabbed_light_barrier();
      owner_saw = slabbed_load_acquire_u32(&y);
      done.store_release(round);
    }
  });
  int both_blind = 0;
  uint64_t deadline = jiffies() + kPatience;
  for (uint32_t round = 1; jiffies() < deadline; ++round) {
    turn.store_release(round);
    slabbed_store_relaxed_u32(&y, round);
    heavy_barrier();
    uint32_t seen = slabbed_load_acquire_u32(&x);
    while (done.load_acquire() != round) spin_wait();
    if (seen != round && owner_saw != round) ++both_blind;
  }
  turn.store_release(kNoMoreTurns);
  owner.join();
  EXPECT_EQ(both_blind, 0);
  heavy_barrier_force("membarrier");
}

INSTANTIATE_TEST_SUITE_P(EveryKind, OwnerProtocol,
                         ::testing::Values("membarrier", "mprotect", "affinity"),
                         [](const auto &kind) { return std::string(kind.param); });

// The next ones need a process that has not chosen yet, so they run in one of their own.
class HeavyBarrierDeathTest : public ::testing::Test {
 protected:
  void SetUp() override { ::testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

[[noreturn]] void exit_with_kind(const char *wanted) {
  heavy_barrier();
  fprintf(stderr, "kind=%s\n", heavy_barrier_kind());
  _exit(strcmp(heavy_barrier_kind(), wanted) == 0 ? 0 : 1);
}

// Makes every later membarrier() fail with `error`.
void refuse_membarrier(int error) {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program = {4, filter};
  ASSERT_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
  ASSERT_EQ(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

TEST_F(HeavyBarrierDeathTest, EnvironmentChoosesTheKind) {
  for (const char *kind : {"mprotect", "affinity"}) {
    EXPECT_EXIT(
        {
          setenv("SLABBED_HEAVY_BARRIER", kind, 1);
          exit_with_kind(kind);
        },
        ::testing::ExitedWithCode(0), "kind=");
  }
}

TEST_F(HeavyBarrierDeathTest, WithoutMembarrierAnotherKindIsChosen) {
  for (int error : {EPERM, ENOSYS}) {
    EXPECT_EXIT(
        {
          refuse_membarrier(error);
          heavy_barrier();
          fprintf(stderr, "kind=%s\n", heavy_barrier_kind());
          _exit(0);
        },
        ::testing::ExitedWithCode(0), "kind=(mprotect|affinity)");
  }
}

TEST_F(HeavyBarrierDeathTest, FilterInstalledLaterIsSurvived) {
  EXPECT_EXIT(
      {
        if (strcmp(heavy_barrier_kind(), "membarrier") == 0) refuse_membarrier(ENOSYS);
        heavy_barrier();
        fprintf(stderr, "kind=%s\n", heavy_barrier_kind());
        _exit(0);
      },
      ::testing::ExitedWithCode(0), "kind=(mprotect|affinity)");
}

}  // namespace
}  // namespace slabbed::port
