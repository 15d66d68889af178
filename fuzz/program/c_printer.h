// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// c_printer.h - a program as a stand-alone C test against the public API, for somebody who has the
// library but not the test bed: paste, compile with -lslabbed, run under a debugger or a sanitizer.
//
// Threads become POSIX threads. If the schedule only switches between operations, the test hands
// a turn from thread to thread and so performs the operations in the program's order (an operation
// that waits for others gives its turn away first). Any other schedule cannot be had outside the
// simulator; the threads then run freely and the test says so.
#ifndef SLABBED_FUZZ_PROGRAM_C_PRINTER_H
#define SLABBED_FUZZ_PROGRAM_C_PRINTER_H

#include <string>
#include <vector>

#include "fuzz/program/text.h"

namespace slabbed::fuzz {

// C11 with GNU extensions; no warnings under -Wall -Wextra.
std::string print_c(const TextProgram &text);

// The order in which a schedule that only switches between operations starts them; numbers of
// operations. Empty if the schedule does more than that, or there are no operations.
std::vector<unsigned> operation_order(const Program &program);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_C_PRINTER_H
