// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// format.h - the words of the trace's text form, one table for print.h and parse.h.
//
//   t1 7 alloc object=0x10040 cache=1 bytes=64 align=8 flags=zeroed
//   t17 - reclaimed object=0x10040
//
// Thread, operation ("-": none), kind, then key=value in the order of Event's fields; zero fields
// are left out. a..d have a name of their own where the kind gives them a meaning.
#ifndef SLABBED_CONFORMANCE_TRACE_FORMAT_H
#define SLABBED_CONFORMANCE_TRACE_FORMAT_H

#include "conformance/trace/event.h"

namespace slabbed::conf {

struct KindFormat {
  const char *name;
  const char *a, *b, *c, *d;  // null: printed as a=, b=, c=, d=
};
const KindFormat &kind_format(EventKind kind);

// Values of `a` that have names: OpType of kInvoke and kReturn, Quiescence of kQuiescent.
const char *op_type_name(uint64_t op_type);        // null: out of range
const char *quiescence_name(uint64_t quiescence);  // null: out of range

struct FlagFormat { uint16_t bit; const char *name; };
inline constexpr FlagFormat kFlagFormats[] = {
    {kZeroed, "zeroed"},       {kConstructed, "constructed"},    {kTypesafe, "typesafe"},
    {kStoreUser, "store_user"}, {kNoMerge, "no_merge"},          {kAfterShrink, "after_shrink"},
    {kFaultInjected, "fault_injected"}, {kMayFail, "may_fail"}};

}  // namespace slabbed::conf
#endif  // SLABBED_CONFORMANCE_TRACE_FORMAT_H
