// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// The text form of a trace: what is printed parses back, and mistakes are named by line.
#include "conformance/trace/format.h"
#include "conformance/trace/parse.h"
#include "conformance/trace/print.h"
#include "gtest/gtest.h"

namespace slabbed::conf {
namespace {

Trace parsed(const std::string &text) {
  Trace trace;
  std::string error;
  EXPECT_TRUE(parse_trace(text, trace, &error)) << error;
  return trace;
}

std::string error_of(const std::string &text) {
  Trace trace;
  std::string error;
  EXPECT_FALSE(parse_trace(text, trace, &error)) << text;
  return error;
}

TEST(TraceText, EveryKindWithEveryFieldComesBack) {
  Trace trace;
  trace.texts = {"plain", "with \"quotes\", a \\ and a\nnewline"};
  for (unsigned kind = 0; kind < kEventKinds; ++kind) {
    Event event;
    event.kind = static_cast<EventKind>(kind);
    event.thread = 255;
    event.flags = 0xff;
    event.op = kind % 2 == 0 ? kNoOperation : 7;
    event.cache = 3;
    event.text = 1 + kind % 2;
    event.object = 0x7e9000001040;
    event.a = 2;
    event.b = 5;
    event.c = 6;
    event.d = ~uint64_t{0};
    event.time = 99;
    trace.events.push_back(event);
  }
  Trace again = parsed(print_trace(trace));
  ASSERT_EQ(again.events.size(), trace.events.size());
  for (size_t i = 0; i < trace.events.size(); ++i) {
    EXPECT_EQ(again.texts[again.events[i].text - 1], trace.texts[trace.events[i].text - 1]);
    again.events[i].text = trace.events[i].text;
    EXPECT_EQ(again.events[i], trace.events[i]) << kind_format(trace.events[i].kind).name;
  }
}

TEST(TraceText, HeaderSaysWorldGenerationAndDrain) {
  Trace trace = parsed("world native\ndestroy legacy\ndrain 77\ntruncated 5\n");
  EXPECT_FALSE(trace.sim);
  EXPECT_TRUE(trace.legacy_destroy);
  EXPECT_FALSE(trace.async_destroy);
  EXPECT_EQ(trace.drain_jiffies, 77u);
  EXPECT_EQ(trace.truncated_at, 5u);
  EXPECT_EQ(print_trace(trace), "world native\ndestroy legacy\ndrain 77\ntruncated 5\n");
}

TEST(TraceText, CommentsBlankLinesAndCarriageReturnsAreSkipped) {
  Trace trace = parsed("# a comment\r\n\r\n  # another\nt1 0 reader_lock section=1\r\n");
  ASSERT_EQ(trace.events.size(), 1u);
  EXPECT_EQ(trace.events[0].kind, EventKind::kReaderLock);
  EXPECT_EQ(trace.events[0].a, 1u);
}

TEST(TraceText, OneEventIsOneReadableLine) {
  Trace trace = parsed(
      "t1 7 alloc object=0x10040 cache=1 bytes=64 align=8 flags=zeroed\n"
      "t17 - reclaimed object=0x10040\n");
  std::string by_name = print_trace(trace, Objects::kByName);
  EXPECT_NE(by_name.find("t1 7 alloc object=7.0 cache=1 bytes=64 align=8 flags=zeroed\n"),
            std::string::npos)
      << by_name;
  EXPECT_NE(by_name.find("t17 - reclaimed object=7.0\n"), std::string::npos) << by_name;
  EXPECT_EQ(by_name.find("0x"), std::string::npos);
}

TEST(TraceText, UnknownObjectsAndSlabsHaveNoAddressEither) {
  Trace trace = parsed(
      "t1 7 slab_new object=0x10000 cache=1 bytes=4096 objects=64\n"
      "t1 8 free object=0x99000\n");
  std::string by_name = print_trace(trace, Objects::kByName);
  EXPECT_NE(by_name.find("object=slab0"), std::string::npos) << by_name;
  EXPECT_NE(by_name.find("object=unknown"), std::string::npos) << by_name;
}

TEST(TraceText, MistakesAreNamedWithTheirLine) {
  EXPECT_EQ(error_of("t1 0 free\nhello 1 2\n"),
            "line 2: expected a thread (t1) or a header, found 'hello'");
  EXPECT_EQ(error_of("t256 0 free\n"), "line 1: expected a thread (t1) or a header, found 't256'");
  EXPECT_EQ(error_of("t1 x free\n"), "line 1: expected an operation number or -, found 'x'");
  EXPECT_EQ(error_of("t1 0 fre\n"), "line 1: unknown event 'fre'");
  EXPECT_EQ(error_of("t1 0 free bytes=3\n"), "line 1: cannot read 'bytes=3' of free");
  EXPECT_EQ(error_of("t1 0 free object=0x\n"), "line 1: cannot read 'object=0x' of free");
  EXPECT_EQ(error_of("t1 0 free object=12z\n"), "line 1: cannot read 'object=12z' of free");
  EXPECT_EQ(error_of("t1 0 free cache=4294967296\n"),
            "line 1: cannot read 'cache=4294967296' of free");
  EXPECT_EQ(error_of("t1 0 free flags=zeroed,odd\n"),
            "line 1: cannot read 'flags=zeroed,odd' of free");
  EXPECT_EQ(error_of("t1 0 invoke op=dance\n"), "line 1: cannot read 'op=dance' of invoke");
  EXPECT_EQ(error_of("t1 0 report \"open\n"),
            "line 1: text does not end with a quote at the end of the line");
  EXPECT_EQ(error_of("world moon\n"), "line 1: cannot read the value of 'world'");
  EXPECT_EQ(error_of("destroy never\n"), "line 1: cannot read the value of 'destroy'");
}

TEST(TraceText, NumbersUpTo64BitsAreExact) {
  Trace trace = parsed(
      "t1 0 pages pages=18446744073709551615\n"
      "t1 0 pages pages=0xffffffffffffffff\n");
  EXPECT_EQ(trace.events[0].a, ~uint64_t{0});
  EXPECT_EQ(trace.events[1].a, ~uint64_t{0});
  EXPECT_EQ(error_of("t1 0 pages pages=18446744073709551616\n"),
            "line 1: cannot read 'pages=18446744073709551616' of pages");
}

}  // namespace
}  // namespace slabbed::conf
