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

#include "conformance/oracle/rule.h"
#include "conformance/trace/event.h"

namespace slabbed::conf {

struct Verdict {
  Rule rule = Rule::kNone;      // kNone: clean
  size_t event = 0;             // index of the event that broke the rule
  std::string explanation;      // one or two sentences; objects by operation, never by address
  bool clean() const { return rule == Rule::kNone; }
};

// The first broken rule in trace order. Sim traces: exact. Native traces: only the interval rules,
// and clean if the trace is truncated.
Verdict judge(const Trace &trace);

}  // namespace slabbed::conf
#endif  // SLABBED_CONFORMANCE_ORACLE_JUDGE_H
