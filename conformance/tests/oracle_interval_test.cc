// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// The native check: certain intervals in address and time.
// Method: a few stamped events each; then random correct histories, shrunk as stamps shrink them,
// which must stay clean, and the same with one object handed out twice, which must not.
#include "conformance/oracle/interval.h"

#include <algorithm>
#include <map>

#include "gtest/gtest.h"

namespace slabbed::conf {
namespace {

struct History {
  Trace trace;
  History &add(EventKind kind, uint8_t thread, uint64_t time, uint64_t object = 0, uint64_t a = 0) {
    Event event;
    event.kind = kind;
    event.thread = thread;
    event.op = static_cast<uint32_t>(trace.events.size());
    event.time = time;
    event.object = object;
    event.a = a;
    trace.events.push_back(event);
    return *this;
  }
  History &alloc(uint8_t thread, uint64_t time, uint64_t object, uint64_t bytes = 64) {
    return add(EventKind::kAlloc, thread, time, object, bytes);
  }
  History &free(uint8_t thread, uint64_t time, uint64_t object) {
    return add(EventKind::kFree, thread, time, object);
  }
  History &kfree_rcu(uint8_t thread, uint64_t time, uint64_t object) {
    return add(EventKind::kKfreeRcu, thread, time, object);
  }
  History &lock(uint8_t thread, uint64_t time) {
    return add(EventKind::kReaderLock, thread, time, 0, 1);
  }
  History &unlock(uint8_t thread, uint64_t time) {
    return add(EventKind::kReaderUnlock, thread, time, 0, 1);
  }
  Rule judged() {
    trace.sim = false;
    auto earlier = [](const Event &x, const Event &y) {
      return x.time != y.time ? x.time < y.time : x.op < y.op;
    };
    std::sort(trace.events.begin(), trace.events.end(), earlier);  // total order
    IntervalCheck::Finding finding;
    IntervalCheck check;
    bool found = check.check(trace, finding);
    EXPECT_EQ(found, finding.rule != Rule::kNone);
    EXPECT_EQ(found, !finding.explanation.empty());
    return finding.rule;
  }
};

TEST(Interval, ReuseAfterTheFreeBeganIsClean) {
  EXPECT_EQ(History().alloc(1, 10, 0x1000).free(1, 20, 0x1000).alloc(2, 21, 0x1000).judged(),
            Rule::kNone);
}

TEST(Interval, ReuseBeforeTheFreeBeganIsNot) {
  EXPECT_EQ(History().alloc(1, 10, 0x1000).alloc(2, 19, 0x1000).free(1, 20, 0x1000).judged(),
            Rule::kAllocDisjoint);
}

TEST(Interval, NeverFreedObjectIsHeldForEver) {
  EXPECT_EQ(History().alloc(1, 10, 0x1000).alloc(2, 1000000, 0x1000).judged(),
            Rule::kAllocDisjoint);
}

TEST(Interval, TouchingInTimeOrAddressIsNoOverlap) {
  EXPECT_EQ(History().alloc(1, 10, 0x1000).free(1, 20, 0x1000).alloc(2, 20, 0x1000).judged(),
            Rule::kNone);
  EXPECT_EQ(History().alloc(2, 20, 0x1000).alloc(1, 10, 0x1000).free(1, 20, 0x1000).judged(),
            Rule::kNone);
  EXPECT_EQ(History().alloc(1, 10, 0x1000, 64).alloc(2, 11, 0x1040, 64).judged(), Rule::kNone);
}

TEST(Interval, PartialOverlapInAddressIsFound) {
  EXPECT_EQ(History().alloc(1, 10, 0x1000, 64).alloc(2, 11, 0x103f, 64).judged(),
            Rule::kAllocDisjoint);
  EXPECT_EQ(History().alloc(1, 10, 0x1000, 64).alloc(2, 11, 0x0fff, 2).judged(),
            Rule::kAllocDisjoint);
}

TEST(Interval, WholeLifesWithinOneStampAreClean) {
  EXPECT_EQ(History()
                .alloc(1, 10, 0x1000)
                .free(1, 10, 0x1000)
                .alloc(2, 10, 0x2000)
                .free(2, 10, 0x2000)
                .alloc(3, 11, 0x1000)
                .judged(),
            Rule::kNone);
}

TEST(Interval, KfreeRcuWithoutReadersFreesAtOnce) {
  EXPECT_EQ(History().alloc(1, 10, 0x1000).kfree_rcu(1, 20, 0x1000).alloc(2, 21, 0x1000).judged(),
            Rule::kNone);
}

TEST(Interval, ReaderOpenAtKfreeRcuProtectsUntilItCloses) {
  EXPECT_EQ(History()
                .alloc(1, 10, 0x1000)
                .lock(2, 15)
                .kfree_rcu(1, 20, 0x1000)
                .alloc(3, 29, 0x1000)
                .unlock(2, 30)
                .judged(),
            Rule::kRcuTooEarly);
  EXPECT_EQ(History()
                .alloc(1, 10, 0x1000)
                .lock(2, 15)
                .kfree_rcu(1, 20, 0x1000)
                .unlock(2, 30)
                .alloc(3, 31, 0x1000)
                .judged(),
            Rule::kNone);
}

TEST(Interval, ReaderThatOpensLaterProtectsNothing) {
  EXPECT_EQ(History()
                .alloc(1, 10, 0x1000)
                .kfree_rcu(1, 20, 0x1000)
                .lock(2, 21)
                .alloc(3, 29, 0x1000)
                .unlock(2, 30)
                .judged(),
            Rule::kNone);
}

TEST(Interval, LongestOfSeveralReadersDecides) {
  EXPECT_EQ(History()
                .alloc(1, 10, 0x1000)
                .lock(2, 11)
                .lock(3, 12)
                .kfree_rcu(1, 20, 0x1000)
                .unlock(3, 25)
                .alloc(1, 28, 0x1000)
                .unlock(2, 30)
                .judged(),
            Rule::kRcuTooEarly);
}

TEST(Interval, ReaderThatNeverClosesProtectsForEver) {
  EXPECT_EQ(History()
                .alloc(1, 10, 0x1000)
                .lock(2, 15)
                .kfree_rcu(1, 20, 0x1000)
                .alloc(3, 1000, 0x1000)
                .judged(),
            Rule::kRcuTooEarly);
}

TEST(Interval, ManyProtectedObjectsExpireInTheirOwnTime) {
  History history;
  for (uint8_t t = 1; t <= 20; ++t) history.lock(t, t);
  for (uint64_t i = 1; i <= 20; ++i) {
    history.alloc(30, 30, 0x1000 * i).kfree_rcu(30, 40, 0x1000 * i);
  }
  for (uint8_t t = 1; t <= 20; ++t) history.unlock(t, 100 + t);
  for (uint64_t i = 1; i <= 20; ++i) history.alloc(30, 121, 0x1000 * i);
  EXPECT_EQ(history.judged(), Rule::kNone);
}

// One thread's truth, many threads' stamps: an object lives in [alloc, free], and its certain
// interval is somewhat shorter.
class RandomHistory {
 public:
  explicit RandomHistory(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 7) {}
  History make(bool broken) {
    History history;
    std::map<uint64_t, uint64_t> free_since;  // address -> when it may be handed out again
    unsigned break_at = broken ? 50 + static_cast<unsigned>(random(100)) : ~0u;
    for (unsigned i = 0; i < 200; ++i) {
      uint64_t address = 0x1000 + 64 * random(8);
      uint64_t start = free_since[address] + 1 + random(20);
      auto thread = static_cast<uint8_t>(1 + random(4));
      uint64_t life = 40 + random(50);
      history.alloc(thread, start + random(10), address);
      history.free(thread, start + life - random(10), address);
      free_since[address] = start + life;
      if (i == break_at) history.alloc(9, start + 20, address + 8, 8);
    }
    return history;
  }

 private:
  uint64_t random(uint64_t below) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return (state_ >> 20) % below;
  }
  uint64_t state_;
};

TEST(Interval, RandomCorrectHistoriesAreCleanAndBrokenOnesAreNot) {
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    ASSERT_EQ(RandomHistory(seed).make(false).judged(), Rule::kNone) << seed;
    ASSERT_EQ(RandomHistory(seed).make(true).judged(), Rule::kAllocDisjoint) << seed;
  }
}

TEST(Interval, ReusedCheckRemembersNothing) {
  IntervalCheck check;
  IntervalCheck::Finding finding;
  History one;
  one.alloc(1, 10, 0x1000).lock(2, 11).kfree_rcu(1, 12, 0x1000);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(check.check(one.trace, finding));
}

}  // namespace
}  // namespace slabbed::conf
