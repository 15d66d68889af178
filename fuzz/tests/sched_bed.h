// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// sched_bed.h - runs small programs under the simulator for the tests of the scheduler.
//
// A test gives one function per program thread and a strategy; note() writes what happened, in
// order, into a log that TSan does not see. Every run is repeated from its recorded preemptions,
// and the log and the steps must come out the same: so each test also tests replay.
#ifndef SLABBED_FUZZ_TESTS_SCHED_BED_H
#define SLABBED_FUZZ_TESTS_SCHED_BED_H

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "fuzz/sched/bytes_strategy.h"
#include "fuzz/sched/random_strategy.h"
#include "fuzz/sched/replay_strategy.h"
#include "fuzz/sched/simulation.h"

namespace slabbed::sched {

using Body = std::function<void()>;
using Record = BytesStrategy::Record;

struct Result {
  Outcome outcome{};
  std::vector<std::string> log;
  std::vector<Preemption> taken;
  uint32_t steps = 0;
  std::string message, report;
};

struct Bed {
  Options options;
  Body before;            // on the init fiber, before the threads start; resets what they share
  Body after;             // on the init fiber, after they have been joined
  bool log_events = false;
  bool check_replay = true;

  std::vector<Body> threads;
  std::vector<std::string> log;

  static inline Bed *active = nullptr;

  Result run(Strategy &strategy) {
    Result first = run_once(strategy);
    if (!check_replay) return first;
    ReplayStrategy replay(first.taken);
    Result second = run_once(replay);
    EXPECT_EQ(second.outcome, first.outcome);
    EXPECT_EQ(second.log, first.log);
    EXPECT_EQ(second.steps, first.steps);
    EXPECT_EQ(second.message, first.message);
    EXPECT_EQ(second.report, first.report);
    EXPECT_EQ(second.taken.size(), first.taken.size());
    EXPECT_EQ(replay.skipped(), 0u);
    return first;
  }

  // The default order with these preemptions.
  Result run(std::vector<Record> records = {}) {
    BytesStrategy strategy(records.data(), records.size());
    return run(strategy);
  }

  Result run_random(uint64_t seed) {
    RandomStrategy strategy(seed);
    return run(strategy);
  }

 private:
  Result run_once(Strategy &strategy) {
    active = this;
    log.clear();
    options.strategy = &strategy;
    begin(options, EventSink{on_event, this});
    Result result;
    result.outcome = sched::run([](void *bed) { static_cast<Bed *>(bed)->init(); }, this);
    result.taken = taken();
    result.steps = steps();
    result.message = check_message();
    result.report = deadlock_report();
    end();
    result.log = std::move(log);
    active = nullptr;
    return result;
  }

  void init() {
    if (before) before();
    for (unsigned i = 0; i < threads.size(); i++) {
      spawn(i + 1, [](void *body) { (*static_cast<Body *>(body))(); }, &threads[i]);
    }
    join_all();
    if (after) after();
  }

  static void on_event(void *context, SchedEvent kind, unsigned thread, uint64_t a) {
    static const char *const names[] = {"lock",     "unlock", "gp start", "gp end",
                                        "callback", "clock",  "exit"};
    Bed *bed = static_cast<Bed *>(context);
    if (!bed->log_events) return;
    std::string line = std::to_string(thread) + " " + names[static_cast<unsigned>(kind)];
    if (kind != SchedEvent::kCallback && kind != SchedEvent::kThreadExit) {
      line += " " + std::to_string(a);
    }
    bed->log.push_back(line);
  }
};

// Appends to the log of the running bed. Not a yield point.
inline void note(const std::string &text) {
  unobserved([&] { Bed::active->log.push_back(text); });
}

using Lines = std::vector<std::string>;

}  // namespace slabbed::sched
#endif  // SLABBED_FUZZ_TESTS_SCHED_BED_H
