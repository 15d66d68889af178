// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// normalize.h - brings any Program into the one form that the binary and text forms can carry.
//
// Numbers out of range are reduced modulo their range, never clamped: a clamp would send most
// random bytes to one value. Fields that mean nothing become zero, so that equal behaviour is equal
// data.
#ifndef SLABBED_FUZZ_PROGRAM_NORMALIZE_H
#define SLABBED_FUZZ_PROGRAM_NORMALIZE_H

#include "fuzz/program/program.h"

namespace slabbed::fuzz {

// `program` needs its `threads` and `names` normalized already: operands are reduced modulo those.
void normalize_operation(const Program &program, Operation *operation);
void normalize_record(StrategyKind strategy, ScheduleRecord *record);
// Idempotent. Operations and records beyond the limits of program.h are cut off.
void normalize(Program *program);
bool is_normalized(const Program &program);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_NORMALIZE_H
