// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// program_operation_table_test.cc - goal: each row of the table is consistent with itself. Method:
// a pattern must mention exactly the fields its row says are used.
#include "fuzz/program/operation_table.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace slabbed::fuzz {
namespace {

bool mentions(const char *pattern, char letter) {
  const char needle[] = {'%', letter, '\0'};
  return strstr(pattern, needle) != nullptr;
}

class EveryOperation : public testing::TestWithParam<unsigned> {
 protected:
  const OperationInfo &info() const { return operation_info(static_cast<OpCode>(GetParam())); }
};

TEST_P(EveryOperation, PatternMentionsWhatIsUsed) {
  for (const char *pattern : {info().text, info().zeroed_text}) {
    if (pattern == nullptr) continue;
    EXPECT_EQ(mentions(pattern, 'c'), (info().uses & kUsesCache) != 0) << pattern;
    EXPECT_EQ(mentions(pattern, 'p'), (info().uses & kUsesPublished) != 0) << pattern;
    EXPECT_EQ(mentions(pattern, 'o'), (info().uses & kUsesSlot) != 0) << pattern;
    EXPECT_EQ(mentions(pattern, 'n'), (info().uses & kUsesName) != 0) << pattern;
    EXPECT_EQ(mentions(pattern, 'd'), (info().uses & kUsesArg) != 0) << pattern;
    EXPECT_EQ(std::string(pattern).back(), ')') << pattern;
  }
}

TEST_P(EveryOperation, FlagsHaveAText) {
  if (info().zeroed_text != nullptr) {
    EXPECT_EQ(info().flags, kZeroedAlloc);
  } else {
    EXPECT_EQ(mentions(info().text, 'f'), info().flags != 0);
  }
}

TEST_P(EveryOperation, RangesAreRangesAndOnlyOfWhatIsUsed) {
  EXPECT_LE(info().arg_min, info().arg_max);
  EXPECT_EQ(info().arg_max != 0, (info().uses & kUsesArg) != 0);
  // Operation::slot and ::cache have one meaning at a time.
  EXPECT_FALSE((info().uses & kUsesSlot) && (info().uses & kUsesName));
  EXPECT_FALSE((info().uses & kUsesCache) && (info().uses & kUsesPublished));
}

TEST_P(EveryOperation, TextIsItsOwn) {
  for (unsigned other = 0; other < static_cast<unsigned>(OpCode::kCount); ++other) {
    if (other == GetParam()) continue;
    EXPECT_STRNE(info().text, operation_info(static_cast<OpCode>(other)).text);
  }
}

INSTANTIATE_TEST_SUITE_P(OperationTable, EveryOperation,
                         testing::Range(0u, static_cast<unsigned>(OpCode::kCount)));

TEST(OperationTable, WhatMayBlockIsWhatTheApiSaysMayBlock) {
  for (OpCode code : {OpCode::kCacheCreate, OpCode::kCacheDestroy, OpCode::kCacheShrink,
                      OpCode::kKfreeRcuMightsleep, OpCode::kSynchronizeRcu, OpCode::kRcuBarrier,
                      OpCode::kKvfreeRcuBarrier, OpCode::kBarrierOnCache, OpCode::kSleep}) {
    EXPECT_TRUE(operation_info(code).uses & kMayBlock) << operation_info(code).text;
  }
  for (OpCode code : {OpCode::kAlloc, OpCode::kFree, OpCode::kKfreeRcu, OpCode::kReadLock,
                      OpCode::kReplaceCallRcu, OpCode::kCheck}) {
    EXPECT_FALSE(operation_info(code).uses & kMayBlock) << operation_info(code).text;
  }
}

}  // namespace
}  // namespace slabbed::fuzz
