// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// simulation.h - one deterministic run: fibers, a schedule, model RCU, virtual time, faults.
//
// The scheduler owns every source of nondeterminism of the sim world. A run is: begin(), spawn the
// init fiber, run() until it returns (or until nothing can), end(). All other fibers are spawned
// from inside: program threads by the init fiber, workers by port::KThread. The choice at a yield
// point is always "go on, or switch to that runnable fiber". Grace periods, the clock and the store
// buffers have fiber numbers too (kGracePeriod, kClock, kFirstDrain + fiber), so a schedule that
// picks one ends a grace period, lets time pass until the next deadline, or lets one buffered store
// reach memory right there; then the fiber that was running goes on. Default choice: go on; else
// the lowest runnable program thread, then workers, then callbacks, then the grace period, then the
// drains, then the clock.
//
// What code may do where: fibers run ordinary instrumented code. Strategies and event sinks run in
// the middle of a switch, where ThreadSanitizer records nothing; they must not call the port. What
// several fibers of the test bed share (traces, tables) is no part of the program under test: it
// belongs into unobserved(), or TSan reports the test bed's own races.
#ifndef SLABBED_FUZZ_SCHED_SIMULATION_H
#define SLABBED_FUZZ_SCHED_SIMULATION_H

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "fuzz/sched/strategy.h"

namespace slabbed::sched {

enum class Outcome : uint8_t {
  kFinished,   // the init fiber returned
  kDeadlock,   // nothing can run, not even the clock
  kStepBound,  // livelock: more steps than Options::step_bound
  kCheckFailed // a SLABBED_CHECK failed; see check_message()
};

struct Options {
  Strategy *strategy = nullptr;   // never null at begin()
  uint32_t step_bound = 200000;   // yield points
  bool store_buffers = false;     // x86-TSO FIFO per fiber; ignored (and said) under TSan
  unsigned slots = 8;             // thread slots, 1..16, slot 0 included; more threads share it
  unsigned hz = 100;
  // The default among program threads: false: go on, else the lowest number. True: the lowest
  // operation(), so that without preemptions the operations run in the order of their numbers, each
  // to its end. A thread that the strategy has sent away stays away until it is picked again or
  // nobody else is left, as with false.
  bool program_order = false;
};

// What the run tells its owner, in order. Never called for yield points.
enum class SchedEvent : uint8_t {
  kReaderLock,    // thread, a = section number (outermost only)
  kReaderUnlock,  // thread, a = section number
  kGpStart,       // a = grace-period number
  kGpEnd,         // a = grace-period number
  kCallback,      // a = head address
  kClock,         // a = jiffies now
  kThreadExit     // thread
};
struct EventSink {
  void (*event)(void *context, SchedEvent kind, unsigned thread, uint64_t a);
  void *context;
};

// Thread numbers: 0 = init, 1..kMaxProgramThreads = program threads, then workers and the model's
// own fibers. Stable for a given program, so they can stand in traces and schedules.
inline constexpr unsigned kMaxProgramThreads = 8;
inline constexpr unsigned kFirstWorker = 16;
inline constexpr unsigned kCallbacks = 32;
inline constexpr unsigned kGracePeriod = 33;
inline constexpr unsigned kClock = 34;
inline constexpr unsigned kFirstDrain = 64;  // + n: the oldest store in fiber n's buffer

// A run whose memory cannot be had at its fixed address prints one line and exits with status 3.
void begin(const Options &options, const EventSink &sink);
// Returns with every fiber's clock: what they did happens before what the caller does next. Fibers
// that have not finished are abandoned: nothing on the C++ heap may belong to one's stack alone.
Outcome run(void (*init)(void *), void *arg);
// Resets memory, time and RCU. After it nothing of the run is left.
void end();

// For code on a fiber -------------------------------------------------------------------------
unsigned current_thread();
// Program thread `number` starts running fn(arg) when the schedule says so.
void spawn(unsigned number, void (*fn)(void *), void *arg);
// Blocks the init fiber until every spawned program thread has returned. TSan: the end edge.
void join_all();
// Marks the start of the thread's `index`-th operation: resets the occurrence counts of step
// identity and is itself a yield point (kind kOperation). Arms fail_nth: the n-th page or metadata
// request of this operation fails (0: none).
void operation(unsigned index, unsigned fail_nth);
// How many requests of the current operation were counted; the armed one failed if it is among
// them.
unsigned faults_seen();
// Between two looks at a flag of the test bed's own, which another fiber will set.
void look_again_later();
// The strategy is asked at the next yield point, whatever quiet steps it wanted.
void ask_strategy_now();
void sleep_jiffies(uint64_t n);
uint64_t now_jiffies();
// How often the calling fiber has waited in this run for a grace period, callbacks, a condition or
// time to pass; locks do not count.
uint32_t waits();
// Hand-over of a pointer between program threads through the executor's own tables: gives TSan the
// edge that a correct program would make. Not a yield point.
void hand_over_release(void *token);
void hand_over_acquire(void *token);
// Runs fn(arg) at once, unseen by TSan: no access in it races with anything, no lock in it orders
// anything. Not a yield point, and nothing in it may be one.
void unobserved(void (*fn)(void *), void *arg);
template <typename F>
void unobserved(F &&f) {
  unobserved([](void *arg) { (*static_cast<std::remove_reference_t<F> *>(arg))(); },
             const_cast<void *>(static_cast<const void *>(&f)));
}

// For the owner of the run ----------------------------------------------------------------------
// The preemptions actually taken, as identities; feed them to ReplayStrategy to repeat the run.
const std::vector<Preemption> &taken();
uint32_t steps();
// Options::store_buffers means nothing in this build (TSan would see a release at its drain, with
// the wrong clock). Whoever owns the run tells the user.
bool store_buffers_ignored();
// kCheckFailed: "t2: kmem_cache_free: check failed: inuse > 0".
const char *check_message();
// What blocked fibers wait for, one line each: "t1 waits for lock slab_mutex held by t2".
const char *deadlock_report();

}  // namespace slabbed::sched
#endif  // SLABBED_FUZZ_SCHED_SIMULATION_H
