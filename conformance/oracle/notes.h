// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// notes.h - what is worth telling about a run although no rule forbids it: mistakes of the program
// that the allocator, like the kernel, does not look for. For `replay -v` and `explain`.
#ifndef SLABBED_CONFORMANCE_ORACLE_NOTES_H
#define SLABBED_CONFORMANCE_ORACLE_NOTES_H

#include <cstddef>
#include <string>
#include <vector>

#include "conformance/trace/event.h"

namespace slabbed::conf {

struct Note {
  size_t event;
  std::string text;
};

// Sim traces only, in trace order: allocations, frees and kfree_rcu()s of a cache after the call
// that destroyed it had returned ("technically bugs, but we won't be able to catch them"), and for
// every line of a leak report the operation that allocated the object.
std::vector<Note> notes_on(const Trace &trace);

}  // namespace slabbed::conf
#endif  // SLABBED_CONFORMANCE_ORACLE_NOTES_H
