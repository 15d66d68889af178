// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// planted_bug_test.cc - .planted files are read strictly, and say which line is wrong.
#include "fuzz/planted/planted_bug.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace slabbed::fuzz {
namespace {

constexpr char kGood[] =
    "# A comment.\n"
    "planted refcount_below_zero\n"
    "story The merge scan exempts too little.\n"
    "story Create hands out a dying cache.\n"
    "source RFC v1 patch 1\n"
    "depth 2\n"
    "rule MERGE-1 CHECK-1\n"
    "lane plain\n"
    "hunt program accepts/live.slab strategy random seeds 100\n"
    "hunt generated strategy bytes seeds 4000 store_buffers\n"
    "\n"
    "file lifecycle/merge.cc\n"
    "-   return s->refcount <= 0;\n"
    "+   return s->refcount < 0;\n";

std::string error_of(const std::string &text) {
  PlantedBug bug;
  std::string error;
  return parse_planted(text, "x.planted", &bug, &error) ? "none" : error;
}

std::string with(std::string line, const std::string &instead) {
  std::string text = kGood;
  size_t at = text.find(line);
  EXPECT_NE(at, std::string::npos) << line;
  return text.replace(at, line.size(), instead);
}

TEST(PlantedBug, EveryLineIsRead) {
  PlantedBug bug;
  std::string error;
  ASSERT_TRUE(parse_planted(kGood, "x.planted", &bug, &error)) << error;
  EXPECT_EQ(bug.id, "refcount_below_zero");
  EXPECT_EQ(bug.head, std::vector<std::string>{"A comment."});
  ASSERT_EQ(bug.story.size(), 2u);
  EXPECT_EQ(bug.story[1], "Create hands out a dying cache.");
  EXPECT_EQ(bug.source, "RFC v1 patch 1");
  EXPECT_EQ(bug.depth, 2u);
  EXPECT_EQ(bug.rules, (std::vector<std::string>{"MERGE-1", "CHECK-1"}));
  EXPECT_FALSE(bug.needs_store_buffers);
  ASSERT_EQ(bug.hunts.size(), 2u);
  EXPECT_EQ(bug.hunts[0].program, "accepts/live.slab");
  EXPECT_EQ(bug.hunts[0].strategy, StrategyKind::kRandom);
  EXPECT_EQ(bug.hunts[0].seeds, 100u);
  EXPECT_TRUE(bug.hunts[1].program.empty());
  EXPECT_EQ(bug.hunts[1].strategy, StrategyKind::kBytes);
  EXPECT_EQ(bug.hunts[1].seeds, 4000u);
  EXPECT_TRUE(bug.hunts[1].store_buffers);
}

TEST(PlantedBug, StoreBufferLaneIsKnown) {
  PlantedBug bug;
  std::string error;
  ASSERT_TRUE(parse_planted(with("lane plain", "lane store_buffers"), "x", &bug, &error)) << error;
  EXPECT_TRUE(bug.needs_store_buffers);
}

TEST(PlantedBug, WrongLineIsNamed) {
  EXPECT_EQ(error_of(with("depth 2", "depht 2")), "x.planted:6: unknown word 'depht'");
  EXPECT_EQ(error_of(with("depth 2", "depth many")), "x.planted:6: depth is a number 0..9");
  EXPECT_EQ(error_of(with("lane plain", "lane fast")),
            "x.planted:8: lane is plain or store_buffers");
  EXPECT_EQ(error_of(with("seeds 100", "seeds some")), "x.planted:9: seeds is a number");
  EXPECT_EQ(error_of(with("seeds 100", "")), "x.planted:9: hunt without seeds");
  EXPECT_EQ(error_of(with("seeds 100", "seeds 100 twice")),
            "x.planted:9: unknown word 'twice' in hunt");
  EXPECT_EQ(error_of(with("random seeds 100", "bytes seeds 100")),
            "x.planted:9: strategy is random, or for generated programs bytes");
  EXPECT_EQ(error_of(with("seeds 100", "seeds 100 store_buffers")),
            "x.planted:9: the program's boot line says store_buffers");
  EXPECT_EQ(error_of(with("hunt generated", "hunt somewhere")),
            "x.planted:10: hunt goes on with program FILE or generated");
  EXPECT_EQ(error_of(with("file lifecycle/merge.cc\n", "")),
            "x.planted:12: a substitution before any file line");
}

TEST(PlantedBug, MissingPartIsNamed) {
  EXPECT_EQ(error_of(""), "x.planted:0: no planted line");
  EXPECT_EQ(error_of(with("source RFC v1 patch 1\n", "")), "x.planted:13: no source line");
  EXPECT_EQ(error_of(with("rule MERGE-1 CHECK-1\n", "")), "x.planted:13: no rule line");
  EXPECT_EQ(error_of(with("depth 2\n", "")), "x.planted:13: no depth line");
  EXPECT_EQ(error_of("planted x\nstory"), "x.planted:2: nothing behind 'story'");
}

}  // namespace
}  // namespace slabbed::fuzz
