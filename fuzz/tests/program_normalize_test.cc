// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// program_normalize_test.cc - goal: normalizing changes nothing that is in range and reduces the
// rest without favouring a value. Method: each field alone over all its values.
#include "fuzz/program/normalize.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fuzz/program/operation_table.h"
#include "fuzz/program/step_name.h"
#include "fuzz/tests/program_any.h"

namespace slabbed::fuzz {
namespace {

TEST(Normalize, IsIdempotentOnAnything) {
  Random random(13);
  for (int i = 0; i < 5000; ++i) {
    Program p;
    p.strategy = static_cast<StrategyKind>(random.below(256));
    p.destroy = static_cast<DestroyMode>(random.below(256));
    p.threads = static_cast<uint8_t>(random.next());
    p.slots = static_cast<uint8_t>(random.next());
    p.sheaf_capacity = static_cast<uint8_t>(random.next());
    p.seed = static_cast<uint32_t>(random.next());
    for (CacheName &name : p.names) {
      for (char &c : name.text) c = static_cast<char>(random.next());
    }
    for (unsigned n = random.below(20); n > 0; --n) {
      Operation op;
      op.code = static_cast<OpCode>(random.below(256));
      op.thread = static_cast<uint8_t>(random.next());
      op.cache = static_cast<uint8_t>(random.next());
      op.slot = static_cast<uint8_t>(random.next());
      op.arg = static_cast<uint16_t>(random.next());
      op.flags = static_cast<uint8_t>(random.next());
      op.fail_nth = static_cast<uint8_t>(random.next());
      p.operations.push_back(op);
      p.schedule.push_back({op.thread, op.cache, op.arg, op.arg, op.arg, op.slot});
    }
    normalize(&p);
    ASSERT_TRUE(is_normalized(p));
    ASSERT_LT(p.strategy, StrategyKind::kCount);
    ASSERT_LT(p.destroy, DestroyMode::kCount);
    for (const Operation &op : p.operations) ASSERT_LT(op.thread, p.threads);
    for (const CacheName &name : p.names) {
      ASSERT_EQ(name.text.back(), '\0');
      ASSERT_FALSE(name.view().empty());
    }
  }
}

TEST(Normalize, EveryValueOfARangeStaysAndTheRestIsSpreadEvenly) {
  unsigned hits[kMaxSheafCapacity + 1] = {};
  for (unsigned value = 0; value < 256; ++value) {
    Program p;
    p.sheaf_capacity = static_cast<uint8_t>(value);
    normalize(&p);
    ASSERT_GE(p.sheaf_capacity, 1);
    ASSERT_LE(p.sheaf_capacity, kMaxSheafCapacity);
    if (value >= 1 && value <= kMaxSheafCapacity) {
      EXPECT_EQ(p.sheaf_capacity, value);
    }
    ++hits[p.sheaf_capacity];
  }
  for (unsigned value = 1; value <= kMaxSheafCapacity; ++value) {
    EXPECT_EQ(hits[value], 256 / kMaxSheafCapacity);
  }
}

TEST(Normalize, ArgumentsAreReducedIntoTheRangeOfTheirOperation) {
  Program p;
  for (unsigned code = 0; code < static_cast<unsigned>(OpCode::kCount); ++code) {
    const OperationInfo &info = operation_info(static_cast<OpCode>(code));
    for (unsigned arg = 0; arg <= 0xffff; arg += 97) {
      Operation op;
      op.code = static_cast<OpCode>(code);
      op.arg = static_cast<uint16_t>(arg);
      normalize_operation(p, &op);
      ASSERT_GE(op.arg, info.arg_min);
      ASSERT_LE(op.arg, info.arg_max);
      if (arg >= info.arg_min && arg <= info.arg_max) {
        ASSERT_EQ(op.arg, arg);
      }
    }
  }
}

TEST(Normalize, OfTwoEqualNamesTheFirstStandsForBoth) {
  Program p;
  p.names[1] = p.names[3] = CacheName("same");
  p.operations = {{OpCode::kCacheCreate, 0, 0, 3, 64, 0, 0},
                  {OpCode::kCacheCreate, 0, 0, 2, 64, 0, 0}};
  normalize(&p);
  EXPECT_EQ(p.operations[0].slot, 1);
  EXPECT_EQ(p.operations[1].slot, 2);
}

TEST(Normalize, ProgramsAreCutAtTheirLimits) {
  Program p;
  p.operations.resize(kMaxOperations + 3);
  p.schedule.resize(kMaxSchedule + 3);
  normalize(&p);
  EXPECT_EQ(p.operations.size(), kMaxOperations);
  EXPECT_EQ(p.schedule.size(), kMaxSchedule);
}

TEST(Normalize, BytesRecordsHaveGapAndPickOnly) {
  ScheduleRecord record{9, 9, 0xffff, 9, 9, 0xff};
  normalize_record(StrategyKind::kBytes, &record);
  EXPECT_EQ(record, (ScheduleRecord{.operation = kMaxScheduleOperation, .to = kMaxPick}));
}

TEST(Normalize, ExplicitRecordsNameThreadsThatExist) {
  for (unsigned value = 0; value < 256; ++value) {
    ScheduleRecord record;
    record.thread = record.to = record.kind = static_cast<uint8_t>(value);
    normalize_record(StrategyKind::kExplicit, &record);
    EXPECT_TRUE(is_thread(record.thread));
    EXPECT_TRUE(is_target(record.to));
    EXPECT_LT(record.kind, kPointKinds);
  }
}

}  // namespace
}  // namespace slabbed::fuzz
