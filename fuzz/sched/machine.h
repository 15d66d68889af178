// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// machine.h - the state of the run, shared by the scheduler's own files and by nobody else.
//
// One Fiber per thread number that needs a stack; a fiber keeps its stack and its TSan context from
// run to run. The grace period, the clock and the draining of store buffers are pseudo-fibers: they
// have numbers and stand in schedules, but what they do is one step, done on the spot by whoever is
// switching; afterwards a fiber that was merely preempted goes on.
//
// The fast path of a yield point (point() below) writes one word into the fiber's log and counts
// down. The log is what makes step identity cheap: the occurrence number of a step is counted from
// it only when a preemption is taken or looked for.
#ifndef SLABBED_FUZZ_SCHED_MACHINE_H
#define SLABBED_FUZZ_SCHED_MACHINE_H

#include <setjmp.h>

#include <cstddef>
#include <cstdint>

#include "fuzz/sched/sanitizer_hooks.h"
#include "fuzz/sched/simulation.h"
#include "fuzz/sched/strategy.h"

SLABBED_SCHED_BEGIN
namespace slabbed::sched {

inline constexpr unsigned kInit = 0;
inline constexpr unsigned kEndWorker = kCallbacks;     // workers: [kFirstWorker, kEndWorker)
inline constexpr unsigned kFibers = kCallbacks + 1;    // numbers that have a stack
inline constexpr unsigned kDriver = 63;                // of `driver`, where a bit is needed
inline constexpr unsigned kStoreBufferEntries = 16;
inline constexpr unsigned kLogEntries = 4096;
inline constexpr uint64_t kNever = ~uint64_t{0};

constexpr uint64_t bit(unsigned number) { return uint64_t{1} << number; }

enum class Wait : uint8_t {
  kNothing, kLock, kCondVar, kSleep, kReaders, kRcuBarrier, kJoin, kJoinAll, kSlotUser, kSpin
};

struct BufferedStore {
  void *address;
  uint64_t value;
  const char *site;
  unsigned bytes;
};

struct Fiber {
  unsigned number = 0;
  const char *name = "";

  // The stack, while it is not running.
  void *context = nullptr;      // Boost's; null: to be made
  char *stack_low = nullptr;
  size_t stack_bytes = 0;
  void *tsan = nullptr;
  void *asan_fake_stack = nullptr;
  bool half_way = false;        // stopped inside its work: abandoned if the run ends now
  jmp_buf idle = {};            // out of its work, to the loop that waits for work
  bool finished = true;         // has no work
  void (*entry)(void *) = nullptr;
  void *arg = nullptr;
  Token start_edge = 0;         // released by the starter, acquired at the first step
  Token exit_edge = 0;          // released at the last step, acquired by joiners and the driver

  // Points passed in this operation: kind << 56 | address of the name. Older ones of a long
  // operation are folded into counts (steps.cc).
  uint64_t *log = nullptr;
  uint64_t *log_next = nullptr;
  uint64_t *log_end = nullptr;
  bool folded = false;
  uint16_t operation = kOutsideOperations;

  Wait wait = Wait::kNothing;
  const void *wait_object = nullptr;
  uint64_t wait_number = 0;     // grace period or callback count
  uint64_t deadline = kNever;
  bool timed_out = false;

  unsigned nesting = 0;         // readers
  uint64_t section = 0;
  Token barrier_edge = 0;

  unsigned slot = 0;
  bool slot_gone = false;
  const void *inside_slot_user = nullptr;

  unsigned requests = 0, fail_nth = 0;
  uint32_t waits = 0;           // see sched::waits()

  // Program order only. Preempted by the strategy, and not picked or needed since; just picked.
  bool held = false;
  bool picked = false;

  BufferedStore stores[kStoreBufferEntries] = {};  // a ring: `stored` entries from `oldest` on
  unsigned oldest = 0, stored = 0;
};

struct Machine {
  Fiber *current;
  uint32_t countdown;           // to the next decide()
  uint32_t armed;               // what countdown started from
  uint64_t until_pick = 0;      // points until the strategy is asked again
  uint64_t steps = 0;           // settled; see settle()
  uint64_t step_bound = 0;

