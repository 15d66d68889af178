// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// program_codec_test.cc - goal: every byte string is one program and stays that program through any
// number of decode and encode steps. Method: properties over many random strings and truncations,
// plus hand-made bytes for each field.
#include "fuzz/program/codec.h"

#include <gtest/gtest.h>

#include "fuzz/program/normalize.h"
#include "fuzz/tests/program_any.h"

namespace slabbed::fuzz {
namespace {

using Bytes = std::vector<uint8_t>;

Program decode(const Bytes &bytes) { return fuzz::decode(bytes.data(), bytes.size()); }

Bytes header(uint8_t switches, uint8_t operations) {
  return {kFormatVersion, 0, 0, switches, 2, 4, 8, 0, operations, 0, 0, 0, 0, 0, 0, 0};
}

void expect_stable(const Bytes &bytes) {
  Program program = decode(bytes);
  ASSERT_TRUE(is_normalized(program));
  Bytes encoded = encode(program);
  ASSERT_EQ(encoded.size(), encoded_size(program));
  ASSERT_EQ(decode(encoded), program);
  ASSERT_EQ(encode(decode(encoded)), encoded);
}

TEST(ProgramCodec, EveryByteStringUpTo4KiBIsAProgramAndRoundTrips) {
  Random random(1);
  for (int i = 0; i < 20000; ++i) {
    ASSERT_NO_FATAL_FAILURE(expect_stable(any_bytes(&random, 4096))) << "string " << i;
  }
}

TEST(ProgramCodec, EveryTruncationIsAProgramAndNeverGrows) {
  Random random(2);
  for (int i = 0; i < 60; ++i) {
    Bytes bytes = any_bytes(&random, 1200);
    size_t records = SIZE_MAX;
    for (size_t size = bytes.size() + 1; size-- > 0;) {
      bytes.resize(size);
      ASSERT_NO_FATAL_FAILURE(expect_stable(bytes)) << "string " << i << " cut to " << size;
      Program program = decode(bytes);
      size_t now = program.operations.size() + program.schedule.size();
      ASSERT_LE(now, records);
      records = now;
    }
  }
}

TEST(ProgramCodec, EveryBytePatternOfOneValueIsAProgram) {
  for (unsigned value = 0; value < 256; ++value) {
    for (size_t size : {size_t{1}, size_t{15}, size_t{16}, size_t{17}, size_t{81}, size_t{4096}}) {
      ASSERT_NO_FATAL_FAILURE(expect_stable(Bytes(size, static_cast<uint8_t>(value))));
    }
  }
}

TEST(ProgramCodec, EmptyStringIsAProgramWithoutOperations) {
  Program program = fuzz::decode(nullptr, 0);
  EXPECT_TRUE(program.operations.empty());
  EXPECT_TRUE(program.schedule.empty());
  EXPECT_EQ(program.threads, kMaxThreads);
  EXPECT_EQ(program.slots, kMaxThreadSlots);
  EXPECT_EQ(program.sheaf_capacity, kMaxSheafCapacity);
}

TEST(ProgramCodec, DefaultProgramIsNormalizedAndSixteenBytesLong) {
  EXPECT_TRUE(is_normalized(Program()));
  EXPECT_EQ(encode(Program()).size(), kHeaderBytes);
  EXPECT_EQ(decode(encode(Program())), Program());
}

TEST(ProgramCodec, UnknownVersionIsReadByTheCurrentRulesAndWrittenAsTheCurrentVersion) {
  Bytes bytes = header(1, 0);
  Program known = decode(bytes);
  bytes[0] = 0xee;
  EXPECT_EQ(decode(bytes), known);
  EXPECT_EQ(encode(decode(bytes))[0], kFormatVersion);
}

TEST(ProgramCodec, OperationCountIsClampedToWhatIsThere) {
  Bytes bytes = header(0, 200);
  bytes.resize(kHeaderBytes + 3 * kRecordBytes + 5, 1);
  Program program = decode(bytes);
  EXPECT_EQ(program.operations.size(), 3u);
  EXPECT_TRUE(program.schedule.empty());
  EXPECT_EQ(encode(program)[8], 3);
}

TEST(ProgramCodec, OperationCountIsClampedToTheMaximumAndTheRestIsSchedule) {
  Bytes bytes = header(0, 0);
  bytes[1] = static_cast<uint8_t>(StrategyKind::kExplicit);
  bytes[8] = bytes[9] = 0xff;
  bytes.resize(kHeaderBytes + (kMaxOperations + 7) * kRecordBytes);
  Program program = decode(bytes);
  EXPECT_EQ(program.operations.size(), kMaxOperations);
  EXPECT_EQ(program.schedule.size(), 7u);
}

TEST(ProgramCodec, ScheduleIsWhatFollowsTheOperations) {
  Bytes bytes = header(0, 1);
  bytes.insert(bytes.end(), {4, 1, 9, 33, 0, 0, 0xff, 18});         // an alloc with odd operands
  bytes.insert(bytes.end(), {1, 66, 3, 2 << 3, 0x34, 0x12, 5, 1});  // kind 2 in operation 3
  Program program = decode(bytes);
  ASSERT_EQ(program.operations.size(), 1u);
  Operation alloc{OpCode::kAlloc, 1, 1, 1, 0, kZeroedAlloc, 2};
  EXPECT_EQ(program.operations[0], alloc);
  ASSERT_EQ(program.schedule.size(), 1u);
  ScheduleRecord record{1, 2, 3, 0x1234, 0x105, 66};
  EXPECT_EQ(program.schedule[0], record);
}

TEST(ProgramCodec, NamesFollowTheHeaderOnlyIfTheyAreNotTheDefaultOnes) {
  Program program;
  EXPECT_EQ(encode(program)[3] & 8, 0);
  program.names[2] = CacheName("batman_tt");
  Bytes bytes = encode(program);
  EXPECT_EQ(bytes[3] & 8, 8);
  EXPECT_EQ(bytes.size(), kHeaderBytes + kNamesBytes);
  EXPECT_EQ(decode(bytes), program);
  bytes.resize(kHeaderBytes + 2 * kCacheNameBytes + 6);
  EXPECT_EQ(decode(bytes).names[2].view(), "batman");
  EXPECT_EQ(decode(bytes).names[3].view(), "cache-d");
}

TEST(ProgramCodec, NamesAreMadeFitForADirectory) {
  Bytes bytes = header(8, 0);
  bytes.resize(kHeaderBytes + kNamesBytes, 0);
  memcpy(&bytes[kHeaderBytes], "../etc\n\xff", 8);
  memset(&bytes[kHeaderBytes + 16], 'x', 16);
  Program program = decode(bytes);
  EXPECT_EQ(program.names[0].view(), "_._etc__");
  EXPECT_EQ(program.names[1].view(), "xxxxxxxxxxxxxxx");
  EXPECT_EQ(program.names[2].view(), "cache-c");
}

TEST(ProgramCodec, OperandsAreReducedModuloWhatExists) {
  Program program;
  program.threads = 2;
  program.operations = {{OpCode::kCacheCreate, 5, 9, 7, 5000, 0xff, 17},
                        {OpCode::kAllocBulk, 0, 8, 40, 0, 0xff, 0},
                        {OpCode::kReadLock, 0, 1, 1, 1, 1, 0},
                        {static_cast<OpCode>(0xff), 0, 0, 0, 0, 0, 0}};
  normalize(&program);
  Operation create{OpCode::kCacheCreate, 1, 1, 3, 904, 0x1f, 1};
  Operation bulk{OpCode::kAllocBulk, 0, 0, 8, 16, 0, 0};
  Operation lock{OpCode::kReadLock, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(program.operations[0], create);
  EXPECT_EQ(program.operations[1], bulk);
  EXPECT_EQ(program.operations[2], lock);
  EXPECT_LT(program.operations[3].code, OpCode::kCount);
}

TEST(ProgramCodec, SeedCountsOnlyForTheRandomStrategyWhichHasNoSchedule) {
  Program program;
  program.seed = 7;
  program.schedule.resize(2);
  EXPECT_EQ(decode(encode(program)).seed, 0u);
  EXPECT_EQ(decode(encode(program)).schedule.size(), 2u);
  program.strategy = StrategyKind::kRandom;
  EXPECT_EQ(decode(encode(program)).seed, 7u);
  EXPECT_EQ(decode(encode(program)).schedule.size(), 0u);
}

TEST(ProgramCodec, EncodeNormalizesWhatItIsGiven) {
  Random random(3);
  for (int i = 0; i < 2000; ++i) {
    Program program = any_program(&random);
    program.threads = static_cast<uint8_t>(random.next());
    program.strategy = static_cast<StrategyKind>(random.below(9));
    for (Operation &op : program.operations) op.code = static_cast<OpCode>(random.below(256));
    Program normal = program;
    normalize(&normal);
    ASSERT_EQ(decode(encode(program)), normal);
  }
}

}  // namespace
}  // namespace slabbed::fuzz
