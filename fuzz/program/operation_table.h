// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// operation_table.h - what each operation is called and which fields it uses: one row per OpCode.
//
// The codec, the text form, the C printer, the mutator and the minimizer all read this table, so an
// operation is described once. A field that a row does not mention is zero in a normalized program.
#ifndef SLABBED_FUZZ_PROGRAM_OPERATION_TABLE_H
#define SLABBED_FUZZ_PROGRAM_OPERATION_TABLE_H

#include "fuzz/program/program.h"

namespace slabbed::fuzz {

enum Uses : uint8_t {
  kUsesCache = 1,       // Operation::cache is c0..c7
  kUsesPublished = 2,   // Operation::cache is p0..p7
  kUsesSlot = 4,        // Operation::slot is o0..o31
  kUsesName = 8,        // Operation::slot is an index into Program::names
  kUsesArg = 16,
  kMayBlock = 32        // may wait for other threads, a grace period or the clock
};

struct OperationInfo {
  // Text form as a pattern: %c cache, %p published, %o object slot, %n quoted name, %d arg, %f
  // cache flags; everything else stands for itself. With the flag kZeroedAlloc, zeroed_text if
  // there is.
  const char *text;
  const char *zeroed_text;
  uint8_t uses;         // Uses
  uint8_t flags;        // bits of Operation::flags that mean something
  uint16_t arg_min, arg_max;
};

const OperationInfo &operation_info(OpCode code);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_OPERATION_TABLE_H
