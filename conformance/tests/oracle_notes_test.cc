// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// Notes: mistakes of the program that no rule judges, named all the same.
#include "conformance/oracle/notes.h"

#include "conformance/oracle/judge.h"
#include "conformance/trace/parse.h"
#include "gtest/gtest.h"

namespace slabbed::conf {
namespace {

const std::string kDestroyed = R"(t1 0 cache_create cache=1 size=64 slab_size=64 "a"
t1 1 slab_new object=0x10000 cache=1 bytes=4096 objects=64
t1 1 alloc object=0x10000 cache=1 bytes=64 align=8
t1 2 alloc object=0x10040 cache=1 bytes=64 align=8
t1 5 invoke op=destroy cache=1
t1 5 cache_dying cache=1
t1 5 cache_linger cache=1
)";
const std::string kReturned = "t1 5 return op=destroy\n";

std::vector<Note> notes_of(const std::string &text) {
  Trace trace;
  std::string error;
  EXPECT_TRUE(parse_trace(text, trace, &error)) << error;
  EXPECT_TRUE(judge(trace).clean()) << judge(trace).explanation;
  return notes_on(trace);
}

TEST(Notes, LateFreeIsNamed) {
  std::vector<Note> notes = notes_of(kDestroyed + kReturned + "t2 6 free object=0x10000 cache=1\n");
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_EQ(notes[0].event, 8u);
  EXPECT_EQ(notes[0].text,
            "Late free of object 0 of operation 1: cache 1 \"a\" had been destroyed.");
}

TEST(Notes, LateKfreeRcuAndLateAllocationAreNamed) {
  std::vector<Note> notes = notes_of(kDestroyed + kReturned +
                                     "t2 6 kfree_rcu object=0x10000\n"
                                     "t2 7 alloc object=0x10080 cache=1 bytes=64 align=8\n");
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_EQ(notes[0].text.rfind("Late kfree_rcu() of object 0 of operation 1", 0), 0u);
  EXPECT_EQ(notes[1].text, "Late allocation: cache 1 \"a\" had been destroyed.");
}

TEST(Notes, FreeBesideARunningDestroyIsNotLate) {
  EXPECT_TRUE(notes_of(kDestroyed + "t2 6 free object=0x10000 cache=1\n" + kReturned).empty());
}

TEST(Notes, LeakReportIsToldByOperation) {
  std::vector<Note> notes = notes_of(kDestroyed + kReturned +
                                     "t17 - leaked_object cache=1 object=0x10000\n"
                                     "t17 - leaked_object cache=1 object=0x10040\n"
                                     "t17 - cache_leaked cache=1 objects=2\n");
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_EQ(notes[1].text, "Leaked: object 0 of operation 2, cache 1 \"a\".");
}

}  // namespace
}  // namespace slabbed::conf
