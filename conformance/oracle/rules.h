// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// rules.h - one function per rule, one file per family, one table that says when each is asked.
//
// A function gets the world just before the event and the event; it returns true if the event
// breaks its rule, after saying why. It must never be true for a correct run: where an operation is
// still in progress, everything that it may or may not have done is allowed.
#ifndef SLABBED_CONFORMANCE_ORACLE_RULES_H
#define SLABBED_CONFORMANCE_ORACLE_RULES_H

#include <cstddef>
#include <string>

#include "conformance/oracle/model.h"
#include "conformance/oracle/rule.h"
#include "conformance/trace/event.h"

namespace slabbed::conf {

// Builds the explanation; costs nothing until a rule is broken.
class Why {
 public:
  explicit Why(std::string *out) : out_(out) {}
  // Appends strings, numbers, objects and readers. Return: true, so that a rule can return it.
  template <typename... Parts>
  bool operator()(const Parts &...parts) {
    (put(parts), ...);
    return true;
  }

 private:
  void put(const char *text) { *out_ += text; }
  void put(const std::string &text) { *out_ += text; }
  void put(uint64_t number) { *out_ += std::to_string(number); }
  void put(uint32_t number) { *out_ += std::to_string(number); }
  void put(const Object &object);  // "object 0 of operation 7"
  void put(const Reader &reader);  // "reader section 3 of t2"
  std::string *out_;
};

using Check = bool (*)(const Model &, const Event &, Why &);

bool alloc_disjoint(const Model &, const Event &, Why &);
bool alloc_inside_slab(const Model &, const Event &, Why &);
bool alloc_aligned(const Model &, const Event &, Why &);
bool alloc_zeroed(const Model &, const Event &, Why &);
bool alloc_constructed(const Model &, const Event &, Why &);
bool alloc_content_kept(const Model &, const Event &, Why &);
bool alloc_failure_has_cause(const Model &, const Event &, Why &);

bool free_once(const Model &, const Event &, Why &);
bool free_slab_under_object(const Model &, const Event &, Why &);

bool rcu_too_early(const Model &, const Event &, Why &);
bool rcu_content_kept(const Model &, const Event &, Why &);
bool rcu_old_grace_period(const Model &, const Event &, Why &);
bool rcu_callback_too_early(const Model &, const Event &, Why &);
bool rcu_synchronize_waits(const Model &, const Event &, Why &);
bool rcu_barrier_waits(const Model &, const Event &, Why &);

bool typesafe_page(const Model &, const Event &, Why &);
bool typesafe_read(const Model &, const Event &, Why &);

bool batch_once(const Model &, const Event &, Why &);
bool batch_barrier(const Model &, const Event &, Why &);
bool batch_barrier_on_cache(const Model &, const Event &, Why &);
bool batch_drained(const Model &, const Event &, Why &);
bool batch_accounts(const Model &, const Event &, Why &);

bool destroy_returns_at_once(const Model &, const Event &, Why &);
bool destroy_completes(const Model &, const Event &, Why &);
bool destroy_false_leak(const Model &, const Event &, Why &);
bool destroy_report_held(const Model &, const Event &, Why &);
bool destroy_report_complete(const Model &, const Event &, Why &);
bool destroy_released_once(const Model &, const Event &, Why &);
bool destroy_released_empty(const Model &, const Event &, Why &);
bool destroy_after_release(const Model &, const Event &, Why &);
bool destroy_reports_now(const Model &, const Event &, Why &);
bool destroy_module(const Model &, const Event &, Why &);

bool name_gone(const Model &, const Event &, Why &);
bool name_free(const Model &, const Event &, Why &);
bool name_unique(const Model &, const Event &, Why &);
bool name_stays(const Model &, const Event &, Why &);

bool merge_dying(const Model &, const Event &, Why &);
bool merge_never(const Model &, const Event &, Why &);
bool merge_fits(const Model &, const Event &, Why &);
bool merge_references(const Model &, const Event &, Why &);

bool count_slabs(const Model &, const Event &, Why &);
bool count_bounds(const Model &, const Event &, Why &);
bool count_after_shrink(const Model &, const Event &, Why &);
bool count_slab_pages(const Model &, const Event &, Why &);
bool count_pages(const Model &, const Event &, Why &);
bool count_dying(const Model &, const Event &, Why &);
bool count_shrink_result(const Model &, const Event &, Why &);

bool fault_loses_nothing(const Model &, const Event &, Why &);
bool fault_never_fails(const Model &, const Event &, Why &);
bool fault_create_leaves_nothing(const Model &, const Event &, Why &);

bool progress_deadlock(const Model &, const Event &, Why &);
bool progress_step_bound(const Model &, const Event &, Why &);
bool check_failed(const Model &, const Event &, Why &);

// A row: on events of this kind, ask this function. `local`: the event alone decides, so the rule
// also holds where the order of events is not known (native traces).
struct RuleRow {
  EventKind on;
  Rule rule;
  Check check;
  bool local;
};
// Rows of one kind stand together, in the order in which they are asked; sorted by kind.
const RuleRow *rule_rows(size_t *count);
const RuleRow *rows_begin(EventKind kind);
const RuleRow *rows_end(EventKind kind);

}  // namespace slabbed::conf
#endif  // SLABBED_CONFORMANCE_ORACLE_RULES_H
