// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// parse.h - a trace from its text form (format.h), for hand-written traces and saved runs.
#ifndef SLABBED_CONFORMANCE_TRACE_PARSE_H
#define SLABBED_CONFORMANCE_TRACE_PARSE_H

#include <string>
#include <string_view>

#include "conformance/trace/event.h"

namespace slabbed::conf {

// Header lines first ("world sim|native", "destroy async|legacy|sync", "drain N", "truncated N";
// all optional), then one event a line. "#" starts a comment line; blank lines are skipped. Numbers
// are decimal or 0x. Return: false with *error = "line N: what" at the first malformed line.
bool parse_trace(std::string_view text, Trace &trace, std::string *error);

}  // namespace slabbed::conf
#endif  // SLABBED_CONFORMANCE_TRACE_PARSE_H
