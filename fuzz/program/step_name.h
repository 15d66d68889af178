// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// step_name.h - names of the fibers and of the kinds of yield points that schedule records mention.
//
// The numbers are those of fuzz/sched/simulation.h (threads) and fuzz/sched/strategy.h (PointKind);
// this folder includes neither, so a test holds the two sides together. Store buffers drain as
// pseudo-threads: 64 + the number of the thread whose buffer gives up its oldest entry.
#ifndef SLABBED_FUZZ_PROGRAM_STEP_NAME_H
#define SLABBED_FUZZ_PROGRAM_STEP_NAME_H

#include <cstdint>
#include <string>
#include <string_view>

namespace slabbed::fuzz {

inline constexpr unsigned kProgramThreads = 8;  // numbers 1..8; 0 is the thread that boots and ends
inline constexpr unsigned kFirstWorker = 16, kWorkers = 16;
inline constexpr unsigned kCallbacks = 32, kGracePeriod = 33, kClock = 34;
inline constexpr unsigned kDrain = 64;
inline constexpr unsigned kPointKinds = 24;
inline constexpr unsigned kOperationPoint = 0;  // the yield point at the start of an operation

// Whether `number` runs operations of the program.
inline bool is_program_thread(unsigned number) { return number >= 1 && number <= kProgramThreads; }
// Whether `number` names a fiber that can run; a drain never does.
bool is_thread(unsigned number);
// Whether `number` is a thread or the drain of one.
bool is_target(unsigned number);
// The nearest thing to `number` that exists: itself, or one chosen by a remainder.
uint8_t normal_thread(uint8_t number);
uint8_t normal_target(uint8_t number);

// "t1" "w0" "callbacks" "grace_period" "clock" "drain(t1)". `number` must be a target.
std::string target_name(unsigned number);
// False if `name` is none of them.
bool parse_target(std::string_view name, uint8_t *number);

const char *point_kind_name(unsigned kind);  // kind < kPointKinds
bool parse_point_kind(std::string_view name, uint8_t *kind);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_STEP_NAME_H
