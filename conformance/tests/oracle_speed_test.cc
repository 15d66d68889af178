// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// What judging costs. Goal: 5 us for a trace of 60 events, so that 20,000 executions/s stay
// possible. The bound that fails is far above it: load and sanitizers must not make it fail.
#include <cstdio>

#include "conformance/oracle/judge.h"
#include "conformance/tests/abstract_run.h"
#include "conformance/trace/recorder.h"
#include "conformance/trace/stamp.h"
#include "gtest/gtest.h"

namespace slabbed::conf {
namespace {

// The best of several rounds of `repeat` calls, in nanoseconds a call.
template <typename Fn>
double best_ns(unsigned repeat, Fn fn) {
  double best = 1e18;
  for (int round = 0; round < 7; ++round) {
    uint64_t start = steady_stamp();
    for (unsigned i = 0; i < repeat; ++i) fn();
    double ns = static_cast<double>(steady_stamp() - start) / repeat;
    if (ns < best) best = ns;
  }
  return best;
}

// A run of about `wanted` events, cut from a correct one.
Trace trace_of(size_t wanted) {
  for (uint64_t seed = 1;; ++seed) {
    Trace trace = AbstractRun(seed, Generation::kAsync, Fault::kNone).run();
    if (trace.events.size() < wanted || trace.events.size() > wanted + wanted / 10) continue;
    return trace;
  }
}

TEST(Speed, JudgingASmallTraceTakesMicroseconds) {
  Judge judge;
  for (size_t wanted : {60, 200}) {
    Trace trace = trace_of(wanted);
    double judging = best_ns(2000, [&] { ASSERT_TRUE(judge.judge(trace).clean()); });
    volatile uint64_t sink = 0;
    double hashing = best_ns(2000, [&] { sink = judge.run_hash(trace, Verdict{}); });
    SimRecorder recorder;
    Trace copy;
    double recording = best_ns(2000, [&] {
      recorder.begin();
      for (const Event &event : trace.events) recorder.put(event);
      recorder.finish(copy);
    });
    std::printf("%zu events: judge %.2f us, hash %.2f us, record %.2f us\n", trace.events.size(),
                judging / 1000, hashing / 1000, recording / 1000);
    EXPECT_LT(judging, 200.0 * 1000);
  }
}

}  // namespace
}  // namespace slabbed::conf
