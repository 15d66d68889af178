// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// exec_parts_test.cc - the executor's parts that need no run: object contents, turns, plain report
// texts, saved units.
#include <cstring>

#include "fuzz/exec/content.h"
#include "fuzz/exec/plain_text.h"
#include "fuzz/exec/turns.h"
#include "fuzz/program/codec.h"
#include "fuzz/tests/exec_bed.h"

namespace slabbed::fuzz {
namespace {

// An object of `bytes` in memory of the test, filled.
class Filled {
 public:
  Filled(RunState &state, uint32_t op, uint32_t bytes, CacheRecord *cache = nullptr)
      : memory_(bytes / 8 + 2) {
    record_ = state.object_record(op, 0);
    record_->object = memory_.data();
    record_->bytes = bytes;
    record_->cache = cache;
    if (cache != nullptr && (cache->flags & kCtor)) construct(memory_.data(), bytes);
    fill_content(*record_);
  }
  ObjectRecord &record() { return *record_; }
  unsigned char *byte(size_t i) { return reinterpret_cast<unsigned char *>(memory_.data()) + i; }

 private:
  std::vector<uint64_t> memory_;
  ObjectRecord *record_;
};

TEST(Content, EveryByteOfTheObjectCounts) {
  RunState state;
  for (uint32_t bytes : {1u, 7u, 8u, 12u, 16u, 31u, 32u, 100u, 4096u}) {
    Filled object(state, bytes % 500, bytes);
    EXPECT_TRUE(owner_content_intact(object.record())) << bytes;
    for (size_t i : {size_t{0}, size_t{bytes} / 2, size_t{bytes} - 1}) {
      *object.byte(i) ^= 1;
      EXPECT_FALSE(owner_content_intact(object.record())) << bytes << " byte " << i;
      *object.byte(i) ^= 1;
    }
    *object.byte(bytes) ^= 1;  // the neighbour's
    EXPECT_TRUE(owner_content_intact(object.record())) << bytes;
  }
}

TEST(Content, AReaderDoesNotLookAtTheHead) {
  RunState state;
  Filled object(state, 3, 64);
  rcu_head *head = head_inside(object.record());
  ASSERT_EQ(reinterpret_cast<unsigned char *>(head), object.byte(48));
  std::memset(static_cast<void *>(head), 0x5a, sizeof(*head));
  EXPECT_TRUE(reader_content_intact(state, object.record()));
  EXPECT_FALSE(owner_content_intact(object.record()));
  *object.byte(47) ^= 1;
  EXPECT_FALSE(reader_content_intact(state, object.record()));
}

TEST(Content, SmallObjectsHaveNoHead) {
  RunState state;
  EXPECT_EQ(head_inside(Filled(state, 1, 31).record()), nullptr);
  EXPECT_NE(head_inside(Filled(state, 2, 32).record()), nullptr);
  EXPECT_EQ(head_inside(Filled(state, 3, 8192).record()), nullptr);  // offset beyond kfree_rcu()'s
}

TEST(Content, OtherOwnersLeaveOtherPatterns) {
  RunState state;
  Filled first(state, 1, 64), second(state, 2, 64);
  std::memcpy(first.byte(0), second.byte(0), 64);
  EXPECT_FALSE(owner_content_intact(first.record()));
  EXPECT_FALSE(reader_content_intact(state, first.record()));
}

TEST(Content, ATypesafeReaderAcceptsEveryOwnerOfTheSamePlaceAndCache) {
  RunState state;
  CacheRecord cache, other;
  cache.flags = other.flags = kTypesafe | kCtor;
  Filled object(state, 1, 64, &cache);
  ObjectRecord *next = state.object_record(2, 0);
  *next = object.record();
  next->tag = state.object_record(2, 0)->tag;
  fill_content(*next);  // freed and owned anew while the reader looks
  EXPECT_TRUE(reader_content_intact(state, object.record()));
  next->cache = &other;  // the page went to another cache
  EXPECT_FALSE(reader_content_intact(state, object.record()));
  next->cache = &cache;
  next->object = object.byte(8);
  EXPECT_FALSE(reader_content_intact(state, object.record()));
}

TEST(Content, TheConstructedWordIsNobodysToChange) {
  RunState state;
  CacheRecord cache;
  cache.flags = kCtor;
  for (uint32_t bytes : {4u, 8u, 24u, 64u}) {
    Filled object(state, bytes, bytes, &cache);
    EXPECT_TRUE(is_constructed(object.record()));
    EXPECT_TRUE(owner_content_intact(object.record()));
    *object.byte(0) ^= 1;
    EXPECT_FALSE(is_constructed(object.record()));
    EXPECT_FALSE(owner_content_intact(object.record()));
  }
}

TEST(Turns, UsersWaitForTheCreatorAndTheDestroyerForUsers) {
  Program program = program_of("t1: c0 = kmem_cache_create(\"a\", 64)\n"
                               "t2: kmem_cache_shrink(c0)\n"
                               "t3: kvfree_rcu_barrier_on_cache(c0)\n"
                               "t4: kmem_cache_destroy(c0)\n"
                               "t1: kmem_cache_shrink(c1)\n");
  auto turns = std::make_unique<Turns>();
  turns->begin(program);
  auto come = [&](uint32_t i) { return turns->has_come(program.operations[i], i); };
  EXPECT_TRUE(come(0));
  EXPECT_FALSE(come(1));
  EXPECT_FALSE(come(3));
  EXPECT_TRUE(come(4));  // another cache
  turns->over(program.operations[0], 0);
  EXPECT_TRUE(come(1));
  EXPECT_TRUE(come(2));  // users do not wait for each other
  turns->over(program.operations[2], 2);
  EXPECT_FALSE(come(3));
  turns->over(program.operations[1], 1);
  EXPECT_TRUE(come(3));
}

TEST(Turns, TheDestroyerWaitsForTheObjectsToComeBack) {
  Program program = program_of("t1: c0 = kmem_cache_create(\"a\", 64)\n"
                               "t1: o0 = kmem_cache_alloc(c0)\n"
                               "t2: kmem_cache_free(o0)\n"
                               "t3: kmem_cache_destroy(c0)\n");
  auto turns = std::make_unique<Turns>();
  turns->begin(program);
  turns->over(program.operations[0], 0);
  turns->over(program.operations[1], 1);
  EXPECT_FALSE(turns->has_come(program.operations[3], 3));
  turns->over(program.operations[2], 2);
  EXPECT_TRUE(turns->has_come(program.operations[3], 3));
}

TEST(Turns, BulkTakesTheTurnOfEachSlotItNames) {
  Program program = program_of("t1: o0 = kmalloc(8)\n"
                               "t2: o2 = kmalloc(8)\n"
                               "t3: kmem_cache_free_bulk(3, o0)\n"
                               "t4: kfree(o3)\n");
  auto turns = std::make_unique<Turns>();
  turns->begin(program);
  auto come = [&](uint32_t i) { return turns->has_come(program.operations[i], i); };
  turns->over(program.operations[0], 0);
  EXPECT_FALSE(come(2));
  turns->over(program.operations[1], 1);
  EXPECT_TRUE(come(2));
  EXPECT_TRUE(come(3));
}

std::string plain(const char *line) {
  char out[128];
  return plain_text(line, out, sizeof(out)) ? out : "(dropped)";
}

TEST(PlainText, HasNoAddressSymbolOrStack) {
  EXPECT_EQ(plain("Object 0x7e900000e000 @offset=64"), "Object 0x* @offset=64");
  EXPECT_EQ(plain("Slab 0x7e90 objects=3 fp=(nil) flags=0x200(slab)"),
            "Slab 0x* objects=3 fp=* flags=0x*(slab)");
  EXPECT_EQ(plain("Allocated in (anonymous namespace)::make() age=3 cpu=1 pid=2"),
            "Allocated in * age=3 cpu=1 pid=2");
  EXPECT_EQ(plain("Slab cache still has objects when called from main+0x12"),
            "Slab cache still has objects when called from *");
  EXPECT_EQ(plain("        kmem_cache_alloc+0x1f"), "(dropped)");
  EXPECT_EQ(plain("kmem_cache_create(a) failed with error -17"),
            "kmem_cache_create(a) failed with error -17");
  char small[8];
  EXPECT_TRUE(plain_text("0123456789", small, sizeof(small)));
  EXPECT_STREQ(small, "0123456");
}

TEST(Unit, IsTextIfItStartsLikeTextAndBytesOtherwise) {
  const std::string text = "# slabbed program v1\nexpect RCU-1\nt1: kfree_rcu(o3)\n";
  TextProgram unit;
  std::string error;
  auto load = [&](const std::string &s) {
    const auto *data = reinterpret_cast<const uint8_t *>(s.data());
    return load_unit(data, s.size(), "f.slab", &unit, &error);
  };
  ASSERT_TRUE(load(text)) << error;
  EXPECT_EQ(unit.expect, "RCU-1");
  std::vector<uint8_t> bytes = encode(unit.program);
  ASSERT_TRUE(load(std::string(bytes.begin(), bytes.end())));
  EXPECT_EQ(unit.expect, "");
  EXPECT_EQ(unit.program.operations.size(), 1u);
  ASSERT_TRUE(load(""));
  EXPECT_FALSE(load("# slabbed program v1\nt1: jump()\n"));
  EXPECT_EQ(error.compare(0, 9, "f.slab:2:"), 0) << error;
}

TEST(Unit, ExpectsAVerdictAndTextsOfTheReport) {
  TextProgram unit;
  RunResult result;
  result.report_lines = {"BUG a (Not tainted): Objects remaining"};
  std::string why;
  EXPECT_TRUE(as_expected(unit, result, &why));
  unit.expect_report = {"Objects remaining"};
  EXPECT_TRUE(as_expected(unit, result, &why));
  unit.expect_report = {"Redzone"};
  EXPECT_FALSE(as_expected(unit, result, &why));
  EXPECT_EQ(why, "no report line contains \"Redzone\"");
  unit = {};
  result.verdict.rule = conf::Rule::kRcuTooEarly;
  EXPECT_FALSE(as_expected(unit, result, &why));
  unit.expect = "RCU-1";
  EXPECT_TRUE(as_expected(unit, result, &why));
  unit.expect = "clean";
  EXPECT_FALSE(as_expected(unit, result, &why));
  EXPECT_EQ(why, "expected clean, got RCU-1");
}

}  // namespace
}  // namespace slabbed::fuzz
