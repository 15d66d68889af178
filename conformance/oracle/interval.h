// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// interval.h - the native check: no order of events is known, but stamps bound every interval from
// inside, so two objects whose certain intervals overlap in time and address were really handed out
// at once.
//
//   reader   [rcu_read_lock.return, rcu_read_unlock.invoke]   certainly open
//   object   [alloc.return, free.invoke]                      certainly in use
//            kfree_rcu: from its invoke on, until every reader that was certainly open then has
//            ceased to be certainly open                      certainly not to be handed out again
//
// Both ends of every interval lie inside the true one, so the only assumption is that stamps of all
// threads come from one invariant counter; intervals that merely touch are disjoint.
#ifndef SLABBED_CONFORMANCE_ORACLE_INTERVAL_H
#define SLABBED_CONFORMANCE_ORACLE_INTERVAL_H

#include <string>
#include <vector>

#include "conformance/oracle/rule.h"
#include "conformance/oracle/spans.h"
#include "conformance/trace/event.h"
#include "conformance/trace/names.h"

namespace slabbed::conf {

class IntervalCheck {
 public:
  struct Finding {
    Rule rule = Rule::kNone;  // ALLOC-1: on an object in use; RCU-1: on one readers may see
    size_t event = 0;         // the later kAlloc
    std::string explanation;
  };
  // Events must be in order of stamps. Return: true with the first finding.
  bool check(const Trace &trace, Finding &finding);

 private:
  static constexpr uint64_t kForever = ~uint64_t{0};
  struct Section { uint64_t from, until; };
  struct Held {
    uint64_t begin;         // address
    ObjectName name;
    uint64_t until;         // kForever while in use
  };
  struct Ending { uint64_t until; uint32_t held; };

  void collect_sections(const Trace &trace);
  uint64_t protected_until(uint64_t release) const;
  void expire(uint64_t now);
  bool release(const Event &event);
  bool allocate(const Event &event, size_t index, Finding &finding);
  bool step(const Trace &trace, size_t first, size_t last, Finding &finding);

  std::vector<Section> sections_;  // in order of `from`
  std::vector<uint64_t> longest_;  // longest_[i]: the latest `until` among sections_[0..i]
  std::vector<Held> held_;
  Spans alive_;                    // of held_: in use or protected now
  std::vector<Ending> endings_;    // heap of protected ones, the earliest end on top
  std::vector<size_t> later_;      // releases of a step whose allocation is in the same step
  ObjectNames names_;
};

}  // namespace slabbed::conf
#endif  // SLABBED_CONFORMANCE_ORACLE_INTERVAL_H
