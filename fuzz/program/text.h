// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// text.h - Program <-> `.slab` text, lossless both ways, one operation per line, in the kernel's
// words. Also carries what a corpus file says about itself: its story and the verdict it expects.
//
//   # slabbed program v1
//   # Any further comment lines here are the program's story.
//   name "batman_tt"                          up to 4; kmem_cache_create() chooses one
//   boot destroy=legacy sheaves=1 slots=4 sheaf_capacity=8 threads=2 slab_nomerge store_buffers
//   strategy explicit                         or: bytes, random seed=42
//   expect DESTROY-1                          or: clean
//   expect-report "Objects remaining"         a report line must contain this text
//   t1: c0 = kmem_cache_create("batman_tt", 64, SLAB_NO_MERGE | SLAB_STORE_USER, ctor)
//   t1: o0 = kmem_cache_alloc(c0) [fail_nth=2]
//   t2: kfree_rcu(o0)
//   schedule:
//   preempt t1 op1 store@slabbed_free_slow #2 -> t2     strategy explicit
//   preempt w0 lock@queue_batch -> t1                   no operation: a worker, or before the first
//   after 17 -> pick 2                                  strategy bytes
//
// What may be left out: boot and its words (defaults of program.h; threads: the highest mentioned),
// strategy (then explicit), name lines (a new name in kmem_cache_create takes the next free place),
// "#0". A `#` at the start of a line or before a blank begins a comment. A function stands in the
// schedule by its name or as `@0x1a2b`, the 16-bit number of point_name.h.
#ifndef SLABBED_FUZZ_PROGRAM_TEXT_H
#define SLABBED_FUZZ_PROGRAM_TEXT_H

#include <string>
#include <string_view>
#include <vector>

#include "fuzz/program/program.h"

namespace slabbed::fuzz {

struct TextProgram {
  std::vector<std::string> story;          // comment lines before the first statement, without "# "
  Program program;
  std::string expect;                      // "", "clean" or a rule id such as "DESTROY-1"
  std::vector<std::string> expect_report;  // each must be part of some report line
  bool operator==(const TextProgram &) const = default;
};

// Gives the function name for a point's number, or null. A wrong name is not printed.
using PointNamer = const char *(*)(uint16_t number);

// parse_text(print_text(p)) == p for every p whose program is normalized.
std::string print_text(const TextProgram &text, PointNamer namer = nullptr);
std::string print_program(const Program &program, PointNamer namer = nullptr);
std::string print_operation(const Program &program, const Operation &operation);
std::string print_record(const Program &program, const ScheduleRecord &record,
                         PointNamer namer = nullptr);

// False, with *error = "file:line: what", for a text that is no program. *out is normalized then
// only if the result is true.
bool parse_text(std::string_view text, std::string_view file, TextProgram *out, std::string *error);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_TEXT_H
