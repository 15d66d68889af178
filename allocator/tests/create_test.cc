// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// create_test.cc - kmem_cache_create(): its argument checks, its error lines, and when it merges.
#include <slabbed/slab.h>

#include <errno.h>
#include <string.h>

#include "allocator/tests/system_fixture.h"

namespace slabbed {
namespace {

using testing::Faults;
using testing::format;
using Lines = std::vector<std::string>;

void ctor(void *object) { memset(object, 'x', 8); }

class Create : public testing::SystemTest {
 protected:
  void SetUp() override { boot(); }
  void expect_refused(int error, const char *name = "c") {
    EXPECT_EQ(take_lines(),
              Lines{format("__kmem_cache_create_args(%s) failed with error %d", name, error)});
  }
  void expect_insane(const char *name = "c") {
    EXPECT_EQ(take_lines(),
              (Lines{format("kmem_cache_create(%s) integrity check failed", name),
                     format("__kmem_cache_create_args(%s) failed with error -22", name)}));
  }
};

TEST_F(Create, NewCacheHasTheLayoutAskedFor) {
  kmem_cache *s = kmem_cache_create("c", 64, 0, SLAB_TYPESAFE_BY_RCU, nullptr);
  ASSERT_NE(s, nullptr);
  slabbed_cache_info i = info(s);
  EXPECT_STREQ(i.name, "c");
  EXPECT_EQ(i.object_size, 64u);
  EXPECT_EQ(i.slab_size, 72u);
  EXPECT_EQ(i.inuse, 64u);
  EXPECT_EQ(i.offset, 64u);
  EXPECT_EQ(i.align, 8u);
  EXPECT_EQ(i.order, 0u);
  EXPECT_EQ(i.objs_per_slab, 56u);
  EXPECT_EQ(i.flags, SLAB_TYPESAFE_BY_RCU);
  EXPECT_EQ(i.refcount, 1);
  EXPECT_EQ(i.in_sysfs, 1);
  EXPECT_EQ(i.slabs, 0u);
  EXPECT_EQ(i.total_objects, 0u);
  std::vector<testing::Event> created = events(SLABBED_EV_CACHE_CREATED);
  ASSERT_EQ(created.size(), 1u);
  EXPECT_EQ(created[0].cache, s);
  EXPECT_EQ(created[0].a, 64u);
  EXPECT_EQ(created[0].b, SLAB_TYPESAFE_BY_RCU);
  EXPECT_TRUE(take_lines().empty());
}

TEST_F(Create, NrCpusOfTheBootDecidesTheOrder) {
  kmem_cache *two = kmem_cache_create("two", 1024, 0, SLAB_NO_MERGE, nullptr);
  EXPECT_EQ(info(two).order, 2u);
  shutdown();
  boot("nr_cpus=1");
  kmem_cache *one = kmem_cache_create("one", 1024, 0, SLAB_NO_MERGE, nullptr);
  EXPECT_EQ(info(one).order, 1u);
}

TEST_F(Create, NameIsCopied) {
  char name[] = "passing";
  kmem_cache *s = kmem_cache_create(name, 64, 0, SLAB_NO_MERGE, nullptr);
  strcpy(name, "rubbish");
  EXPECT_STREQ(info(s).name, "passing");
  EXPECT_TRUE(in_sysfs("passing"));
}

TEST_F(Create, ZeroSizeIsRefused) {
  EXPECT_EQ(kmem_cache_create("c", 0, 0, 0, nullptr), nullptr);
  expect_insane();
}

TEST_F(Create, SizeBeyondTheMaximumIsRefused) {
  EXPECT_EQ(kmem_cache_create("c", KMALLOC_MAX_SIZE + 1, 0, 0, nullptr), nullptr);
  expect_insane();
  kmem_cache *s = kmem_cache_create("c", KMALLOC_MAX_SIZE, 0, 0, nullptr);
  ASSERT_NE(s, nullptr);
  EXPECT_EQ(info(s).order, 9u);
  EXPECT_TRUE(take_lines().empty());
}

TEST_F(Create, AlignmentMustBeAPowerOfTwo) {
  EXPECT_EQ(kmem_cache_create("c", 64, 24, 0, nullptr), nullptr);
  expect_insane();
}

TEST_F(Create, NameMustBeThere) {
  EXPECT_EQ(kmem_cache_create(nullptr, 64, 0, 0, nullptr), nullptr);
  expect_insane("(null)");
  EXPECT_EQ(kmem_cache_create("", 64, 0, 0, nullptr), nullptr);
  expect_insane("");
}

TEST_F(Create, UnknownFlagIsRefused) {
  EXPECT_EQ(kmem_cache_create("c", 64, 0, 0x80000000u, nullptr), nullptr);
  expect_refused(-EINVAL);
}

TEST_F(Create, TracksMayMakeAnObjectTooLarge) {
  EXPECT_EQ(kmem_cache_create("c", KMALLOC_MAX_SIZE, 0, SLAB_STORE_USER, nullptr), nullptr);
  expect_refused(-EINVAL);
}

TEST_F(Create, SecondUnmergeableCacheOfOneNameFails) {
  ASSERT_NE(kmem_cache_create("c", 64, 0, SLAB_NO_MERGE, nullptr), nullptr);
  EXPECT_EQ(kmem_cache_create("c", 128, 0, SLAB_NO_MERGE, nullptr), nullptr);
  expect_refused(-EEXIST);
  EXPECT_EQ(slabinfo(), Lines{"c"});
}

TEST_F(Create, EachRefusedRequestForMemoryMakesItFailAndLeavesNothing) {
  for (unsigned n = 1;; n++) {
    Faults faults(Faults::kNth, n);
    kmem_cache *s = kmem_cache_create("c", 64, 0, SLAB_STORE_USER, nullptr);
    if (faults.refused() == 0) {
      EXPECT_NE(s, nullptr);
      EXPECT_EQ(n, 4u) << "descriptor, name and directory each ask once";
      break;
    }
    EXPECT_EQ(s, nullptr) << n;
    expect_refused(-ENOMEM);
    EXPECT_TRUE(slabinfo().empty());
    EXPECT_FALSE(in_sysfs("c"));
  }
}

TEST_F(Create, PanicFlagStopsTheProgram) {
  EXPECT_DEATH(
      {
        slabbed_system_set_report_sink(system_, nullptr, nullptr);
        kmem_cache_create("c", 0, 0, SLAB_PANIC, nullptr);
      },
      "kmem_cache_create\\(c\\) integrity check failed\n"
      "__kmem_cache_create_args: Failed to create slab 'c'. Error -22\n");
}

TEST_F(Create, PanicFlagIsNotKeptByACacheThatWorks) {
  EXPECT_EQ(info(kmem_cache_create("c", 64, 0, SLAB_PANIC | SLAB_NO_MERGE, nullptr)).flags,
            SLAB_NO_MERGE);
}

// --- merging ---------------------------------------------------------------------------------

TEST_F(Create, EqualCachesAreOne) {
  kmem_cache *a = kmem_cache_create("a", 64, 0, 0, nullptr);
  kmem_cache *b = kmem_cache_create("b", 64, 0, 0, nullptr);
  EXPECT_EQ(a, b);
  EXPECT_EQ(info(a).refcount, 2);
  EXPECT_STREQ(info(a).name, "a");
  std::vector<testing::Event> aliased = events(SLABBED_EV_CACHE_ALIASED);
  ASSERT_EQ(aliased.size(), 1u);
  EXPECT_EQ(aliased[0].a, 2u);
  EXPECT_EQ(slabinfo(), Lines{"a"});
}

TEST_F(Create, SizesMergeWhenLessThanAWordIsLost) {
  kmem_cache *a = kmem_cache_create("a", 64, 0, 0, nullptr);
  EXPECT_EQ(kmem_cache_create("b", 57, 0, 0, nullptr), a);
  EXPECT_NE(kmem_cache_create("c", 56, 0, 0, nullptr), a);
  EXPECT_NE(kmem_cache_create("d", 65, 0, 0, nullptr), a);
}

TEST_F(Create, AliasRaisesObjectSizeAndInuseToTheLargest) {
  kmem_cache *s = kmem_cache_create("a", 50, 64, 0, nullptr);  // stride 64, inuse 56
  EXPECT_EQ(info(s).object_size, 50u);
  EXPECT_EQ(info(s).inuse, 56u);
  ASSERT_EQ(kmem_cache_create("b", 60, 0, 0, nullptr), s);
  EXPECT_EQ(info(s).object_size, 60u);
  EXPECT_EQ(info(s).inuse, 64u);
  ASSERT_EQ(kmem_cache_create("c", 58, 0, 0, nullptr), s);
  EXPECT_EQ(info(s).object_size, 60u);
  EXPECT_EQ(info(s).inuse, 64u);
}

TEST_F(Create, AlignmentOfTheCandidateMustSuffice) {
  kmem_cache *a = kmem_cache_create("a", 96, 0, 0, nullptr);
  kmem_cache *b = kmem_cache_create("b", 96, 32, 0, nullptr);  // 96 is a multiple of 32
  EXPECT_EQ(a, b);
  kmem_cache *c = kmem_cache_create("c", 96, 64, 0, nullptr);  // stride 128
  EXPECT_NE(a, c);
  EXPECT_EQ(info(c).slab_size, 128u);
  EXPECT_EQ(kmem_cache_create("d", 128, SLAB_HWCACHE_ALIGN, 0, nullptr), nullptr);
  take_lines();
  EXPECT_EQ(kmem_cache_create("e", 128, 0, SLAB_HWCACHE_ALIGN, nullptr), c);
}

// Scanned from the oldest: of two caches that would do, the older one serves.
TEST_F(Create, OldestCandidateWins) {
  kmem_cache *odd = kmem_cache_create("odd", 64, 0, SLAB_NO_MERGE, nullptr);
  kmem_cache *old = kmem_cache_create("old", 64, 0, 0, nullptr);
  kmem_cache *young = kmem_cache_create("young", 56, 0, 0, nullptr);
  ASSERT_NE(old, young);
  kmem_cache *s = kmem_cache_create("s", 56, 0, 0, nullptr);
  EXPECT_EQ(s, young);  // 64 - 56 is a whole word: `old` does not do
  EXPECT_NE(s, odd);
  EXPECT_EQ(kmem_cache_create("t", 63, 0, 0, nullptr), old);
}

TEST_F(Create, NeverMergeFlagsAndConstructorsStandAlone) {
  kmem_cache *plain = kmem_cache_create("plain", 64, 0, 0, nullptr);
  for (slab_flags_t flags : {SLAB_NO_MERGE, SLAB_STORE_USER, SLAB_TYPESAFE_BY_RCU}) {
    std::string name = format("first-%x", flags), again = format("second-%x", flags);
    kmem_cache *first = kmem_cache_create(name.c_str(), 64, 0, flags, nullptr);
    kmem_cache *second = kmem_cache_create(again.c_str(), 64, 0, flags, nullptr);
    EXPECT_NE(first, plain);
    EXPECT_NE(first, second);
    EXPECT_TRUE(in_sysfs(name.c_str()));
  }
  kmem_cache *made = kmem_cache_create("made", 64, 0, 0, ctor);
  EXPECT_NE(made, plain);
  EXPECT_NE(kmem_cache_create("made too", 64, 0, 0, ctor), made);
  EXPECT_EQ(kmem_cache_create("plain too", 64, 0, 0, nullptr), plain);
}

// kmalloc caches have refcount -1.
TEST_F(Create, BootCachesAreNotOfferedForMerging) {
  kmem_cache *s = kmem_cache_create("s", 64, 64, 0, nullptr);
  void *object = kmem_cache_alloc(s, GFP_KERNEL);
  EXPECT_EQ(info(s).objects - info(s).sheaf_objects, 1u);
  EXPECT_EQ(info(s).refcount, 1);
  kmem_cache_free(s, object);
}

TEST_F(Create, NomergeBootParameterKeepsEveryCacheApart) {
  shutdown();
  boot("slab_nomerge");
  kmem_cache *a = kmem_cache_create("a", 64, 0, 0, nullptr);
  EXPECT_NE(kmem_cache_create("b", 64, 0, 0, nullptr), a);
  EXPECT_TRUE(in_sysfs("a"));
  EXPECT_FALSE(in_sysfs(":0000064"));
}

// --- names in sysfs ---------------------------------------------------------------------------

TEST_F(Create, MergeableCacheHasAnIdDirectoryAndOneLinkPerName) {
  kmem_cache_create("a", 60, 0, 0, nullptr);
  kmem_cache_create("b", 64, 0, 0, nullptr);
  EXPECT_TRUE(in_sysfs(":0000064"));
  EXPECT_TRUE(in_sysfs("a"));
  EXPECT_TRUE(in_sysfs("b"));
  std::vector<testing::Event> added = events(SLABBED_EV_SYSFS_ADD);
  ASSERT_EQ(added.size(), 1u);
  EXPECT_EQ(added[0].text, ":0000064");
}

TEST_F(Create, DirectoryTakesTheNameOverFromALink) {
  kmem_cache_create("a", 64, 0, 0, nullptr);
  kmem_cache *own = kmem_cache_create("a", 64, 0, SLAB_NO_MERGE, nullptr);
  ASSERT_NE(own, nullptr);
  EXPECT_TRUE(in_sysfs("a"));
  kmem_cache_destroy(own);
  EXPECT_FALSE(in_sysfs("a"));
  EXPECT_TRUE(in_sysfs(":0000064"));
}

TEST_F(Create, AliasWithTheNameOfADirectoryWorksWithoutItsLink) {
  kmem_cache_create("a", 64, 0, SLAB_NO_MERGE, nullptr);
  kmem_cache *first = kmem_cache_create("b", 64, 0, 0, nullptr);
  kmem_cache *second = kmem_cache_create("a", 64, 0, 0, nullptr);
  EXPECT_EQ(first, second);
  EXPECT_EQ(take_lines(), Lines{"SLUB: Unable to add cache alias a to sysfs"});
}

TEST_F(Create, AliasWithoutMemoryForItsLinkWorksAllTheSame) {
  kmem_cache *a = kmem_cache_create("a", 64, 0, 0, nullptr);
  {
    Faults faults(Faults::kEveryMeta);
    EXPECT_EQ(kmem_cache_create("b", 64, 0, 0, nullptr), a);
  }
  EXPECT_EQ(take_lines(), Lines{"SLUB: Unable to add cache alias b to sysfs"});
  EXPECT_FALSE(in_sysfs("b"));
  EXPECT_EQ(info(a).refcount, 2);
}

}  // namespace
}  // namespace slabbed
