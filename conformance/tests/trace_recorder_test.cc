// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// Recorders: what is put comes out, in order, and a full buffer is said, not hidden.
#include "conformance/trace/recorder.h"

#include "conformance/trace/stamp.h"
#include "gtest/gtest.h"

namespace slabbed::conf {
namespace {

Event event(EventKind kind, uint8_t thread, uint64_t object, uint64_t time = 0) {
  Event e;
  e.kind = kind;
  e.thread = thread;
  e.op = 4;
  e.object = object;
  e.a = 1;
  e.b = 2;
  e.c = 3;
  e.d = 5;
  e.cache = 6;
  e.flags = kZeroed;
  e.time = time;
  return e;
}

TEST(SimRecorder, KeepsEveryFieldAndTheOrder) {
  SimRecorder recorder(16, 256);
  Event first = event(EventKind::kAlloc, 1, 0x1000);
  Event second = event(EventKind::kFree, 2, 0x1000);
  recorder.put(first);
  recorder.put(second);
  Trace trace;
  recorder.finish(trace);
  ASSERT_EQ(trace.events.size(), 2u);
  EXPECT_EQ(trace.events[0], first);
  EXPECT_EQ(trace.events[1], second);
  EXPECT_TRUE(trace.sim);
  EXPECT_EQ(trace.truncated_at, 0u);
}

TEST(SimRecorder, AddGivesAZeroedEventEvenWhereAnOlderRunWrote) {
  SimRecorder recorder(16, 256);
  recorder.put(event(EventKind::kAlloc, 1, 0x1000));
  recorder.begin();
  Event &added = recorder.add(EventKind::kGpStart, 33);
  added.a = 9;
  Trace trace;
  recorder.finish(trace);
  Event expected;
  expected.kind = EventKind::kGpStart;
  expected.thread = 33;
  expected.op = kNoOperation;
  expected.a = 9;
  ASSERT_EQ(trace.events.size(), 1u);
  EXPECT_EQ(trace.events[0], expected);
}

TEST(SimRecorder, TextsAreCopiedAndNumberedFromOne) {
  SimRecorder recorder(16, 256);
  char name[] = "dentry";
  EXPECT_EQ(recorder.text(name), 1u);
  name[0] = 'x';
  EXPECT_EQ(recorder.text(""), 2u);
  EXPECT_EQ(recorder.text(nullptr), 0u);
  Trace trace;
  recorder.finish(trace);
  ASSERT_EQ(trace.texts.size(), 2u);
  EXPECT_EQ(trace.texts[0], "dentry");
  EXPECT_EQ(trace.texts[1], "");
}

TEST(SimRecorder, FullBufferDropsAndSaysSo) {
  SimRecorder recorder(3, 16);
  for (unsigned i = 0; i < 3; ++i) recorder.put(event(EventKind::kFree, 1, i + 1));
  EXPECT_FALSE(recorder.full());
  recorder.put(event(EventKind::kFree, 1, 4));
  recorder.add(EventKind::kFree, 1).object = 5;
  EXPECT_TRUE(recorder.full());
  Trace trace;
  recorder.finish(trace);
  EXPECT_EQ(trace.events.size(), 3u);
  EXPECT_EQ(trace.truncated_at, 3u);
  recorder.begin();
  EXPECT_FALSE(recorder.full());
}

TEST(SimRecorder, TextThatDoesNotFitIsLeftOut) {
  SimRecorder recorder(3, 16);
  EXPECT_EQ(recorder.text("0123456789"), 1u);
  EXPECT_EQ(recorder.text("0123456789"), 0u);
  EXPECT_EQ(recorder.text("012"), 2u);
  Trace trace;
  recorder.finish(trace);
  ASSERT_EQ(trace.texts.size(), 2u);
  EXPECT_EQ(trace.texts[1], "012");
}

TEST(NativeRecorder, MergesByStampThenByRecorderThenByOrder) {
  NativeRecorder recorder(3, 16);
  recorder.put(2, event(EventKind::kFree, 3, 31, 20));
  recorder.put(0, event(EventKind::kFree, 1, 11, 10));
  recorder.put(0, event(EventKind::kFree, 1, 12, 20));
  recorder.put(0, event(EventKind::kFree, 1, 13, 20));
  recorder.put(1, event(EventKind::kFree, 2, 21, 5));
  Trace trace;
  recorder.finish(trace);
  std::vector<uint64_t> order;
  for (const Event &e : trace.events) order.push_back(e.object);
  EXPECT_EQ(order, (std::vector<uint64_t>{21, 11, 12, 13, 31}));
  EXPECT_FALSE(trace.sim);
}

TEST(NativeRecorder, TextsOfAllRecordersKeepTheirEvents) {
  NativeRecorder recorder(2, 16);
  for (unsigned i = 0; i < 2; ++i) {
    Event e = event(EventKind::kReport, static_cast<uint8_t>(i), 0, 10 - i);
    e.text = recorder.text(i, i == 0 ? "zero" : "one");
    recorder.put(i, e);
  }
  Trace trace;
  recorder.finish(trace);
  EXPECT_EQ(trace.texts[trace.events[0].text - 1], "one");
  EXPECT_EQ(trace.texts[trace.events[1].text - 1], "zero");
}

TEST(NativeRecorder, OneFullBufferTruncatesTheTrace) {
  NativeRecorder recorder(2, 2);
  recorder.put(0, event(EventKind::kFree, 1, 1, 1));
  for (unsigned i = 0; i < 3; ++i) recorder.put(1, event(EventKind::kFree, 2, i, i));
  EXPECT_FALSE(recorder.full(0));
  EXPECT_TRUE(recorder.full(1));
  Trace trace;
  recorder.finish(trace);
  EXPECT_EQ(trace.truncated_at, 3u);
}

TEST(Stamp, NeverGoesBackwardsOnOneThread) {
  uint64_t last = stamp_before();
  for (int i = 0; i < 1000; ++i) {
    uint64_t after = stamp_after();
    ASSERT_LE(last, after);
    last = stamp_before();
    ASSERT_LE(after, last);
  }
}

}  // namespace
}  // namespace slabbed::conf
