// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// judge.h - a trace in, a verdict out. Knows no allocator and runs nothing.
#ifndef SLABBED_CONFORMANCE_ORACLE_JUDGE_H
#define SLABBED_CONFORMANCE_ORACLE_JUDGE_H

#include <string>

#include "conformance/oracle/interval.h"
#include "conformance/oracle/model.h"
#include "conformance/oracle/rule.h"
#include "conformance/trace/event.h"
#include "conformance/trace/hash.h"

namespace slabbed::conf {

struct Verdict {
  Rule rule = Rule::kNone;      // kNone: clean
  size_t event = 0;             // index of the event that broke the rule
  std::string explanation;      // one or two sentences; objects by operation, never by address
  bool clean() const { return rule == Rule::kNone; }
};

// The first broken rule in trace order. Sim traces: exact. Native traces: the rules that one event
// decides, then the intervals. Of a truncated trace, and behind kEnd, only a deadlock, the step
// bound and failed checks count: what is missing might excuse everything else.
// A Judge keeps its memory from trace to trace; one thread at a time.
class Judge {
 public:
  Verdict judge(const Trace &trace);
  // What the run is compared by between builds: the trace's hash and the verdict.
  uint64_t run_hash(const Trace &trace, const Verdict &verdict);

 private:
  bool judge_events(const Trace &trace, Verdict &verdict);

  Model model_;
  IntervalCheck intervals_;
  TraceHasher hasher_;
};

// The same with a Judge of its own.
Verdict judge(const Trace &trace);
uint64_t run_hash(const Trace &trace, const Verdict &verdict);

}  // namespace slabbed::conf
#endif  // SLABBED_CONFORMANCE_ORACLE_JUDGE_H
