// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// program_edit_test.cc - goal: changing a program's shape keeps every preemption at its operation.
// Method: small programs whose operations are told apart by their argument, and random edits.
#include "fuzz/program/edit.h"

#include <gtest/gtest.h>

#include "fuzz/program/normalize.h"
#include "fuzz/program/point_name.h"
#include "fuzz/program/step_name.h"
#include "fuzz/tests/program_any.h"

namespace slabbed::fuzz {
namespace {

// Operation i sleeps i jiffies on thread i % 3 and has one preemption, to the thread after it.
Program numbered(unsigned count) {
  Program p;
  p.strategy = StrategyKind::kExplicit;
  p.threads = 3;
  for (unsigned i = 0; i < count; ++i) {
    Operation op{OpCode::kSleep, static_cast<uint8_t>(i % 3), 0, 0, static_cast<uint16_t>(i), 0, 0};
    p.operations.push_back(op);
    ScheduleRecord record;
    record.thread = static_cast<uint8_t>(op.thread + 1);
    record.operation = static_cast<uint16_t>(i);
    record.occurrence = static_cast<uint16_t>(i);  // says which operation it was made for
    record.to = static_cast<uint8_t>(1 + (i + 1) % 3);
    p.schedule.push_back(record);
  }
  EXPECT_TRUE(is_normalized(p));
  return p;
}

void expect_records_at_their_operations(const Program &p) {
  for (const ScheduleRecord &record : p.schedule) {
    if (!is_program_thread(record.thread)) continue;
    ASSERT_LT(record.operation, p.operations.size());
    const Operation &op = p.operations[record.operation];
    ASSERT_EQ(op.arg, record.occurrence);
    ASSERT_EQ(op.thread + 1, record.thread);
  }
}

TEST(ProgramEdit, ErasingAnOperationMovesLaterRecordsAndDropsItsOwn) {
  Program p = numbered(5);
  erase_operation(&p, 2);
  ASSERT_EQ(p.operations.size(), 4u);
  ASSERT_EQ(p.schedule.size(), 4u);
  expect_records_at_their_operations(p);
  EXPECT_EQ(p.schedule[2].operation, 2);
  EXPECT_EQ(p.schedule[2].occurrence, 3);
}

TEST(ProgramEdit, InsertingAnOperationMovesLaterRecords) {
  Program p = numbered(4);
  insert_operation(&p, 1, Operation{OpCode::kSleep, 0, 0, 0, 1000, 0, 0});
  EXPECT_EQ(p.operations[1].arg, 1000);
  EXPECT_EQ(p.schedule.size(), 4u);
  expect_records_at_their_operations(p);
  insert_operation(&p, 5, Operation{});
  EXPECT_EQ(p.operations.size(), 6u);
  expect_records_at_their_operations(p);
}

TEST(ProgramEdit, AFullProgramTakesNoMoreOperations) {
  Program p;
  p.operations.resize(kMaxOperations);
  insert_operation(&p, 0, Operation{OpCode::kReadLock, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(p.operations.size(), kMaxOperations);
  EXPECT_EQ(p.operations[0].code, OpCode::kNop);
}

TEST(ProgramEdit, SwappedOperationsTakeTheirRecordsAlong) {
  Program p = numbered(5);
  swap_operations(&p, 0, 3);
  EXPECT_EQ(p.operations[0].arg, 3);
  EXPECT_EQ(p.schedule.size(), 5u);
  expect_records_at_their_operations(p);
}

TEST(ProgramEdit, ErasingAThreadDropsItsOperationsAndWhoeverRefersToIt) {
  Program p = numbered(6);
  erase_thread(&p, 1);
  EXPECT_EQ(p.threads, 2);
  ASSERT_EQ(p.operations.size(), 4u);
  // Left: 2 -> t1 and 5 -> t1 of the old t3; 0 -> t2 and 3 -> t2 pointed to the erased thread.
  ASSERT_EQ(p.schedule.size(), 2u);
  expect_records_at_their_operations(p);
  EXPECT_EQ(p.schedule[0].thread, 2);
  EXPECT_EQ(p.schedule[0].to, 1);
}

TEST(ProgramEdit, MergingThreadsKeepsAllOperationsInTheirOrder) {
  Program p = numbered(6);
  p.schedule[0].to = kDrain + 3;
  merge_threads(&p, 2, 0);
  EXPECT_EQ(p.threads, 2);
  ASSERT_EQ(p.operations.size(), 6u);
  for (unsigned i = 0; i < 6; ++i) EXPECT_EQ(p.operations[i].arg, i);
  EXPECT_EQ(p.schedule.size(), 6u);
  expect_records_at_their_operations(p);
  EXPECT_EQ(p.schedule[0].to, kDrain + 1);

  Program down = numbered(6);
  merge_threads(&down, 0, 2);
  expect_records_at_their_operations(down);
  EXPECT_EQ(down.operations[0].thread, 1);  // the old t3 is t2 now
}

TEST(ProgramEdit, RecordsOfWorkersAndBytesSchedulesStayAsTheyAre) {
  Program p = numbered(3);
  p.schedule.push_back({kFirstWorker, 1, kOutsideOperations, 9, 0, kGracePeriod});
  p.schedule.push_back({1, 1, kOutsideOperations, 9, 0, kGracePeriod});  // before t1's first
  erase_operation(&p, 0);
  ASSERT_EQ(p.schedule.size(), 4u);
  EXPECT_EQ(p.schedule[2].operation, kOutsideOperations);
  EXPECT_EQ(p.schedule[3].operation, kOutsideOperations);

  Program bytes;
  bytes.operations.resize(3);
  bytes.schedule = {ScheduleRecord{.operation = 2, .to = 1}};
  erase_operation(&bytes, 0);
  EXPECT_EQ(bytes.schedule[0].operation, 2);
}

TEST(ProgramEdit, RandomEditsKeepProgramsNormalizedAndRecordsInPlace) {
  Random random(6);
  for (int i = 0; i < 3000; ++i) {
    Program p = numbered(random.between(1, 30));
    for (unsigned n = random.between(1, 8); n > 0 && !p.operations.empty(); --n) {
      unsigned size = static_cast<unsigned>(p.operations.size());
      unsigned a = random.below(size), b = random.below(size);
      switch (random.below(5)) {
        case 0: erase_operation(&p, a); break;
        case 1: swap_operations(&p, a, b); break;
        case 2: {
          Operation op = p.operations[b];
          insert_operation(&p, a, op);
          break;
        }
        case 3: if (p.threads > 1) erase_thread(&p, random.below(p.threads)); break;
        default: if (p.threads > 1) merge_threads(&p, p.threads - 1u, 0); break;
      }
      ASSERT_TRUE(is_normalized(p));
      ASSERT_NO_FATAL_FAILURE(expect_records_at_their_operations(p));
    }
  }
}

}  // namespace
}  // namespace slabbed::fuzz
