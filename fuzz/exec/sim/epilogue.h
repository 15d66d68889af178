// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// epilogue.h - what happens after the last program thread has returned: the points at which the
// oracle may say that something must be over, each after more has been waited for than the last.
#ifndef SLABBED_FUZZ_EXEC_SIM_EPILOGUE_H
#define SLABBED_FUZZ_EXEC_SIM_EPILOGUE_H

#include <slabbed/system.h>

#include "fuzz/exec/run_state.h"
#include "trace_feed.h"

namespace slabbed::fuzz {

inline constexpr unsigned kHz = 100;
inline constexpr unsigned kDrainJiffies = 5 * kHz;

// Runs on the init fiber, after join_all(). Ends with kEnd.
void run_epilogue(slabbed_system *system, RunState &state, TraceFeed &feed);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_SIM_EPILOGUE_H
