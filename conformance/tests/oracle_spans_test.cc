// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// Ranges by address, against the obvious list that is searched from end to end.
#include "conformance/oracle/spans.h"

#include "gtest/gtest.h"

namespace slabbed::conf {
namespace {

TEST(Spans, RangesAreHalfOpen) {
  Spans spans;
  spans.insert(100, 200, 1);
  EXPECT_EQ(spans.overlapping(0, 100), Spans::kNone);
  EXPECT_EQ(spans.overlapping(0, 101), 1u);
  EXPECT_EQ(spans.overlapping(199, 300), 1u);
  EXPECT_EQ(spans.overlapping(200, 300), Spans::kNone);
  EXPECT_EQ(spans.overlapping(150, 160), 1u);
}

TEST(Spans, StartingWantsTheExactStart) {
  Spans spans;
  spans.insert(100, 200, 7);
  EXPECT_EQ(spans.starting(100), 7u);
  EXPECT_EQ(spans.starting(101), Spans::kNone);
  EXPECT_EQ(spans.starting(99), Spans::kNone);
}

TEST(Spans, EraseTakesTheExactStartOnly) {
  Spans spans;
  spans.insert(100, 200, 7);
  spans.erase(150);
  EXPECT_EQ(spans.all().size(), 1u);
  spans.erase(100);
  EXPECT_TRUE(spans.all().empty());
  spans.erase(100);
}

TEST(Spans, OverlapFindsTheLowestRange) {
  Spans spans;
  spans.insert(300, 400, 3);
  spans.insert(100, 200, 1);
  EXPECT_EQ(spans.overlapping(0, 1000), 1u);
  EXPECT_EQ(spans.overlapping(250, 1000), 3u);
}

TEST(Spans, AgreeWithASimpleListOverRandomOperations) {
  Spans spans;
  std::vector<Span> list;
  uint64_t state = 12345;
  auto random = [&](uint64_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % below;
  };
  for (uint32_t i = 0; i < 20000; ++i) {
    uint64_t begin = random(2000), end = begin + 1 + random(40);
    uint32_t expected = Spans::kNone;
    uint64_t lowest = ~uint64_t{0};
    for (const Span &span : list) {
      if (span.begin < end && begin < span.end && span.begin < lowest) {
        expected = span.index;
        lowest = span.begin;
      }
    }
    ASSERT_EQ(spans.overlapping(begin, end), expected);
    if (expected == Spans::kNone) {
      spans.insert(begin, end, i);
      list.push_back({begin, end, i});
    } else if (random(2) == 0) {
      spans.erase(lowest);
      for (size_t k = 0; k < list.size(); ++k) {
        if (list[k].begin == lowest) list.erase(list.begin() + static_cast<long>(k));
      }
    }
    ASSERT_EQ(spans.all().size(), list.size());
  }
}

}  // namespace
}  // namespace slabbed::conf
