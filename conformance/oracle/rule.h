// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// rule.h - the rules by name. Ids are short, stable and never reused: they stand in RULES.md,
// litmus headers, crash file names and reports. RULES.md gives each its source and planted bug.
#ifndef SLABBED_CONFORMANCE_ORACLE_RULE_H
#define SLABBED_CONFORMANCE_ORACLE_RULE_H

#include <cstdint>
#include <string_view>

namespace slabbed::conf {

enum class Rule : uint8_t {
  kNone,
  kAllocDisjoint,             // ALLOC-1
  kAllocInsideSlab,           // ALLOC-2
  kAllocAligned,              // ALLOC-3
  kAllocZeroed,               // ALLOC-4
  kAllocConstructed,          // ALLOC-5
  kAllocContentKept,          // ALLOC-6
  kAllocFailureHasCause,      // ALLOC-7
  kFreeOnce,                  // FREE-1
  kFreeSlabUnderObject,       // FREE-2
  kRcuTooEarly,               // RCU-1
  kRcuContentKept,            // RCU-2
  kRcuOldGracePeriod,         // RCU-3
  kRcuCallbackTooEarly,       // RCU-4
  kRcuSynchronize,            // RCU-5
  kRcuBarrier,                // RCU-6
  kTypesafePage,              // TYPESAFE-1
  kTypesafeRead,              // TYPESAFE-2
  kBatchOnce,                 // BATCH-1
  kBatchBarrier,              // BATCH-2
  kBatchBarrierOnCache,       // BATCH-3
  kBatchDrained,              // BATCH-4
  kBatchAccounts,             // BATCH-5
  kDestroyReturnsAtOnce,      // DESTROY-1
  kDestroyCompletes,          // DESTROY-2
  kDestroyFalseLeak,          // DESTROY-3
  kDestroyReportHeld,         // DESTROY-4
  kDestroyReportComplete,     // DESTROY-5
  kDestroyReleasedOnce,       // DESTROY-6
  kDestroyReleasedEmpty,      // DESTROY-7
  kDestroyAfterRelease,       // DESTROY-8
  kDestroyReportsNow,         // DESTROY-9
  kDestroyModule,             // DESTROY-10
  kNameGone,                  // NAME-1
  kNameFree,                  // NAME-2
  kNameUnique,                // NAME-3
  kNameStays,                 // NAME-4
  kMergeDying,                // MERGE-1
  kMergeNever,                // MERGE-2
  kMergeFits,                 // MERGE-3
  kMergeReferences,           // MERGE-4
  kCountSlabs,                // COUNT-1
  kCountBounds,               // COUNT-2
  kCountAfterShrink,          // COUNT-3
  kCountSlabPages,            // COUNT-4
  kCountPages,                // COUNT-5
  kCountDying,                // COUNT-6
  kCountShrinkResult,         // COUNT-7
  kFaultLosesNothing,         // FAULT-1
  kFaultNeverFails,           // FAULT-2
  kFaultCreateLeavesNothing,  // FAULT-3
  kProgressDeadlock,          // PROGRESS-1
  kProgressStepBound,         // PROGRESS-2
  kCheckFailed,               // CHECK-1
  kCount
};
inline constexpr unsigned kRuleCount = static_cast<unsigned>(Rule::kCount);

const char *rule_id(Rule rule);    // "RCU-1"; kNone: "clean"
const char *rule_text(Rule rule);  // the rule as one sentence
// kCount: no such rule.
Rule rule_from_id(std::string_view id);

}  // namespace slabbed::conf
#endif  // SLABBED_CONFORMANCE_ORACLE_RULE_H
