// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// plain_text.h - a report line without what differs from build to build: addresses, symbols,
// stacks.
#ifndef SLABBED_FUZZ_EXEC_PLAIN_TEXT_H
#define SLABBED_FUZZ_EXEC_PLAIN_TEXT_H

#include <cstddef>

#include "conformance/trace/recorder.h"

namespace slabbed::fuzz {

// Writes the plain form of `line` to `out`, cut at `bytes`. "0x7e90…" becomes "0x*", a symbol after
// " in " or " called from " becomes "*". False if nothing is left: the line is one of a stack.
SLABBED_TRACE_QUIET bool plain_text(const char *line, char *out, size_t bytes);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_PLAIN_TEXT_H
