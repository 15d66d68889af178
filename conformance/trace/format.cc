// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// format.cc - the table, in the order of EventKind.
#include "conformance/trace/format.h"

namespace slabbed::conf {

namespace {
constexpr KindFormat kKinds[] = {
    {"invoke", "op", "size", "align", nullptr},
    {"return", "op", "result", nullptr, nullptr},
    {"alloc", "bytes", "align", nullptr, nullptr},
    {"free", nullptr, nullptr, nullptr, nullptr},
    {"kfree_rcu", nullptr, nullptr, nullptr, nullptr},
    {"call_rcu_free", nullptr, nullptr, nullptr, nullptr},
    {"content", "intact", nullptr, nullptr, nullptr},
    {"read", "section", "intact", nullptr, nullptr},
    {"reader_lock", "section", nullptr, nullptr, nullptr},
    {"reader_unlock", "section", nullptr, nullptr, nullptr},
    {"gp_start", "gp", nullptr, nullptr, nullptr},
    {"gp_end", "gp", nullptr, nullptr, nullptr},
    {"reclaimed", nullptr, nullptr, nullptr, nullptr},
    {"batch_queued", "batch", "objects", nullptr, nullptr},
    {"batch_wait", "batch", nullptr, nullptr, nullptr},
    {"batch_freed", "batch", "objects", nullptr, nullptr},
    {"slab_new", "bytes", "objects", nullptr, nullptr},
    {"slab_free", "bytes", nullptr, nullptr, nullptr},
    {"cache_create", "size", "slab_size", nullptr, nullptr},
    {"cache_alias", "refs", nullptr, nullptr, nullptr},
    {"cache_create_failed", "fault", nullptr, nullptr, nullptr},
    {"cache_destroy_call", "last", nullptr, nullptr, nullptr},
    {"cache_unref", "refs", nullptr, nullptr, nullptr},
    {"cache_dying", nullptr, nullptr, nullptr, nullptr},
    {"cache_attempt", nullptr, nullptr, nullptr, nullptr},
    {"cache_linger", nullptr, nullptr, nullptr, nullptr},
    {"cache_leaked", "objects", nullptr, nullptr, nullptr},
    {"cache_released", nullptr, nullptr, nullptr, nullptr},
    {"sysfs_add", nullptr, nullptr, nullptr, nullptr},
    {"sysfs_remove", nullptr, nullptr, nullptr, nullptr},
    {"leaked_object", nullptr, nullptr, nullptr, nullptr},
    {"module_touched", "what", nullptr, nullptr, nullptr},
    {"report", nullptr, nullptr, nullptr, nullptr},
    {"counters", "objects", "total", "slabs", "per_slab"},
    {"pages", "pages", nullptr, nullptr, nullptr},
    {"clock", "jiffies", nullptr, nullptr, nullptr},
    {"quiescent", "after", nullptr, nullptr, nullptr},
    {"deadlock", nullptr, nullptr, nullptr, nullptr},
    {"step_bound", nullptr, nullptr, nullptr, nullptr},
    {"check_failed", nullptr, nullptr, nullptr, nullptr},
    {"end", nullptr, nullptr, nullptr, nullptr},
};
static_assert(sizeof(kKinds) / sizeof(kKinds[0]) == kEventKinds);

constexpr const char *kOpTypes[] = {
    "other",           "alloc",       "free",           "kfree_rcu",
    "synchronize_rcu", "rcu_barrier", "kvfree_barrier", "barrier_on_cache",
    "create",          "destroy",     "shrink",         "sleep"};
static_assert(sizeof(kOpTypes) / sizeof(kOpTypes[0]) == kOpTypeCount);

constexpr const char *kQuiescences[] = {"program", "drain", "barrier"};
}  // namespace

const KindFormat &kind_format(EventKind kind) { return kKinds[static_cast<unsigned>(kind)]; }

const char *op_type_name(uint64_t op_type) {
  return op_type < kOpTypeCount ? kOpTypes[op_type] : nullptr;
}

const char *quiescence_name(uint64_t quiescence) {
  return quiescence <= kBarrier ? kQuiescences[quiescence] : nullptr;
}

}  // namespace slabbed::conf
