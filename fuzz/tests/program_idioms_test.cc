// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// program_idioms_test.cc - goal: each idiom is the sequence its name promises, in any program it is
// put into. Method: print exact draws; count what variation leaves.
#include "fuzz/program/idioms.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "fuzz/program/normalize.h"
#include "fuzz/program/text.h"

namespace slabbed::fuzz {
namespace {

unsigned number_of(const char *name) {
  for (unsigned i = 0; i < idiom_count(); ++i) {
    if (strcmp(idiom_name(i), name) == 0) return i;
  }
  ADD_FAILURE() << "no idiom " << name;
  return 0;
}

// The first draw that left out nothing and failed nothing, with threads from t1, caches from c0 and
// so on: the idiom as its table has it, but for sizes and flags.
std::string plain_text(const char *name, unsigned threads, size_t steps) {
  for (uint64_t seed = 0; seed < 100000; ++seed) {
    Random random(seed);
    Program p;
    p.threads = static_cast<uint8_t>(threads);
    p.operations = draw_idiom(&random, number_of(name), threads, kAllOperations);
    std::string text;
    for (const Operation &op : p.operations) text += print_operation(p, op) + "\n";
    if (p.operations.size() != steps || text.find("fail_nth") != std::string::npos) continue;
    if (text.find("t1: c0 = kmem_cache_create(\"cache-a\", 64, SLAB_NO_MERGE)\n") != 0) continue;
    if (text.find("o0 = ") > text.find(" = kmem_cache_alloc")) continue;  // the first object
    return text;
  }
  return "no such draw";
}

TEST(Idioms, DestroyInFlightIsTheBatmanStory) {
  EXPECT_EQ(plain_text("destroy in flight", 2, 9),
            "t1: c0 = kmem_cache_create(\"cache-a\", 64, SLAB_NO_MERGE)\n"
            "t1: o0 = kmem_cache_alloc(c0)\n"
            "t1: o1 = kmem_cache_alloc(c0)\n"
            "t1: o2 = kmem_cache_alloc(c0)\n"
            "t1: kfree_rcu(o0)\n"
            "t2: kfree_rcu(o1)\n"
            "t1: kfree_rcu(o2)\n"
            "t1: rcu_barrier()\n"
            "t1: kmem_cache_destroy(c0)\n");
}

TEST(Idioms, DestroyRacesPutsTwoDestroyersOnTwoThreads) {
  EXPECT_EQ(plain_text("destroy races", 3, 10),
            "t1: c0 = kmem_cache_create(\"cache-a\", 64, SLAB_NO_MERGE)\n"
            "t1: c1 = kmem_cache_create(\"cache-b\", 64, SLAB_NO_MERGE)\n"
            "t2: o0 = kmem_cache_alloc(c0)\n"
            "t3: o1 = kmem_cache_alloc(c1)\n"
            "t2: kfree_rcu(o0)\n"
            "t3: kfree_rcu(o1)\n"
            "t2: kmem_cache_destroy(c0)\n"
            "t3: kmem_cache_destroy(c1)\n"
            "t2: c2 = kmem_cache_create(\"cache-a\", 64, SLAB_NO_MERGE)\n"
            "t3: c3 = kmem_cache_create(\"cache-a\", 64, SLAB_NO_MERGE)\n");
}

TEST(Idioms, EachIsNormalWithinAnyProgramAndSwarmLeavesKindsOut) {
  Random random(7);
  for (unsigned idiom = 0; idiom < idiom_count(); ++idiom) {
    EXPECT_STRNE(idiom_name(idiom), "");
    for (unsigned threads = 1; threads <= kMaxThreads; ++threads) {
      Program p;
      p.threads = static_cast<uint8_t>(threads);
      for (int i = 0; i < 50; ++i) {
        p.operations = draw_idiom(&random, idiom, threads, kAllOperations);
        EXPECT_GE(p.operations.size(), 3u) << idiom_name(idiom);
        EXPECT_TRUE(is_normalized(p)) << idiom_name(idiom);
        OpSet without = kAllOperations & ~(OpSet{1} << static_cast<unsigned>(OpCode::kAlloc));
        for (const Operation &op : draw_idiom(&random, idiom, threads, without)) {
          EXPECT_NE(op.code, OpCode::kAlloc);
        }
      }
    }
  }
}

TEST(Idioms, HaveDifferentNamesAndCoverEveryOperationTogether) {
  std::vector<std::string> names;
  bool seen[static_cast<unsigned>(OpCode::kCount)] = {};
  Random random(12);
  for (unsigned idiom = 0; idiom < idiom_count(); ++idiom) {
    names.push_back(idiom_name(idiom));
    for (int i = 0; i < 20; ++i) {
      for (const Operation &op : draw_idiom(&random, idiom, 2, kAllOperations)) {
        seen[static_cast<unsigned>(op.code)] = true;
      }
    }
  }
  std::sort(names.begin(), names.end());  // total order
  EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
  for (unsigned code = 1; code < static_cast<unsigned>(OpCode::kCount); ++code) {
    EXPECT_TRUE(seen[code]) << "operation " << code << " is in no idiom";
  }
}

TEST(Idioms, DrawsVaryInPlaceSizeAndOmissionsButAreOftenExact) {
  const unsigned idiom = number_of("destroy in flight");
  unsigned whole = 0, faults = 0, other_size = 0, other_cache = 0, more_flags = 0;
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    Random random(seed);
    std::vector<Operation> ops = draw_idiom(&random, idiom, 2, kAllOperations);
    whole += ops.size() == 9;
    faults += std::any_of(ops.begin(), ops.end(), [](auto &op) { return op.fail_nth != 0; });
    for (const Operation &op : ops) {
      if (op.code != OpCode::kCacheCreate) continue;
      other_size += op.arg != 64;
      other_cache += op.cache != 0;
      more_flags += op.flags != kNoMerge;
    }
  }
  EXPECT_GT(whole, 500u);
  EXPECT_LT(whole, 900u);
  EXPECT_GT(faults, 50u);
  EXPECT_GT(other_size, 200u);
  EXPECT_GT(other_cache, 200u);
  EXPECT_GT(more_flags, 100u);
}

}  // namespace
}  // namespace slabbed::fuzz
