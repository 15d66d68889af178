// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// simulation.cc - a run from begin() to end(), seen by its owner.
//
// Everything here is the driver's: it runs on its own stack and TSan context, before the first step
// and after the last.
#include "fuzz/sched/simulation.h"

#include "fuzz/sched/machine.h"
#include "port/slot.h"

#include <slabbed/port.h>

SLABBED_SCHED_BEGIN
namespace slabbed::sched {
namespace {

constexpr unsigned kDriverLog = 64;
uint64_t driver_log[kDriverLog];

}  // namespace

// Usable before the first begin(): port calls of the driver just work, alone.
constinit Fiber driver = {.number = kDriver,
                          .name = "driver",
                          .log = driver_log,
                          .log_next = driver_log,
                          .log_end = driver_log + kDriverLog};
constinit Machine machine = {
    .current = &driver, .countdown = 1, .armed = 1, .until_pick = kNever, .step_bound = kNever};
constinit Fiber fibers[kFibers] = {};
constinit void *blind = nullptr;

void begin(const Options &options, const EventSink &sink) {
  memory_init();
  driver.tsan = tsan_current();
  if (!blind) {
    blind = tsan_create("test bed");
    tsan_become(blind);
    tsan_go_blind();
    tsan_become(driver.tsan);
  }
  for (unsigned i = 0; i < kFibers; i++) fibers[i].number = i;
  machine.run++;
  machine.ready = machine.timed = machine.buffered = machine.live_programs = machine.used = 0;
  machine.jiffies = 0;
  machine.hz = options.hz;
  machine.program_order = options.program_order;
  machine.slots = options.slots < port::kMaxSlots ? options.slots : port::kMaxSlots;
  machine.next_worker = kFirstWorker;
  machine.strategy = options.strategy;
  machine.sink = sink;
  machine.outcome = Outcome::kFinished;
  port::sim::buffering = options.store_buffers && !store_buffers_ignored();
  machine.step_bound = options.step_bound ? options.step_bound : 1;
  threads_begin();
  rcu_begin();
}

Outcome run(void (*init)(void *), void *arg) {
  machine.strategy->begin();
  spawn_init(init, arg);
  start_counting(uint64_t{machine.strategy->quiet_steps()} + 1);
  machine.running = true;
  switch_to(&fibers[kInit]);
  machine.running = false;
  leave_driver_alone();
  port::sim::buffering = false;
  write_deadlock_report();
  collect_fibers();
  return machine.outcome;
}

void end() {
  memory_end();
  machine.used = 0;
}

void emit(SchedEvent kind, unsigned thread, uint64_t a) {
  if (!machine.sink.event) return;
  tsan_become(blind);
  machine.sink.event(machine.sink.context, kind, thread, a);
  tsan_become(machine.current->tsan);
}

void unobserved(void (*fn)(void *), void *arg) {
  tsan_become(blind);
  fn(arg);
  tsan_become(machine.current->tsan);
}

}  // namespace slabbed::sched
SLABBED_SCHED_END

namespace slabbed::sched {

const std::vector<Preemption> &taken() {
  static std::vector<Preemption> copy;
  const Preemption *list;
  unsigned n = taken_so_far(&list);
  copy.assign(list, list + n);
  return copy;
}

}  // namespace slabbed::sched
