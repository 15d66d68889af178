// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// draw_schedule.h - random schedule records that have a fair chance to matter.
#ifndef SLABBED_FUZZ_PROGRAM_DRAW_SCHEDULE_H
#define SLABBED_FUZZ_PROGRAM_DRAW_SCHEDULE_H

#include "fuzz/program/program.h"
#include "fuzz/program/random.h"

namespace slabbed::fuzz {

// A new record for the strategy of `program`. Explicit ones stand at the start of an operation, or
// at a point that another record of the program names: which functions have yield points is not
// known here.
ScheduleRecord draw_record(Random *random, const Program &program);
// `record` with one of its fields changed.
ScheduleRecord vary_record(Random *random, const Program &program, const ScheduleRecord &record);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_DRAW_SCHEDULE_H
