// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// The hash tells runs apart by what happened, and only by that.
// Method: one trace, one change at a time.
#include "conformance/trace/hash.h"

#include <set>

#include "conformance/trace/parse.h"
#include "gtest/gtest.h"

namespace slabbed::conf {
namespace {

constexpr const char *kStory = R"trace(t1 0 invoke op=alloc cache=1
t1 0 slab_new object=0x10000 cache=1 bytes=4096 objects=64
t1 0 alloc object=0x10000 cache=1 bytes=64 align=8
t1 0 alloc object=0x10040 cache=1 bytes=64 align=8
t1 0 return op=alloc
t2 1 reader_lock section=1
t1 2 invoke op=kfree_rcu
t1 2 kfree_rcu object=0x10040
t1 2 return op=kfree_rcu
t33 - gp_start gp=1
t2 3 reader_unlock section=1
t33 - gp_end gp=1
t16 - reclaimed object=0x10040
t0 - report "BUG a (Not tainted): Objects remaining on __kmem_cache_shutdown()"
t0 - counters cache=1 objects=1 total=64 slabs=1 per_slab=64
t0 - end
)trace";

Trace story() {
  Trace trace;
  std::string error;
  EXPECT_TRUE(parse_trace(kStory, trace, &error)) << error;
  return trace;
}

TEST(TraceHash, DoesNotDependOnAddresses) {
  Trace moved = story();
  for (Event &event : moved.events) {
    if (event.object != 0) event.object += 0x7e9000000000;
  }
  EXPECT_EQ(hash_trace(moved), hash_trace(story()));
}

TEST(TraceHash, DoesNotDependOnStamps) {
  Trace stamped = story();
  for (size_t i = 0; i < stamped.events.size(); ++i) stamped.events[i].time = 1000 + i;
  EXPECT_EQ(hash_trace(stamped), hash_trace(story()));
}

TEST(TraceHash, DependsOnWhichObjectIsMeant) {
  Trace other = story();
  for (Event &event : other.events) {
    if (event.kind == EventKind::kReclaimed) event.object = 0x10000;
  }
  EXPECT_NE(hash_trace(other), hash_trace(story()));
}

TEST(TraceHash, DependsOnEveryFieldOfEveryEvent) {
  std::set<uint64_t> hashes{hash_trace(story())};
  size_t variants = 1;
  auto add = [&](const Trace &trace) {
    hashes.insert(hash_trace(trace));
    ++variants;
  };
  for (size_t i = 0; i + 1 < story().events.size(); ++i) {
    Trace trace = story();
    trace.events[i].thread ^= 3;
    add(trace);
    trace = story();
    trace.events[i].op ^= 64;
    // The op of an allocation also renames its objects, which is a change just the same.
    add(trace);
    trace = story();
    trace.events[i].a ^= 1024;
    add(trace);
    trace = story();
    trace.events[i].b ^= 1024;
    add(trace);
    trace = story();
    trace.events[i].c ^= 1024;
    add(trace);
    trace = story();
    trace.events[i].cache ^= 1024;
    add(trace);
    trace = story();
    trace.events[i].flags ^= kMayFail;
    add(trace);
  }
  EXPECT_EQ(hashes.size(), variants);
}

TEST(TraceHash, DependsOnOrderAndOnText) {
  Trace swapped = story();
  std::swap(swapped.events[9], swapped.events[10]);
  EXPECT_NE(hash_trace(swapped), hash_trace(story()));
  Trace reworded = story();
  reworded.texts[0] += "!";
  EXPECT_NE(hash_trace(reworded), hash_trace(story()));
}

TEST(TraceHash, IgnoresWhatComesAfterTheEnd) {
  Trace longer = story();
  longer.events.push_back(longer.events[0]);
  EXPECT_EQ(hash_trace(longer), hash_trace(story()));
}

// Fixed for ever: hashes of two lanes are compared by other programs than this one.
TEST(TraceHash, OfTheEmptyTraceAndOfTextsIsFixed) {
  EXPECT_EQ(hash_trace(Trace{}), 12638153104808500667u);
  Hash64 hash;
  hash.text("RCU-1");
  EXPECT_EQ(hash.value(), 16085313536744548460u);
}

TEST(TraceHash, ReusedHasherGivesTheSameValue) {
  TraceHasher hasher;
  Hash64 first, second;
  hasher.add(story(), first);
  hasher.add(story(), second);
  EXPECT_EQ(first.value(), second.value());
  EXPECT_EQ(first.value(), hash_trace(story()));
}

}  // namespace
}  // namespace slabbed::conf
