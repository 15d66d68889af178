// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// steps.cc - yield points, choices, and the record of the choices that were not the default.
//
// There are two kinds of choice. At an ordinary yield point the default is to go on, and the
// strategy is asked only when its quiet steps have passed. At a forced one (the fiber blocks, spins
// or has finished) the default is the first other fiber in the order of simulation.h, and the
// strategy is asked whenever there is more than one. Either way a choice that is not the default is
// recorded by the identity of the step.
//
// Invariants: steps = settled steps + (armed - countdown); the running fiber has room in its log
// for `countdown` more entries; a fiber in `spinning` is off the processor and nothing that could
// change its flag has happened since it looked.
#include <slabbed/port.h>

#include "fuzz/sched/machine.h"

SLABBED_SCHED_BEGIN
namespace slabbed::sched {
namespace {

constexpr unsigned kTakenMax = 1u << 18;  // more than any step bound in use
constexpr unsigned kFoldSlots = 1024;     // distinct (kind, name) of one fiber

// What left a log when it was full: occurrences by (kind, name).
struct Folded {
  uint32_t key;    // kind << 16 | name, + 1
  uint32_t count;
};

uint64_t logs[kFibers][kLogEntries];
Folded folded[kFibers][kFoldSlots];
Preemption taken_list[kTakenMax];
unsigned taken_count;

PointKind kind_of(uint64_t entry) { return static_cast<PointKind>(entry >> 56); }
const char *name_of(uint64_t entry) {
  return reinterpret_cast<const char *>(entry & ((uint64_t{1} << 56) - 1));
}

// name_hash() with a small cache in front. The cache is indexed by address: that decides how fast
// an answer comes, never which.
uint16_t cached_hash(const char *name) {
  static struct { const char *name; uint16_t hash; } cache[256];
  auto &entry = cache[(reinterpret_cast<uintptr_t>(name) * 0x9e3779b97f4a7c15u) >> 56];
  if (entry.name != name) entry = {name, name_hash(name)};
  return entry.hash;
}

uint32_t key_of(PointKind kind, uint16_t hash) {
  return (uint32_t{static_cast<uint8_t>(kind)} << 16 | hash) + 1;
}

Folded *find_folded(Fiber *f, uint32_t key) {
  Folded *table = folded[f->number];
  for (unsigned i = 0; i < kFoldSlots; i++) {
    Folded *slot = &table[(key + i) % kFoldSlots];
    if (slot->key == 0 || slot->key == key) return slot;
  }
  misuse("one operation has more than 1024 distinct yield points");
}

// Makes room in a full log.
void fold(Fiber *f) {
  if (!f->folded) raw_fill(folded[f->number], 0, sizeof(folded[f->number]));
  f->folded = true;
  for (uint64_t *entry = f->log; entry < f->log_next; entry++) {
    uint32_t key = key_of(kind_of(*entry), cached_hash(name_of(*entry)));
    Folded *slot = find_folded(f, key);
    slot->key = key;
    slot->count++;
  }
  f->log_next = f->log;
}

// How often the running fiber has passed (kind, site) in this operation, the last time excluded.
uint32_t occurrence(PointKind kind, const char *site) {
  Fiber *f = machine.current;
  uint16_t hash = cached_hash(site);
  uint32_t count = f->folded ? find_folded(f, key_of(kind, hash))->count : 0;
  for (uint64_t *entry = f->log; entry < f->log_next; entry++) {
    if (kind_of(*entry) == kind && cached_hash(name_of(*entry)) == hash) count++;
  }
  return count - 1;
}

// The step a strategy is being asked about, for Choice::occurrence.
PointKind asked_kind;
const char *asked_site;
uint16_t occurrence_asked() {
  uint32_t n = occurrence(asked_kind, asked_site);
  return static_cast<uint16_t>(n < 0xffff ? n : 0xffff);
}

// Moves what was counted down since arm() into the totals.
void settle() {
  uint32_t passed = machine.armed - machine.countdown;
  machine.steps += passed;
  machine.until_pick -= passed;
  machine.armed = machine.countdown = 0;
}

void log_forced(PointKind kind, const char *site) {
  Fiber *f = machine.current;
  if (f->log_next == f->log_end) fold(f);
  *f->log_next++ =
      uint64_t{static_cast<uint8_t>(kind)} << 56 | reinterpret_cast<uintptr_t>(site);
  machine.steps++;
}

// A thread that has not announced its first operation must run to do so.
unsigned announced(const Fiber *f) {
  return f->operation == kOutsideOperations ? 0 : f->operation;
}

// Whether program order lets `a` run before `b`: threads that were sent away come last.
bool before(const Fiber *a, const Fiber *b) {
  if (a->held != b->held) return b->held;
  return announced(a) < announced(b);
}

// Sorts the program threads among list[0, n), which are in order of their numbers.
void sort_by_operation(uint8_t *list, unsigned n) {
  unsigned begin = n > 0 && list[0] == kInit ? 1 : 0;
  for (unsigned i = begin + 1; i < n && list[i] <= kMaxProgramThreads; i++) {
    uint8_t number = list[i];
    unsigned to = i;
    for (; to > begin && before(&fibers[number], &fibers[list[to - 1]]); to--) {
      list[to] = list[to - 1];
    }
    list[to] = number;
  }
}

// Fills `list` in the default order: fibers by number (or by operation, see
// Options::program_order), grace period, drains, clock.
unsigned list_runnable(uint64_t candidates, uint8_t *list) {
  unsigned n = 0;
  for (uint64_t rest = candidates; rest; rest &= rest - 1) {
    list[n++] = static_cast<uint8_t>(__builtin_ctzll(rest));
  }
  if (machine.program_order) sort_by_operation(list, n);
  if (grace_period_may_end()) list[n++] = kGracePeriod;
  for (uint64_t rest = machine.buffered; rest; rest &= rest - 1) {
    list[n++] = static_cast<uint8_t>(kFirstDrain + __builtin_ctzll(rest));
  }
  if (machine.timed) list[n++] = kClock;
  return n;
}

bool contains(const uint8_t *list, unsigned n, unsigned number) {
  for (unsigned i = 0; i < n; i++) {
    if (list[i] == number) return true;
  }
  return false;
}

// Asks the strategy, on the blind context, so that it may be ordinary code. `fallback`
// stands for an answer that was not offered, and for steps too far out to have an identity.
unsigned ask(PointKind kind, const char *site, const uint8_t *list, unsigned n, bool forced,
             unsigned fallback) {
  Fiber *f = machine.current;
  Choice choice{f->number, kind, f->operation, site, list, n, occurrence_asked};
  asked_kind = kind;
  asked_site = site;
  tsan_become(blind);
  unsigned to = machine.strategy->pick(choice);
  if (!forced) machine.until_pick = uint64_t{machine.strategy->quiet_steps()} + 1;
  tsan_become(f->tsan);
  if (to == fallback) return to;
  if (!contains(list, n, to)) return fallback;
  uint32_t nth = occurrence(kind, site);
  if (nth >= 0xffff || taken_count == kTakenMax) return fallback;
  if (to < kFibers) {
    f->held = !forced;
    fibers[to].picked = true;
  }
  taken_list[taken_count++] = {static_cast<uint8_t>(f->number), f->operation, kind,
                               cached_hash(site), static_cast<uint16_t>(nth),
                               static_cast<uint8_t>(to)};
  return to;
}

// Runs `to`: a fiber, from which we return when somebody switches back, or a pseudo-fiber's step.
void act(unsigned to) {
  if (to < kFibers) {
    fibers[to].held = false;
    return switch_to(&fibers[to]);
  }
  machine.spinning = 0;
  if (to == kGracePeriod) end_grace_period();
  else if (to == kClock) advance_clock();
  else drain_one(&fibers[to - kFirstDrain]);
}

// At the step bound. A livelock that only waits for a buffered store is none: stores reach memory
// in the end, so they do it now, and the run gets a second chance without buffers.
void reach_bound() {
  if (!machine.buffered || machine.extended) end_run(Outcome::kStepBound);
  machine.extended = true;
  drain_all();
  port::sim::buffering = false;
  machine.step_bound += machine.step_bound / 4 + 1000;
}

// Program order, at the start of an operation: threads with earlier ones go first, unless the
// strategy has just picked this one.
void let_earlier_ones_go() {
  Fiber *f = machine.current;
  while (!f->picked) {
    Fiber *first = f;
    for (unsigned number = 1; number <= kMaxProgramThreads; number++) {
      Fiber *other = &fibers[number];
      bool could = machine.ready & ~machine.spinning & bit(number);
      if (could && before(other, first)) first = other;
    }
    if (first == f) return;
    settle();
    act(first->number);
    arm();
  }
  f->picked = false;
}

// A forced choice among `candidates` and the pseudo-fibers.
void choose_other(PointKind kind, const char *site, uint64_t candidates) {
  log_forced(kind, site);
  if (machine.steps >= machine.step_bound) reach_bound();
  uint8_t list[2 * kFibers + 4];
  unsigned n = list_runnable(candidates, list);
  if (n == 0) end_run(Outcome::kDeadlock);
  unsigned to = list[0];
  if (n > 1) to = ask(kind, site, list, n, true, list[0]);
  act(to);
}

// Whether the running fiber did nothing but load since it last spun.
bool only_looked(const Fiber *f) {
  for (const uint64_t *entry = f->log_next; entry > f->log; entry--) {
    PointKind kind = kind_of(entry[-1]);
    if (kind == PointKind::kSpin) return true;
    if (kind != PointKind::kLoad) return false;
  }
  return false;
}

}  // namespace

void arm() {
  Fiber *f = machine.current;
  if (f->log_next == f->log_end) fold(f);
  uint64_t n = static_cast<uint64_t>(f->log_end - f->log_next);
  if (machine.until_pick < n) n = machine.until_pick;
  uint64_t left = machine.step_bound - machine.steps;
  if (left < n) n = left;
  machine.armed = machine.countdown = static_cast<uint32_t>(n);
}

void leave_driver_alone() {
  driver.log_next = driver.log;
  machine.armed = machine.countdown = static_cast<uint32_t>(driver.log_end - driver.log);
}

void decide(PointKind kind, const char *site) {
  Fiber *f = machine.current;
  if (f == &driver) return leave_driver_alone();
  settle();
  if (machine.steps >= machine.step_bound) reach_bound();
  if (machine.until_pick == 0) {
    uint8_t list[2 * kFibers + 4];
    unsigned n = list_runnable(machine.ready, list);
    unsigned to = ask(kind, site, list, n, false, f->number);
    if (to != f->number) act(to);
  }
  arm();
}

bool block(Wait wait, const void *object, uint64_t number, uint64_t deadline, const char *site) {
  Fiber *f = machine.current;
  if (f == &driver) misuse("a blocking call outside of a run");
  f->wait = wait;
  f->wait_object = object;
  f->wait_number = number;
  f->deadline = deadline;
  f->timed_out = false;
  if (wait != Wait::kLock && wait != Wait::kSlotUser) f->waits++;
  machine.ready &= ~bit(f->number);
  if (deadline != kNever) machine.timed |= bit(f->number);
  settle();
  while (!(machine.ready & bit(f->number))) choose_other(PointKind::kBlocked, site, machine.ready);
  arm();
  return !f->timed_out;
}

void wake(Fiber *f) {
  f->wait = Wait::kNothing;
  f->deadline = kNever;
  machine.ready |= bit(f->number);
  machine.timed &= ~bit(f->number);
}

void spin(const char *site) {
  Fiber *f = machine.current;
  if (f == &driver) misuse("spins outside of a run, where nobody can change the flag");
  settle();
  if (!only_looked(f)) machine.spinning = 0;
  machine.spinning |= bit(f->number);
  f->wait = Wait::kSpin;
  f->wait_object = site;
  choose_other(PointKind::kSpin, site, machine.ready & ~machine.spinning);
  f->wait = Wait::kNothing;
  machine.spinning &= ~bit(f->number);
  arm();
}

void finish_fiber() {
  Fiber *f = machine.current;
  f->half_way = false;
  f->finished = true;
  machine.ready &= ~bit(f->number);
  settle();
  if (f->number == kInit) {
    machine.outcome = Outcome::kFinished;
    switch_to(&driver);
    return;
  }
  while (!(machine.ready & bit(f->number))) {
    choose_other(PointKind::kBlocked, "thread_exit", machine.ready);
  }
}

void end_run(Outcome outcome) {
  settle();
  machine.outcome = outcome;
  machine.current->half_way = true;  // also if it is finished and only chose who goes on
  switch_to(&driver);
  __builtin_unreachable();  // whoever ends a run is abandoned, never resumed
}

void reset_log(Fiber *f) {
  f->log = f->log_next = logs[f->number];
  f->log_end = logs[f->number] + kLogEntries;
  f->folded = false;
}

void start_counting(uint64_t until_pick) {
  taken_count = 0;
  machine.steps = 0;
  machine.until_pick = until_pick;
  machine.armed = machine.countdown = 0;
  machine.extended = false;
  machine.spinning = 0;
}

unsigned taken_so_far(const Preemption **list) {
  *list = taken_list;
  return taken_count;
}

void operation(unsigned index, unsigned fail_nth) {
  Fiber *f = machine.current;
  if (f == &driver) misuse("operation() is for fibers");
  settle();
  reset_log(f);
  arm();
  f->operation = static_cast<uint16_t>(index);
  f->requests = 0;
  f->fail_nth = fail_nth;
  point(PointKind::kOperation, "operation");
  if (machine.program_order && f->number - 1 < kMaxProgramThreads) let_earlier_ones_go();
}

void look_again_later() { spin("look_again_later"); }

void ask_strategy_now() {
  settle();
  machine.until_pick = 1;
  arm();
}

uint32_t waits() { return machine.current->waits; }

uint32_t steps() {
  uint32_t unsettled = machine.running ? machine.armed - machine.countdown : 0;
  return static_cast<uint32_t>(machine.steps + unsettled);
}

}  // namespace slabbed::sched
SLABBED_SCHED_END
