// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// report.h - a finding in words, for whoever reads a terminal or a saved .txt file.
//
//   slabbed: RCU-1 broken in the sim world
//   rule       An object is not handed out again before every reader that may hold it is done.
//   happened   what the judge saw, objects named by the operations that allocated them
//   leaked     o0 = kmem_cache_alloc(c0)     one line per object of a leak report
//   allocator  its report lines
//   program    the .slab text
//   replay     the line to type
#ifndef SLABBED_FUZZ_EXEC_REPORT_H
#define SLABBED_FUZZ_EXEC_REPORT_H

#include <string>

#include "fuzz/exec/run_result.h"

namespace slabbed::fuzz {

// "RCU-1", or "clean".
std::string rule_name(const RunResult &result);
// The same for two runs iff they show the same finding, as far as a minimizer or a campaign that
// counts distinct findings must tell: the rule, the kind of event that broke it and the operation
// it belongs to. No numbers, so that it survives the removal of other operations.
std::string signature(const Program &program, const RunResult &result);
// For programs whose verdict is not clean. `replay`: the command, "" to leave the section out.
std::string finding_report(const Program &program, const RunResult &result, const char *world,
                           const std::string &replay);
// Eight hexadecimal digits that name a program in file names.
std::string short_hash(const Program &program);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_REPORT_H
