// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// print.h - one readable line per event, and the whole trace as text that parse.h reads back.
#ifndef SLABBED_CONFORMANCE_TRACE_PRINT_H
#define SLABBED_CONFORMANCE_TRACE_PRINT_H

#include <string>

#include "conformance/trace/event.h"
#include "conformance/trace/names.h"

namespace slabbed::conf {

// Appends the event's line, without the newline. With `names`, objects and slabs are printed by
// name (object=7.0, object=slab2), the same in every run; without, by address, as parse.h wants it.
void print_event(const Trace &trace, const Event &event, const ObjectNames *names,
                 std::string &out);

enum class Objects { kByName, kByAddress };
// Header lines (world, destroy, drain, truncated) and every event.
std::string print_trace(const Trace &trace, Objects objects = Objects::kByAddress);

}  // namespace slabbed::conf
#endif  // SLABBED_CONFORMANCE_TRACE_PRINT_H
