// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// exec_native_test.cc - the same programs on real threads and real RCU: operations mean the same,
// and the interval oracle finds nothing in what a correct allocator does.
#include "fuzz/exec/native_run.h"

#include "fuzz/program/generate.h"
#include "fuzz/tests/exec_bed.h"

namespace slabbed::fuzz {
namespace {

using conf::EventKind;

TEST(Native, ProgramsDoWhatTheirListSays) {
  NativeRunner runner;
  Ran ran = run_text(runner, "t1: c0 = kmem_cache_create(\"a\", 64)\n"
                             "t2: o0 = kmem_cache_alloc(c0)\n"
                             "t3: rcu_assign_pointer(p0, o0)\n"
                             "t3: o1 = kmem_cache_alloc(c0)\n"
                             "t4: kfree_rcu(o1)\n"
                             "t1: kmem_cache_destroy(c0)\n");
  EXPECT_FALSE(ran.result.trace.sim);
  EXPECT_EQ(ran.count(EventKind::kAlloc), 2u);
  EXPECT_EQ(ran.count(EventKind::kKfreeRcu), 1u);
  EXPECT_TRUE(ran.reported("Objects remaining"));  // what was published is never freed
}

TEST(Native, StampsOfAThreadRiseWithItsOperations) {
  NativeRunner runner;
  Ran ran = run_text(runner, "t1: o0 = kmalloc(64)\n"
                             "t1: kfree(o0)\n"
                             "t1: o0 = kmalloc(64)\n");
  const std::vector<conf::Event> &events = ran.result.trace.events;
  ASSERT_GE(events.size(), 9u);
  for (size_t i = 1; i < events.size(); ++i) EXPECT_LE(events[i - 1].time, events[i].time);
}

TEST(Native, CallbacksRecordOnAThreadOfTheirOwn) {
  NativeRunner runner;
  Ran ran = run_text(runner, "t1: o0 = kmalloc(64)\n"
                             "t1: rcu_assign_pointer(p0, o0)\n"
                             "t1: call_rcu(rcu_replace_pointer(p0, o1))\n"
                             "t1: rcu_barrier()\n");
  std::vector<conf::Event> frees = ran.events(EventKind::kFree);
  ASSERT_EQ(frees.size(), 1u);
  EXPECT_EQ(frees[0].op, conf::kNoOperation);
}

TEST(Native, GeneratedProgramsAreClean) {
  NativeRunner runner;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    const RunResult &result = runner.run(generate(seed));
    ASSERT_TRUE(result.clean()) << "seed " << seed << ": " << result.verdict.explanation;
    ASSERT_EQ(result.trace.truncated_at, 0u);
  }
}

}  // namespace
}  // namespace slabbed::fuzz
