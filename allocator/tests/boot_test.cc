// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// boot_test.cc - boot parameters, shutdown, and Systems side by side.
#include "lifecycle/boot.h"

#include <string.h>

#include "allocator/tests/system_fixture.h"

namespace slabbed {
namespace {

using testing::Faults;

BootParameters parsed(const char *text) {
  BootParameters boot;
  EXPECT_STREQ(parse_boot_parameters(text, &boot), nullptr);
  return boot;
}

TEST(BootParameters, NothingGivesTheDefaults) {
  for (const char *text : {static_cast<const char *>(nullptr), "", "   "}) {
    BootParameters boot = parsed(text);
    EXPECT_EQ(boot.nr_cpus, 2u);
    EXPECT_EQ(boot.hz, 100u);
    EXPECT_EQ(boot.sheaf_capacity, 32u);
    EXPECT_EQ(boot.kfree_rcu_drain, 500u);  // 5 * hz
    EXPECT_EQ(boot.pages, 0u);
    EXPECT_EQ(boot.destroy, DestroyMode::kAsync);
    EXPECT_FALSE(boot.nomerge);
    EXPECT_TRUE(boot.sheaves);
  }
}

TEST(BootParameters, EachWordIsUnderstood) {
  BootParameters boot = parsed(
      " nr_cpus=64 hz=250  sheaves=0 sheaf_capacity=8 pages=1000 destroy=legacy slab_nomerge ");
  EXPECT_EQ(boot.nr_cpus, 64u);
  EXPECT_EQ(boot.hz, 250u);
  EXPECT_EQ(boot.kfree_rcu_drain, 1250u);
  EXPECT_EQ(boot.sheaf_capacity, 8u);
  EXPECT_EQ(boot.pages, 1000u);
  EXPECT_EQ(boot.destroy, DestroyMode::kLegacy);
  EXPECT_TRUE(boot.nomerge);
  EXPECT_FALSE(boot.sheaves);
  EXPECT_EQ(parsed("destroy=sync").destroy, DestroyMode::kSync);
  EXPECT_EQ(parsed("destroy=async").destroy, DestroyMode::kAsync);
  EXPECT_EQ(parsed("kfree_rcu_drain=1 hz=1000").kfree_rcu_drain, 1u);
}

TEST(BootParameters, LastOfTwoWins) { EXPECT_EQ(parsed("nr_cpus=4 nr_cpus=8").nr_cpus, 8u); }

TEST(BootParameters, MistakesAreNamed) {
  struct { const char *text, *error; } rows[] = {
      {"destroy=later", "boot parameter destroy: expected legacy, async or sync"},
      {"destroy", "boot parameter destroy: expected legacy, async or sync"},
      {"destroy=", "boot parameter destroy: expected legacy, async or sync"},
      {"nr_cpus=0", "boot parameter nr_cpus: expected 1..4096"},
      {"nr_cpus=4097", "boot parameter nr_cpus: expected 1..4096"},
      {"nr_cpus=two", "boot parameter nr_cpus: expected 1..4096"},
      {"nr_cpus=-1", "boot parameter nr_cpus: expected 1..4096"},
      {"nr_cpus", "boot parameter nr_cpus: expected 1..4096"},
      {"hz=0", "boot parameter hz: expected 1..10000"},
      {"hz=10001", "boot parameter hz: expected 1..10000"},
      {"sheaves=2", "boot parameter sheaves: expected 0 or 1"},
      {"sheaf_capacity=0", "boot parameter sheaf_capacity: expected 1..4096"},
      {"sheaf_capacity=4097", "boot parameter sheaf_capacity: expected 1..4096"},
      {"kfree_rcu_drain=0", "boot parameter kfree_rcu_drain: expected 1..1000000000 jiffies"},
      {"kfree_rcu_drain=1000000001",
       "boot parameter kfree_rcu_drain: expected 1..1000000000 jiffies"},
      {"pages=all", "boot parameter pages: expected a number"},
      {"pages=99999999999999999999", "boot parameter pages: expected a number"},
      {"slab_nomerge=1", "unknown boot parameter (see slabbed/system.h)"},
      {"nr_cpu=2", "unknown boot parameter (see slabbed/system.h)"},
      {"=2", "unknown boot parameter (see slabbed/system.h)"},
      {"nr_cpus=2 rubbish", "unknown boot parameter (see slabbed/system.h)"}};
  for (const auto &row : rows) {
    BootParameters boot;
    EXPECT_STREQ(parse_boot_parameters(row.text, &boot), row.error) << row.text;
  }
}

TEST(Boot, MistakeGivesNoSystem) {
  const char *error = nullptr;
  EXPECT_EQ(slabbed_system_boot("hz=0", nullptr, nullptr, &error), nullptr);
  EXPECT_STREQ(error, "boot parameter hz: expected 1..10000");
  EXPECT_EQ(slabbed_system_boot("hz=0", nullptr, nullptr, nullptr), nullptr);
}

// Every refused request ends the boot with one line and without a leak (LeakSanitizer judges).
TEST(Boot, EachRefusedRequestForMemoryEndsItCleanly) {
  for (unsigned n = 1;; n++) {
    const char *error = nullptr;
    Faults faults(Faults::kNth, n);
    slabbed_system *system = slabbed_system_boot("", nullptr, nullptr, &error);
    if (faults.refused() == 0) {
      ASSERT_NE(system, nullptr);
      slabbed_system_shutdown(system);
      EXPECT_EQ(n, 1 + 13 * 3 + 1u) << "the System, and three requests for each kmalloc cache";
      break;
    }
    ASSERT_EQ(system, nullptr) << n;
    EXPECT_STREQ(error, n == 1 ? "no memory for a System" : "no memory or no thread for a System");
  }
}

class TwoSystems : public testing::SystemTest {};

TEST_F(TwoSystems, DoNotKnowEachOther) {
  boot();
  slabbed_system *other = slabbed_system_boot("slab_nomerge", nullptr, nullptr, nullptr);
  kmem_cache *mine = kmem_cache_create("mine", 64, 0, SLAB_NO_MERGE, nullptr);
  void *object = kmem_cache_alloc(mine, GFP_KERNEL);
  slabbed_system_set_default(other);
  kmem_cache *theirs = kmem_cache_create("theirs", 64, 0, 0, nullptr);
  kmem_cache_free(theirs, kmem_cache_alloc(theirs, GFP_KERNEL));
  kmem_cache_free(mine, object);  // a cache knows its System
  EXPECT_TRUE(slabbed_sysfs_exists(other, "theirs"));
  EXPECT_FALSE(slabbed_sysfs_exists(other, "mine"));
  EXPECT_FALSE(in_sysfs("theirs"));
  EXPECT_EQ(pages(), 1u);
  slabbed_system_shutdown(other);
  kmem_cache_destroy(mine);
  EXPECT_EQ(pages(), 0u);
}

TEST_F(TwoSystems, ShutdownOfTheDefaultLeavesNone) {
  boot();
  EXPECT_EQ(slabbed_system_default(), system_);
  shutdown();
  boot("nr_cpus=4");
  EXPECT_EQ(slabbed_system_default(), system_);
}

TEST_F(TwoSystems, FirstCallBootsTheDefaultFromTheEnvironment) {
  setenv("SLABBED_BOOT", "slab_nomerge", 1);
  kmem_cache *a = kmem_cache_create("a", 64, 0, 0, nullptr);
  EXPECT_NE(kmem_cache_create("b", 64, 0, 0, nullptr), a);
  unsetenv("SLABBED_BOOT");
  system_ = slabbed_system_default();
  EXPECT_TRUE(in_sysfs("a"));
}

TEST(BootDeathTest, WrongEnvironmentStopsTheProgramWithOneLine) {
  testing::start_death_tests_anew();
  EXPECT_DEATH(
      {
        setenv("SLABBED_BOOT", "hz=never", 1);
        kmalloc(8, GFP_KERNEL);
      },
      "slabbed: cannot boot the default System: boot parameter hz: expected 1..10000");
}

TEST_F(TwoSystems, ShutdownReleasesCachesThatAreStillInUse) {
  boot();
  kmem_cache *s = kmem_cache_create("s", 64, 0, SLAB_STORE_USER, nullptr);
  kmem_cache *t = kmem_cache_create("t", 64, 0, 0, nullptr);
  kmem_cache_create("alias of t", 64, 0, 0, nullptr);
  for (unsigned i = 0; i < 100; i++) {
    kmem_cache_alloc(s, GFP_KERNEL);
    kmem_cache_alloc(t, GFP_KERNEL);
    kmalloc(i * 200, GFP_KERNEL);
  }
}

}  // namespace
}  // namespace slabbed
