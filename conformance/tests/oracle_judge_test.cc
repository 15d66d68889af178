// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// The judge as a whole: reuse, native traces, truncated traces, what counts behind the end, hashes.
#include "conformance/oracle/judge.h"

#include "conformance/trace/parse.h"
#include "gtest/gtest.h"

namespace slabbed::conf {
namespace {

Trace parsed(const std::string &text) {
  Trace trace;
  std::string error;
  EXPECT_TRUE(parse_trace(text, trace, &error)) << error;
  return trace;
}

const std::string kPrefix = R"(t1 0 cache_create cache=1 size=64 slab_size=64 "a"
t1 1 slab_new object=0x10000 cache=1 bytes=4096 objects=64
t1 1 alloc object=0x10000 cache=1 bytes=64 align=8
)";
const std::string kTwice = kPrefix + "t2 2 alloc object=0x10000 cache=1 bytes=64 align=8\n";

TEST(Judge, EmptyTraceIsClean) { EXPECT_TRUE(judge(Trace{}).clean()); }

TEST(Judge, VerdictNamesRuleEventAndObjectByOperation) {
  Verdict verdict = judge(parsed(kTwice));
  EXPECT_EQ(verdict.rule, Rule::kAllocDisjoint);
  EXPECT_EQ(verdict.event, 3u);
  EXPECT_EQ(verdict.explanation,
            "The new object overlaps object 0 of operation 1, which is in use.");
}

TEST(Judge, StopsAtTheFirstBrokenRule) {
  Verdict verdict = judge(parsed(kTwice + "t1 3 check_failed \"later\"\n"));
  EXPECT_EQ(verdict.rule, Rule::kAllocDisjoint);
}

TEST(Judge, ReusedJudgeRemembersNothing) {
  Judge judge;
  Trace good = parsed(kPrefix), bad = parsed(kTwice);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(judge.judge(good).clean());
    EXPECT_EQ(judge.judge(bad).rule, Rule::kAllocDisjoint);
  }
  // An operation left open by one trace is not open in the next.
  judge.judge(parsed("t1 0 invoke op=create \"a\"\nt1 0 sysfs_add \"a\"\n"));
  EXPECT_TRUE(judge.judge(parsed("t1 0 cache_create_failed \"b\"\n")).clean());
}

TEST(Judge, TruncatedTraceIsCleanWhateverItHolds) {
  EXPECT_TRUE(judge(parsed("truncated 4\n" + kTwice)).clean());
  EXPECT_TRUE(judge(parsed("world native\ntruncated 4\n" + kTwice)).clean());
}

TEST(Judge, DeadlockCountsEvenInATruncatedTrace) {
  Verdict verdict = judge(parsed("truncated 4\n" + kTwice + "t0 - deadlock \"t1 waits\"\n"));
  EXPECT_EQ(verdict.rule, Rule::kProgressDeadlock);
  EXPECT_EQ(verdict.event, 4u);
}

TEST(Judge, BehindTheEndOnlyEndingsCount) {
  EXPECT_TRUE(judge(parsed(kPrefix + "t0 - end\nt1 2 slab_free object=0x10000 cache=1 "
                                     "bytes=4096\n"))
                  .clean());
  EXPECT_EQ(judge(parsed(kPrefix + "t0 - end\nt1 2 check_failed \"x\"\n")).rule,
            Rule::kCheckFailed);
}

TEST(Judge, NativeTraceIsJudgedByWhatOneEventDecides) {
  const std::string native = "world native\n";
  EXPECT_EQ(judge(parsed(native + "t1 0 content object=0x1000\n")).rule, Rule::kAllocContentKept);
  EXPECT_EQ(judge(parsed(native + "t1 0 content object=0x1000 flags=zeroed\n")).rule,
            Rule::kAllocZeroed);
  EXPECT_EQ(judge(parsed(native + "t1 0 alloc object=0x1004 bytes=64 align=8\n")).rule,
            Rule::kAllocAligned);
  EXPECT_EQ(judge(parsed(native + "t1 0 read object=0x1000 section=1\n")).rule,
            Rule::kRcuContentKept);
  EXPECT_EQ(judge(parsed(native + "t1 0 return op=alloc result=1\n")).rule,
            Rule::kAllocFailureHasCause);
  EXPECT_EQ(judge(parsed(native + "t1 0 return op=kfree_rcu result=1\n")).rule,
            Rule::kFaultNeverFails);
}

