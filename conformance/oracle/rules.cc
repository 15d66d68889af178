// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// rules.cc - the table: which rules an event is judged by, and in which order. The more telling
// rule stands first where one fault breaks several.
#include "conformance/oracle/rules.h"

#include <array>

namespace slabbed::conf {

void Why::put(const Object &object) {
  *this->out_ += "object ";
  put(object.index);
  if (object.op == kNoOperation) {
    *this->out_ += " of the test bed";
    return;
  }
  *this->out_ += " of operation ";
  put(object.op);
}

void Why::put(const Reader &reader) {
  *this->out_ += "reader section ";
  put(reader.section);
  *this->out_ += " of t";
  put(static_cast<uint64_t>(reader.thread));
}

namespace {
constexpr RuleRow kRows[] = {
    {EventKind::kReturn, Rule::kAllocFailureHasCause, alloc_failure_has_cause, true},
    {EventKind::kReturn, Rule::kRcuSynchronize, rcu_synchronize_waits, false},
    {EventKind::kReturn, Rule::kRcuBarrier, rcu_barrier_waits, false},
    {EventKind::kReturn, Rule::kBatchBarrier, batch_barrier, false},
    {EventKind::kReturn, Rule::kBatchBarrierOnCache, batch_barrier_on_cache, false},
    {EventKind::kReturn, Rule::kDestroyReturnsAtOnce, destroy_returns_at_once, true},
    {EventKind::kReturn, Rule::kDestroyReportsNow, destroy_reports_now, false},
    {EventKind::kReturn, Rule::kNameGone, name_gone, false},
    {EventKind::kReturn, Rule::kCountShrinkResult, count_shrink_result, false},
    {EventKind::kReturn, Rule::kFaultNeverFails, fault_never_fails, true},
    {EventKind::kAlloc, Rule::kAllocAligned, alloc_aligned, true},
    {EventKind::kAlloc, Rule::kRcuTooEarly, rcu_too_early, false},
    {EventKind::kAlloc, Rule::kRcuOldGracePeriod, rcu_old_grace_period, false},
    {EventKind::kAlloc, Rule::kAllocDisjoint, alloc_disjoint, false},
    {EventKind::kAlloc, Rule::kAllocInsideSlab, alloc_inside_slab, false},
    {EventKind::kFree, Rule::kFreeOnce, free_once, false},
    {EventKind::kFree, Rule::kRcuCallbackTooEarly, rcu_callback_too_early, false},
    {EventKind::kKfreeRcu, Rule::kFreeOnce, free_once, false},
    {EventKind::kCallRcuFree, Rule::kFreeOnce, free_once, false},
    {EventKind::kContent, Rule::kAllocZeroed, alloc_zeroed, true},
    {EventKind::kContent, Rule::kAllocConstructed, alloc_constructed, true},
    {EventKind::kContent, Rule::kRcuContentKept, rcu_content_kept, false},
    {EventKind::kContent, Rule::kAllocContentKept, alloc_content_kept, true},
    {EventKind::kRead, Rule::kTypesafeRead, typesafe_read, true},
    {EventKind::kRead, Rule::kRcuContentKept, rcu_content_kept, true},
    {EventKind::kReclaimed, Rule::kBatchOnce, batch_once, false},
    {EventKind::kReclaimed, Rule::kRcuTooEarly, rcu_too_early, false},
    {EventKind::kReclaimed, Rule::kRcuOldGracePeriod, rcu_old_grace_period, false},
    {EventKind::kBatchQueued, Rule::kBatchAccounts, batch_accounts, false},
    {EventKind::kBatchFreed, Rule::kBatchAccounts, batch_accounts, false},
    {EventKind::kSlabNew, Rule::kDestroyAfterRelease, destroy_after_release, false},
    {EventKind::kSlabNew, Rule::kCountSlabPages, count_slab_pages, false},
    {EventKind::kSlabFree, Rule::kDestroyAfterRelease, destroy_after_release, false},
    {EventKind::kSlabFree, Rule::kFreeSlabUnderObject, free_slab_under_object, false},
    {EventKind::kSlabFree, Rule::kTypesafePage, typesafe_page, false},
    {EventKind::kSlabFree, Rule::kCountSlabPages, count_slab_pages, false},
    {EventKind::kCacheAlias, Rule::kMergeDying, merge_dying, false},
    {EventKind::kCacheAlias, Rule::kMergeNever, merge_never, false},
    {EventKind::kCacheAlias, Rule::kMergeFits, merge_fits, false},
    {EventKind::kCacheAlias, Rule::kMergeReferences, merge_references, false},
    {EventKind::kCacheCreateFailed, Rule::kFaultCreateLeavesNothing, fault_create_leaves_nothing,
     false},
    {EventKind::kCacheCreateFailed, Rule::kNameFree, name_free, false},
    {EventKind::kCacheUnref, Rule::kDestroyAfterRelease, destroy_after_release, false},
    {EventKind::kCacheUnref, Rule::kMergeReferences, merge_references, false},
    {EventKind::kCacheDying, Rule::kDestroyAfterRelease, destroy_after_release, false},
    {EventKind::kCacheDying, Rule::kMergeReferences, merge_references, false},
    {EventKind::kCacheAttempt, Rule::kDestroyAfterRelease, destroy_after_release, false},
    {EventKind::kCacheLinger, Rule::kDestroyAfterRelease, destroy_after_release, false},
    {EventKind::kCacheLeaked, Rule::kDestroyAfterRelease, destroy_after_release, false},
    {EventKind::kCacheLeaked, Rule::kDestroyReportComplete, destroy_report_complete, false},
    {EventKind::kCacheLeaked, Rule::kNameStays, name_stays, false},
    {EventKind::kCacheReleased, Rule::kDestroyReleasedOnce, destroy_released_once, false},
    {EventKind::kCacheReleased, Rule::kDestroyReleasedEmpty, destroy_released_empty, false},
    {EventKind::kCacheReleased, Rule::kNameGone, name_gone, false},
    {EventKind::kSysfsAdd, Rule::kNameUnique, name_unique, false},
    {EventKind::kSysfsRemove, Rule::kDestroyAfterRelease, destroy_after_release, false},
    {EventKind::kSysfsRemove, Rule::kNameStays, name_stays, false},
    {EventKind::kSysfsRemove, Rule::kNameUnique, name_unique, false},
    {EventKind::kLeakedObject, Rule::kDestroyAfterRelease, destroy_after_release, false},
    {EventKind::kLeakedObject, Rule::kDestroyFalseLeak, destroy_false_leak, false},
    {EventKind::kLeakedObject, Rule::kDestroyReportHeld, destroy_report_held, false},
    {EventKind::kModuleTouched, Rule::kDestroyModule, destroy_module, true},
    {EventKind::kCounters, Rule::kCountBounds, count_bounds, false},
    {EventKind::kCounters, Rule::kCountSlabs, count_slabs, false},
    {EventKind::kCounters, Rule::kCountDying, count_dying, false},
    {EventKind::kCounters, Rule::kFaultLosesNothing, fault_loses_nothing, false},
    {EventKind::kCounters, Rule::kCountAfterShrink, count_after_shrink, false},
    {EventKind::kPages, Rule::kCountPages, count_pages, false},
    {EventKind::kQuiescent, Rule::kBatchDrained, batch_drained, false},
    {EventKind::kQuiescent, Rule::kBatchBarrier, batch_barrier, false},
    {EventKind::kQuiescent, Rule::kBatchAccounts, batch_accounts, false},
    {EventKind::kQuiescent, Rule::kDestroyCompletes, destroy_completes, false},
    {EventKind::kDeadlock, Rule::kProgressDeadlock, progress_deadlock, true},
    {EventKind::kStepBound, Rule::kProgressStepBound, progress_step_bound, true},
    {EventKind::kCheckFailed, Rule::kCheckFailed, check_failed, true},
};
constexpr size_t kRowCount = sizeof(kRows) / sizeof(kRows[0]);

// kFirst[k] is the first row of kind k or a later one.
constexpr std::array<uint8_t, kEventKinds + 1> index_rows() {
  std::array<uint8_t, kEventKinds + 1> first{};
  size_t row = 0;
  for (unsigned kind = 0; kind <= kEventKinds; ++kind) {
    while (row < kRowCount && static_cast<unsigned>(kRows[row].on) < kind) ++row;
    first[kind] = static_cast<uint8_t>(row);
  }
  return first;
}
constexpr std::array<uint8_t, kEventKinds + 1> kFirst = index_rows();

constexpr bool sorted_by_kind() {
  for (size_t i = 1; i < kRowCount; ++i) {
    if (kRows[i].on < kRows[i - 1].on) return false;
  }
  return true;
}
static_assert(sorted_by_kind() && kRowCount < 256);
}  // namespace

const RuleRow *rule_rows(size_t *count) {
  *count = kRowCount;
  return kRows;
}

const RuleRow *rows_begin(EventKind kind) { return kRows + kFirst[static_cast<unsigned>(kind)]; }

const RuleRow *rows_end(EventKind kind) { return kRows + kFirst[static_cast<unsigned>(kind) + 1]; }

}  // namespace slabbed::conf
