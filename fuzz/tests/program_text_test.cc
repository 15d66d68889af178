// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// program_text_test.cc - goal: `.slab` text loses nothing and refuses with a message a person can
// act on. Method: the round trip as a property over 100,000 programs, exact texts, exact messages.
#include "fuzz/program/text.h"

#include <gtest/gtest.h>

#include "fuzz/program/normalize.h"
#include "fuzz/program/point_name.h"
#include "fuzz/tests/program_any.h"

namespace slabbed::fuzz {
namespace {

TextProgram parse(std::string_view text) {
  TextProgram out;
  std::string error;
  EXPECT_TRUE(parse_text(text, "x.slab", &out, &error)) << error;
  EXPECT_TRUE(is_normalized(out.program));
  return out;
}

std::string error_of(std::string_view text) {
  TextProgram out;
  std::string error;
  EXPECT_FALSE(parse_text(text, "x.slab", &out, &error)) << text;
  return error;
}

const char *one_name(uint16_t number) {
  return number == point_name_hash("slabbed_free_slow") ? "slabbed_free_slow" : "not_this_one";
}

TEST(ProgramText, ParsingWhatWasPrintedGivesTheSameProgram) {
  Random random(4);
  for (int i = 0; i < 100000; ++i) {
    TextProgram text;
    text.program = any_program(&random, i % 100 == 0 ? 8000 : 300);
    std::string printed = print_text(text, one_name);
    TextProgram parsed;
    std::string error;
    ASSERT_TRUE(parse_text(printed, "p", &parsed, &error)) << error << "\n" << printed;
    ASSERT_EQ(parsed, text) << printed;
  }
}

TEST(ProgramText, StoryAndExpectationsSurviveTheRoundTrip) {
  TextProgram text;
  text.story = {"A cache dies", "", "  while \"objects\" are in flight #2"};
  text.expect = "DESTROY-12";
  text.expect_report = {"BUG cache-a: \"quoted\" \\ and\ttab\nbreak", ""};
  TextProgram parsed = parse(print_text(text));
  EXPECT_EQ(parsed, text);
}

constexpr char kWhole[] =
    R"(# slabbed program v1
# The batman-adv story.
name "batman_tt"
name "b"
name "c.d"
name ":0000064"
boot destroy=legacy sheaves=0 slots=4 sheaf_capacity=3 threads=3 slab_nomerge store_buffers
strategy explicit
expect DESTROY-1
expect-report "Objects remaining in batman_tt"
t1: c0 = kmem_cache_create("batman_tt", 64, SLAB_TYPESAFE_BY_RCU | SLAB_NO_MERGE, ctor)
t1: c1 = kmem_cache_create("c.d", 4096)
t1: o0 = kmem_cache_alloc(c0) [fail_nth=2]
t1: o31 = kmem_cache_zalloc(c7)
t1: kmem_cache_alloc_bulk(c1, 16, o4)
t1: kmem_cache_free_bulk(3, o4)
t1: o2 = kmalloc(0)
t1: o3 = kzalloc(8193)
t1: kfree(o2)
t1: kmem_cache_free(o3)
t2: nop()
t2: kfree_rcu(o0)
t2: kfree_rcu_mightsleep(o1)
t2: check(o5)
t2: rcu_assign_pointer(p0, o4)
t2: kfree_rcu(rcu_replace_pointer(p0, o5))
t2: call_rcu(rcu_replace_pointer(p7, o5))
t3: rcu_read_lock()
t3: rcu_dereference(p0)
t3: typesafe_lookup(p1)
t3: rcu_read_unlock()
t1: synchronize_rcu()
t1: rcu_barrier()
t1: kvfree_rcu_barrier()
t1: kvfree_rcu_barrier_on_cache(c1)
t1: schedule_timeout(600)
t1: kmem_cache_shrink(c1)
t1: kmem_cache_destroy(c0)
t1: module_unload(c0)
schedule:
preempt t1 op1 operation #0 -> t2
preempt t2 op11 store@slabbed_free_slow #2 -> drain(t1)
preempt w3 rmw@0x1a2b #300 -> grace_period
preempt callbacks lock@0x0000 #0 -> clock
preempt t2 thread_start #0 -> t3
)";

TEST(ProgramText, EveryStatementAndOperationPrintsAsItIsWritten) {
  TextProgram text = parse(kWhole);
  EXPECT_EQ(print_text(text, one_name), kWhole);
  EXPECT_EQ(text.program.operations.size(), 29u);
  bool seen[static_cast<unsigned>(OpCode::kCount)] = {};
  for (const Operation &op : text.program.operations) seen[static_cast<unsigned>(op.code)] = true;
  for (bool code_seen : seen) EXPECT_TRUE(code_seen);
}

TEST(ProgramText, FieldsMeanWhatTheLinesSay) {
  Program p = parse(kWhole).program;
  EXPECT_EQ(p.destroy, DestroyMode::kLegacy);
  EXPECT_TRUE(p.slab_nomerge && p.store_buffers && !p.sheaves);
  EXPECT_EQ(p.slots, 4);
  EXPECT_EQ(p.sheaf_capacity, 3);
  EXPECT_EQ(p.threads, 3);
  Operation create{OpCode::kCacheCreate, 0, 0, 0, 64, kTypesafe | kNoMerge | kCtor, 0};
  EXPECT_EQ(p.operations[0], create);
  Operation alloc{OpCode::kAlloc, 0, 0, 0, 0, 0, 2};
  EXPECT_EQ(p.operations[2], alloc);
  Operation replace{OpCode::kReplaceCallRcu, 1, 7, 5, 0, 0, 0};
  EXPECT_EQ(p.operations[16], replace);
  ScheduleRecord drain{2, 2, 11, point_name_hash("slabbed_free_slow"), 2, 65};
  EXPECT_EQ(p.schedule[1], drain);
  ScheduleRecord worker{19, 3, kOutsideOperations, 0x1a2b, 300, 33};
  EXPECT_EQ(p.schedule[2], worker);
}

TEST(ProgramText, WhatIsLeftOutHasItsDefault) {
  TextProgram text = parse("t2: c0 = kmem_cache_create(\"mine\", 64, 0, NULL)  # a comment\r\n"
                           "\n"
                           "  t3: c1 = kmem_cache_create(\"cache-c\", 0x20, 0)\n"
                           "schedule:\n"
                           "preempt t2 op0 operation -> t3");
  EXPECT_EQ(text.program.threads, 3);
  EXPECT_EQ(text.program.strategy, StrategyKind::kExplicit);
  EXPECT_EQ(text.program.destroy, DestroyMode::kAsync);
  EXPECT_EQ(text.program.names[0].view(), "mine");
  EXPECT_EQ(text.program.operations[1].slot, 2);
  EXPECT_EQ(text.program.operations[1].arg, 32);
  EXPECT_EQ(text.program.schedule[0].occurrence, 0);
  EXPECT_EQ(text.expect, "");
  EXPECT_EQ(parse("").program.strategy, StrategyKind::kExplicit);
}

TEST(ProgramText, BytesStrategyHasGapsAndPicks) {
  TextProgram text = parse("strategy bytes\nschedule:\nafter 17 -> pick 2\n");
  ASSERT_EQ(text.program.schedule.size(), 1u);
  EXPECT_EQ(text.program.schedule[0].operation, 17);
  EXPECT_EQ(text.program.schedule[0].to, 2);
}

TEST(ProgramText, StoryIsTheCommentBeforeTheFirstStatement) {
  TextProgram text = parse("# slabbed program v1\n# one\n\n#two\nboot\n# not story\nt1: nop()\n");
  EXPECT_EQ(text.story, (std::vector<std::string>{"one", "two"}));
}

struct BadText {
  const char *text;
  const char *error;
};

class ProgramTextError : public testing::TestWithParam<BadText> {};

TEST_P(ProgramTextError, NamesLineAndReason) {
  EXPECT_EQ(error_of(GetParam().text), GetParam().error);
}

constexpr BadText kOperationErrors[] = {
    {"t1: foo(o0)", "x.slab:1: unknown operation 'foo'"},
    {"\n\nt1: o0 = kmem_cache_allocc(c0)", "x.slab:3: unknown operation 'kmem_cache_allocc'"},
    {"t1: kfree(c0)", "x.slab:1: expected an object (o0..o31), found 'c0'"},
    {"t1: kfree(o32)", "x.slab:1: o32 does not exist: an object is one of o0..o31"},
    {"t1: kmem_cache_destroy(c8)", "x.slab:1: c8 does not exist: a cache is one of c0..c7"},
    {"t1: rcu_dereference(o1)", "x.slab:1: expected a published pointer (p0..p7), found 'o1'"},
    {"t1: kfree(o0", "x.slab:1: expected ')', found the end of the line"},
    {"t1: kfree(o0);", "x.slab:1: expected the end of the line, found ';'"},
    {"t1: o0 kmalloc(8)", "x.slab:1: expected '=', found 'kmalloc'"},
    {"t1: o0 = kmalloc(-1)", "x.slab:1: expected size, found '-'"},
    {"t1: o0 = kmalloc(16385)", "x.slab:1: size 16385 is outside 0..16384"},
    {"t1: o0 = kmalloc(99999999999)", "x.slab:1: size 99999999999 is outside 0..16384"},
    {"t1: kmem_cache_alloc_bulk(c0, 17, o0)", "x.slab:1: count 17 is outside 1..16"},
    {"t1: schedule_timeout(1024)", "x.slab:1: number of jiffies 1024 is outside 0..1023"},
    {"t1: kfree(o0) [fail_nth=0]", "x.slab:1: fail_nth 0 is outside 1..15"},
    {"t1: kfree(o0) [nth=1]", "x.slab:1: expected 'fail_nth', found 'nth'"},
    {"t1: c0 = kmem_cache_create(x, 8)", "x.slab:1: expected a cache name in quotes, found 'x'"},
    {"t1: c0 = kmem_cache_create(\"x, 8)",
     "x.slab:1: the string after 't1: c0 = kmem_cache_create(' has no closing '\"'"},
    {"t1: c0 = kmem_cache_create(\"x\", 0)", "x.slab:1: size 0 is outside 1..4096"},
    {"t1: c0 = kmem_cache_create(\"x\", 8, SLAB_PANIC)",
     "x.slab:1: expected a cache flag, found 'SLAB_PANIC'"},
    {"t1: c0 = kmem_cache_create(\"sixteen_bytes_xx\", 8)",
     "x.slab:1: cache name \"sixteen_bytes_xx\" has 16 characters, not 1..15"},
    {"t1: c0 = kmem_cache_create(\"a/b\", 8)",
     "x.slab:1: cache name \"a/b\" may only have letters, digits, '_', '-', ':' and, not in front, "
     "'.'"},
    {"t5: nop()", "x.slab:1: t5 does not exist: a thread is one of t1..t4"},
    {"t1 nop()", "x.slab:1: expected ':', found 'nop'"},
    {"t1:", "x.slab:1: expected an operation, found the end of the line"},
};
INSTANTIATE_TEST_SUITE_P(Operations, ProgramTextError, testing::ValuesIn(kOperationErrors));

constexpr BadText kStatementErrors[] = {
    {"# slabbed program v2\n",
     "x.slab:1: this is a program of version 2; known is version 1"},
    {"kfree(o0)", "x.slab:1: expected an operation (t1: ...), name, boot, strategy, expect, "
                  "expect-report or schedule:, found 'kfree'"},
    {"\x01\xff", "x.slab:1: expected an operation (t1: ...), name, boot, strategy, expect, "
                 "expect-report or schedule:, found '\x01'"},
    {"boot destroy=fast", "x.slab:1: destroy= is async, legacy or sync, not 'fast'"},
    {"boot sheaves=2", "x.slab:1: sheaves 2 is outside 0..1"},
    {"boot slots=9", "x.slab:1: slots 9 is outside 1..8"},
    {"boot sheaf_capacity=0", "x.slab:1: sheaf_capacity 0 is outside 1..32"},
    {"boot nomerge", "x.slab:1: unknown boot parameter 'nomerge'"},
    {"boot threads 2", "x.slab:1: expected '=', found '2'"},
    {"boot\nboot", "x.slab:2: a second boot line"},
    {"t1: nop()\nboot", "x.slab:2: 'boot' must come before the first operation"},
    {"boot threads=1\nt2: nop()", "x.slab:2: thread t2 is used, but boot says threads=1"},
    {"strategy pct", "x.slab:1: strategy is explicit, bytes or random, not 'pct'"},
    {"strategy random", "x.slab:1: expected 'seed', found the end of the line"},
    {"expect dirty", "x.slab:1: expected clean or a rule such as DESTROY-1, found 'dirty'"},
    {"expect clean\nexpect clean", "x.slab:2: a second expect line"},
    {"expect-report x", "x.slab:1: expected the text of a report line in quotes, found 'x'"},
    {"name \"a\"\nname \"b\"\nname \"c\"\nname \"d\"\nname \"e\"",
     "x.slab:5: a program has at most 4 cache names"},
    {"schedule", "x.slab:1: expected ':', found the end of the line"},
    {"schedule:\nt1: nop()", "x.slab:2: an operation after 'schedule:'"},
    {"preempt t1 op0 load -> t2", "x.slab:1: a schedule record before 'schedule:'"},
    {"strategy random seed=1\nschedule:", "x.slab:2: strategy random has no schedule"},
    {"schedule:\nafter 1 -> pick 2", "x.slab:2: after belongs to strategy bytes"},
    {"strategy bytes\nschedule:\npreempt t1 op0 load -> t2",
     "x.slab:3: preempt belongs to strategy explicit"},
    {"schedule:\npreempt t9 op0 load -> t2",
     "x.slab:2: unknown thread 't9': t0..t8, w0..w15, callbacks, grace_period, clock"},
    {"schedule:\npreempt drain(t1) op0 load -> t2",
     "x.slab:2: unknown thread 'drain(t1)': t0..t8, w0..w15, callbacks, grace_period, clock"},
    {"schedule:\npreempt t1 op0 load -> w16",
     "x.slab:2: unknown thread 'w16': t0..t8, w0..w15, callbacks, grace_period, clock or "
     "drain(...) of one"},
    {"schedule:\npreempt t1 op2047 load -> t2",
     "x.slab:2: op2047 does not exist: an operation is one of op0..op2046"},
    {"schedule:\npreempt t1 op0 lode@f -> t2", "x.slab:2: unknown kind of yield point 'lode'"},
    {"schedule:\npreempt t1 op0 load@ -> t2", "x.slab:2: expected '->', found 't2'"},
    {"schedule:\npreempt t1 op0 load@f #x -> t2", "x.slab:2: expected occurrence, found 'x'"},
    {"schedule:\npreempt t1 op0 load@f #1 t2", "x.slab:2: expected '->', found 't2'"},
};
INSTANTIATE_TEST_SUITE_P(Statements, ProgramTextError, testing::ValuesIn(kStatementErrors));

TEST(ProgramText, TooManyOperationsAndNamesInUseAreRefused) {
  std::string many;
  for (unsigned i = 0; i <= kMaxOperations; ++i) many += "t1: nop()\n";
  EXPECT_EQ(error_of(many), "x.slab:513: more than 512 operations");
  std::string names;
  for (char c = 'a'; c <= 'e'; ++c) {
    names += std::string("t1: c0 = kmem_cache_create(\"") + c + "\", 8)\n";
  }
  EXPECT_EQ(error_of(names), "x.slab:5: a program has at most 4 cache names");
}

TEST(ProgramText, NoTextCrashesTheParser) {
  // Goal: only "a program" or "file:line: what". Method: break good text at random places.
  Random random(5);
  int good = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text = kWhole;
    for (unsigned n = random.between(1, 6); n > 0; --n) {
      size_t at = random.below(static_cast<unsigned>(text.size()));
      if (random.one_in(2)) text[at] = static_cast<char>(random.below(256));
      else text.erase(at, random.below(8));
    }
    TextProgram out;
    std::string error;
    if (parse_text(text, "x", &out, &error)) {
      ++good;
      ASSERT_TRUE(is_normalized(out.program));
    } else {
      ASSERT_EQ(error.substr(0, 2), "x:");
      ASSERT_GT(error.size(), 10u);
    }
  }
  EXPECT_GT(good, 100);
}

}  // namespace
}  // namespace slabbed::fuzz
