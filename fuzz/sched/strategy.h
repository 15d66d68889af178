// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// strategy.h - who runs next: one method, and each strategy a small class of its own.
//
// A strategy sees only stable identities, never addresses, and every run records the preemptions it
// took; that list replays the run under ReplayStrategy, whatever strategy found it. Steps are
// identified by (thread, operation, kind and name of the yield point, n-th occurrence in that
// operation); a preemption whose point no longer exists is skipped and counted, never re-aimed.
#ifndef SLABBED_FUZZ_SCHED_STRATEGY_H
#define SLABBED_FUZZ_SCHED_STRATEGY_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace slabbed::sched {

enum class PointKind : uint8_t {
  kOperation, kLoad, kStore, kRmw, kHeavyBarrier, kSpin, kLock, kUnlock, kWait, kNotify, kReadLock,
  kReadUnlock, kSynchronize, kCallRcu, kRcuBarrier, kPageAlloc, kPageFree, kMetaAlloc, kMetaFree,
  kTime, kThreadStart, kThreadExit, kDrain /* a store buffer gives up its oldest entry */,
  kBlocked /* forced switch: the running fiber cannot go on */
};

// The operation index of steps before a thread's first operation() and of fibers that have none.
// Not 0: a step before the first operation would be taken for a step of it, and a replay would
// preempt the wrong one.
inline constexpr uint16_t kOutsideOperations = 2047;

struct Preemption {
  uint8_t thread;       // who was running
  uint16_t operation;   // its operation index, or kOutsideOperations
  PointKind kind;
  uint16_t name;        // name_hash() of the yield point's function name
  uint16_t occurrence;  // 0 = first time this (kind, name) came by in the operation
  uint8_t to;           // who runs instead
};

// 16-bit FNV-1a fold of a function name, up to a '<' (gcc appends template arguments, clang does
// not): the same in every build.
uint16_t name_hash(const char *name);

// A yield point, as a strategy sees it. `runnable` is sorted by the default order of simulation.h;
// `current` may be absent from it when the point is kBlocked.
struct Choice {
  unsigned current;
  PointKind kind;
  uint16_t operation;
  const char *name;
  const uint8_t *runnable;
  unsigned runnable_count;
  uint16_t (*occurrence)();  // of (kind, name) in this operation; counted when asked for
};

// The preemption that would send this step to `to`.
Preemption identify(const Choice &choice, unsigned to);

class Strategy {
 public:
  virtual ~Strategy() = default;
  // Called once per run before the first step.
  virtual void begin() = 0;
  // How many yield points may pass before pick() is asked again; lets the fast path count down.
  // Called at the start and after each pick() at an ordinary yield point. Points of all fibers
  // count; forced choices (kBlocked, kSpin) do not, and do not start the count anew.
  virtual uint32_t quiet_steps() = 0;
  // Returns the fiber to run: `current` to go on (if it can), or one of `runnable`. Any other
  // answer means the default. Forced choices with one possible answer are not asked.
  virtual unsigned pick(const Choice &choice) = 0;
};

}  // namespace slabbed::sched
#endif  // SLABBED_FUZZ_SCHED_STRATEGY_H
