// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// judge.cc - one pass: ask the rules of the event's kind, then let the model see the event.
#include "conformance/oracle/judge.h"

#include "conformance/oracle/rules.h"

namespace slabbed::conf {

namespace {
bool is_ending(EventKind kind) {
  return kind == EventKind::kDeadlock || kind == EventKind::kStepBound ||
         kind == EventKind::kCheckFailed;
}
}  // namespace

bool Judge::judge_events(const Trace &trace, Verdict &verdict) {
  model_.begin(trace);
  Why why(&verdict.explanation);
  bool only_ends = trace.truncated_at != 0;
  for (size_t i = 0; i < trace.events.size(); ++i) {
    const Event &event = trace.events[i];
    only_ends |= event.kind == EventKind::kEnd;
    if (only_ends && !is_ending(event.kind)) continue;
    model_.advance();
    for (const RuleRow *row = rows_begin(event.kind); row != rows_end(event.kind); ++row) {
      if (!trace.sim && !row->local) continue;
      if (!row->check(model_, event, why)) continue;
      verdict.rule = row->rule;
      verdict.event = i;
      return true;
    }
    if (trace.sim) model_.apply(event);
  }
  return false;
}

Verdict Judge::judge(const Trace &trace) {
  Verdict verdict;
  if (judge_events(trace, verdict) || trace.sim || trace.truncated_at != 0) return verdict;
  IntervalCheck::Finding finding;
  if (!intervals_.check(trace, finding)) return verdict;
  verdict.rule = finding.rule;
  verdict.event = finding.event;
  verdict.explanation = std::move(finding.explanation);
  return verdict;
}

uint64_t Judge::run_hash(const Trace &trace, const Verdict &verdict) {
  Hash64 hash;
  hasher_.add(trace, hash);
  hash.text(rule_id(verdict.rule));
  hash.word(verdict.event);
  return hash.value();
}

Verdict judge(const Trace &trace) { return Judge().judge(trace); }

uint64_t run_hash(const Trace &trace, const Verdict &verdict) {
  return Judge().run_hash(trace, verdict);
}

}  // namespace slabbed::conf