  uint64_t ready = 0;           // fibers that can run
  uint64_t spinning = 0;        // of these: looked in vain, and nothing has happened since
  uint64_t timed = 0;           // blocked with a deadline
  uint64_t buffered = 0;        // with stores in their buffer
  uint64_t live_programs = 0;   // spawned program threads that have not exited
  uint64_t used = 0;            // spawned in this run

  uint64_t jiffies = 0;
  unsigned hz = 100;
  unsigned slots = 8;
  bool program_order = false;
  unsigned next_worker = kFirstWorker;
  unsigned run = 0;             // number of this run, to tell leftovers in static objects
  bool running = false;
  bool unwinding = false;       // whoever is switched to jumps out of its work
  bool extended = false;        // the step bound was raised once, to drain store buffers

  Outcome outcome = Outcome::kFinished;
  const char *check_condition = nullptr, *check_function = nullptr;
  Strategy *strategy = nullptr;
  EventSink sink{};
};

extern Machine machine;
extern Fiber fibers[kFibers];
extern Fiber driver;            // the context of begin(), run() and end()
extern void *blind;             // TSan context that records nothing

// steps.cc: yield points and choices ------------------------------------------------------------
void decide(PointKind kind, const char *site);

// A yield point of the running fiber, before the operation that it announces.
inline void point(PointKind kind, const char *site) {
  Fiber *f = machine.current;
  *f->log_next++ = uint64_t{static_cast<uint8_t>(kind)} << 56 | reinterpret_cast<uintptr_t>(site);
  if (__builtin_expect(--machine.countdown == 0, 0)) decide(kind, site);
}

// Takes the running fiber off the ready set until wake(). `deadline`: a jiffy or kNever.
// Return: false iff the deadline ended the wait.
bool block(Wait wait, const void *object, uint64_t number, uint64_t deadline, const char *site);
void wake(Fiber *f);
// The running fiber has looked at a flag in vain.
void spin(const char *site);
// The running fiber's work is done; returns when it is given new work.
void finish_fiber();
[[noreturn]] void end_run(Outcome outcome);
void reset_log(Fiber *f);
void start_counting(uint64_t until_pick);
// The driver's own port calls neither count nor yield.
void leave_driver_alone();
unsigned taken_so_far(const Preemption **list);
void arm();

// fiber.cc --------------------------------------------------------------------------------------
void switch_to(Fiber *next);
// Makes `f` ready to run entry(arg). It starts by acquiring its start_edge: whoever is the reason
// for its start releases that one before.
void give_work(Fiber *f, const char *name, void (*entry)(void *), void *arg);
// For the driver, after a run: takes the clock of every fiber used and leaves none half-way.
void collect_fibers();

// rcu_model.cc ----------------------------------------------------------------------------------
bool grace_period_may_end();
void end_grace_period();
void rcu_begin();
// Fails a check if the running fiber must not block.
void forbid_blocking(const char *what);

// time.cc: lets time pass until the next deadline. Only if machine.timed.
void advance_clock();

// store_buffer.cc -------------------------------------------------------------------------------
void drain_one(Fiber *f);
void drain(Fiber *f);
void drain_all();

// threads.cc ------------------------------------------------------------------------------------
void threads_begin();
void spawn_init(void (*fn)(void *), void *arg);

// memory.cc -------------------------------------------------------------------------------------
void memory_init();
void memory_end();
// Low end of the stack of fiber `number`.
char *stack_of(unsigned number);
inline constexpr size_t kStackBytes = size_t{256} << 10;

// locks.cc: number of the fiber that holds it, or -1.
int holder_of(const void *mutex);
const char *name_of_mutex(const void *mutex);

// rcu_model.cc, for reports: the fibers whose readers hold back that grace period.
uint64_t readers_waited_for(uint64_t grace_period);

// check.cc --------------------------------------------------------------------------------------
// Ends the run with Outcome::kCheckFailed; outside of a run, the process.
[[noreturn]] void misuse(const char *what);
void write_deadlock_report();

void emit(SchedEvent kind, unsigned thread, uint64_t a);

}  // namespace slabbed::sched
SLABBED_SCHED_END
#endif  // SLABBED_FUZZ_SCHED_MACHINE_H