TEST(Judge, NativeTraceIsNotJudgedByOrder) {
  // No slab, no cache, frees before allocations: stamps may lie that way, and nothing is wrong.
  EXPECT_TRUE(judge(parsed("world native\nt1 0 free object=0x1000 time=1\n"
                           "t2 1 alloc object=0x1000 bytes=64 align=8 time=2\n"
                           "t2 2 reclaimed object=0x2000 time=3\n"
                           "t0 - quiescent after=barrier time=4\n"))
                  .clean());
}

TEST(Judge, NativeOverlapInTimeIsFoundByStamps) {
  Verdict verdict =
      judge(parsed("world native\n"
                   "t1 0 alloc object=0x1000 bytes=64 align=8 time=1\n"
                   "t2 1 alloc object=0x1000 bytes=64 align=8 time=2\n"
                   "t1 2 free object=0x1000 time=3\n"));
  EXPECT_EQ(verdict.rule, Rule::kAllocDisjoint);
  EXPECT_EQ(verdict.event, 1u);
}

TEST(Judge, RunHashCoversTheVerdict) {
  Trace trace = parsed(kTwice);
  Verdict verdict = judge(trace);
  uint64_t hash = run_hash(trace, verdict);
  EXPECT_EQ(hash, run_hash(trace, judge(trace)));
  verdict.explanation = "other words, same finding";
  EXPECT_EQ(hash, run_hash(trace, verdict));
  verdict.event = 2;
  EXPECT_NE(hash, run_hash(trace, verdict));
  EXPECT_NE(hash, run_hash(trace, Verdict{}));
}

// A recorder with a mistake must not take the judge down: any fields in any order are survived.
TEST(Judge, SurvivesTracesThatMakeNoSense) {
  uint64_t state = 88172645463325252u;
  auto random = [&](uint64_t below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state >> 20) % below;
  };
  Judge judge;
  unsigned clean = 0;
  for (unsigned round = 0; round < 20000; ++round) {
    Trace trace;
    trace.sim = random(4) != 0;
    trace.async_destroy = random(2) == 0;
    trace.legacy_destroy = random(3) == 0;
    trace.texts = {"a", "b"};
    for (uint64_t i = random(30); i > 0; --i) {
      Event event;
      event.kind = static_cast<EventKind>(random(kEventKinds));
      event.thread = static_cast<uint8_t>(random(2) == 0 ? random(3) : random(256));
      event.flags = static_cast<uint16_t>(random(256));
      event.op = static_cast<uint32_t>(random(4));
      event.cache = static_cast<uint32_t>(random(8) == 0 ? ~uint64_t{0} : random(3));
      event.text = static_cast<uint32_t>(random(5));
      event.object = random(8) == 0 ? ~uint64_t{0} - random(3) : 0x1000 * random(4);
      event.a = random(8) == 0 ? ~uint64_t{0} : random(12);
      event.b = random(3);
      event.time = random(20);
      trace.events.push_back(event);
    }
    Verdict verdict = judge.judge(trace);
    clean += verdict.clean();
    ASSERT_EQ(judge.run_hash(trace, verdict), run_hash(trace, verdict));
    ASSERT_LT(static_cast<unsigned>(verdict.rule), kRuleCount);
  }
  EXPECT_GT(clean, 100u);
}

TEST(Rule, IdsAndSentences) {
  EXPECT_STREQ(rule_id(Rule::kNone), "clean");
  EXPECT_STREQ(rule_id(Rule::kRcuTooEarly), "RCU-1");
  EXPECT_STREQ(rule_text(Rule::kCountBounds), "live + pending <= objects <= total_objects.");
}

}  // namespace
}  // namespace slabbed::conf
