// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// exec_bed.h - what tests of the executor share: a program as text, run, and its trace asked.
#ifndef SLABBED_FUZZ_TESTS_EXEC_BED_H
#define SLABBED_FUZZ_TESTS_EXEC_BED_H

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fuzz/exec/report.h"
#include "fuzz/exec/run_result.h"
#include "fuzz/exec/unit.h"
#include "fuzz/program/text.h"

namespace slabbed::fuzz {

inline Program program_of(const std::string &lines) {
  TextProgram text;
  std::string error;
  EXPECT_TRUE(parse_text("# slabbed program v1\n" + lines, "test", &text, &error)) << error;
  return text.program;
}

// A run that its test owns: events by kind, and by operation.
struct Ran {
  RunResult result;

  std::vector<conf::Event> events(conf::EventKind kind) const {
    std::vector<conf::Event> found;
    for (const conf::Event &event : result.trace.events) {
      if (event.kind == kind) found.push_back(event);
    }
    return found;
  }
  size_t count(conf::EventKind kind) const { return events(kind).size(); }
  // What operation `op` was recorded as: kOpOther if it did nothing.
  uint64_t type_of(uint32_t op) const {
    for (const conf::Event &event : events(conf::EventKind::kInvoke)) {
      if (event.op == op) return event.a;
    }
    ADD_FAILURE() << "operation " << op << " left no trace";
    return conf::kOpOther;
  }
  conf::Event return_of(uint32_t op) const {
    for (const conf::Event &event : events(conf::EventKind::kReturn)) {
      if (event.op == op) return event;
    }
    ADD_FAILURE() << "operation " << op << " did not return";
    return {};
  }
  size_t position(conf::EventKind kind, uint32_t op) const {
    const auto &all = result.trace.events;
    for (size_t i = 0; i < all.size(); ++i) {
      if (all[i].kind == kind && all[i].op == op) return i;
    }
    ADD_FAILURE() << "no such event of operation " << op;
    return 0;
  }
  bool reported(const std::string &part) const {
    for (const std::string &line : result.report_lines) {
      if (line.find(part) != std::string::npos) return true;
    }
    return false;
  }
};

template <class SomeRunner>
Ran run_text(SomeRunner &runner, const std::string &lines) {
  Ran ran{runner.run(program_of(lines))};
  EXPECT_TRUE(ran.result.clean()) << ran.result.verdict.explanation;
  return ran;
}

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_TESTS_EXEC_BED_H
