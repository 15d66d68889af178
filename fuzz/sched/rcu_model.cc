// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// rcu_model.cc - RCU as adversarial as its contract allows.
//
// Every request (synchronize, call) starts a grace period of its own at once, and it waits for
// exactly the outermost readers that are open then. From the moment the last of them has closed it
// *may* end; it does when the schedule picks kGracePeriod. Starting at once loses nothing: a later
// start could only wait for more readers. Grace periods end in the order of their numbers, which
// loses nothing either: a later one waits for everything still open that an earlier one waits for.
//
// What TSan is told is what RCU promises: a section that closed before a grace period started, or
// that it waited for, happens before its end. Sections opened later contribute nothing.
//   reader's outermost unlock --> token of each grace period that waits for it
//   reader's outermost unlock --> closed_edge --(carrier, at a start)--> token of each later one
//   token --> return of synchronize(); token --> callback; call() --> its callback (separate edge)
// The carrier is a TSan context that does nothing else, so a token never carries what its requester
// or an earlier callback knew. The converse promise (what preceded a grace period is seen by
// sections opened after it) is not drawn: programs publish with release, and the edge would hide it
// if not.
#include <slabbed/port.h>

#include "fuzz/sched/machine.h"
#include "port/rcu.h"

SLABBED_SCHED_BEGIN
namespace slabbed::sched {
namespace {

constexpr unsigned kInFlight = 1u << 14;  // grace periods; a run that needs more is misuse

struct GracePeriod {
  uint64_t waits_for;  // fibers whose section was open at the start and has not closed
};
struct Callback {
  struct rcu_head *head;
  void (*fn)(struct rcu_head *);
  uint64_t grace_period;
};

// Numbers count from 1. Grace period n is entry n % kInFlight; callbacks alike.
GracePeriod grace_periods[kInFlight];
Token grace_period_edges[kInFlight];
Callback callbacks[kInFlight];
Token call_edges[kInFlight];
uint64_t started, ended;      // grace periods
uint64_t queued, completed;   // callbacks
uint64_t sections;
uint64_t open_readers;        // fibers
bool in_callback;
Token closed_edge;
Token completed_edge;
[[maybe_unused]] void *carrier;

Token *edge_of(uint64_t grace_period) { return &grace_period_edges[grace_period % kInFlight]; }

uint64_t start_grace_period() {
  if (started - ended == kInFlight) misuse("too many grace periods at once");
  drain_all();  // a request is a full barrier, here and on every processor
  uint64_t number = ++started;
  grace_periods[number % kInFlight].waits_for = open_readers;
#ifdef SLABBED_TSAN
  void *self = tsan_current();
  tsan_become(carrier);
  tsan_acquire(&closed_edge);
  tsan_release(edge_of(number));
  tsan_become(self);
#endif
  emit(SchedEvent::kGpStart, machine.current->number, number);
  return number;
}

bool callback_ready() {
  return completed < queued && callbacks[(completed + 1) % kInFlight].grace_period <= ended;
}

void wake_barriers() {
  for (unsigned i = 0; i < kFibers; i++) {
    Fiber *f = &fibers[i];
    if (f->wait != Wait::kRcuBarrier || f->wait_number != completed) continue;
    tsan_release(&f->barrier_edge);
    wake(f);
  }
}

// Work of the callbacks' fiber: whatever is ready, in order, one yield point before each.
void run_callbacks(void *) {
  while (callback_ready()) {
    point(PointKind::kThreadStart, "rcu_callback");
    Callback &callback = callbacks[(completed + 1) % kInFlight];
    tsan_acquire(edge_of(callback.grace_period));
    tsan_acquire(&call_edges[(completed + 1) % kInFlight]);
    emit(SchedEvent::kCallback, kCallbacks, reinterpret_cast<uintptr_t>(callback.head));
    in_callback = true;
    callback.fn(callback.head);
    in_callback = false;
    drain(machine.current);
    completed++;
    tsan_release(&completed_edge);
    wake_barriers();
  }
  tsan_release(&machine.current->exit_edge);
}

void start_callbacks() {
  Fiber *f = &fibers[kCallbacks];
  if (!callback_ready() || !f->finished) return;
  give_work(f, "rcu callbacks", run_callbacks, nullptr);
}

}  // namespace

void rcu_begin() {
  started = ended = queued = completed = sections = open_readers = 0;
  in_callback = false;
  // Whoever happens to end a grace period must not be known to the callbacks: their fiber starts
  // from the driver's clock, not from its.
  tsan_release(&fibers[kCallbacks].start_edge);
  if (!carrier) carrier = tsan_create("grace periods");
}

bool grace_period_may_end() {
  return ended < started && grace_periods[(ended + 1) % kInFlight].waits_for == 0;
}

void end_grace_period() {
  drain_all();
  ended++;
  emit(SchedEvent::kGpEnd, kGracePeriod, ended);
  for (unsigned i = 0; i < kFibers; i++) {
    Fiber *f = &fibers[i];
    if (f->wait == Wait::kReaders && f->wait_number <= ended) wake(f);
  }
  start_callbacks();
}

uint64_t readers_waited_for(uint64_t grace_period) {
  return grace_periods[grace_period % kInFlight].waits_for;
}

void forbid_blocking(const char *what) {
  static char text[128];
  Fiber *f = machine.current;
  const char *where = f->nesting ? " inside a reader" : " inside an RCU callback";
  if (!f->nesting && !(in_callback && f->number == kCallbacks)) return;
  char *out = text;
  for (const char *s = what; *s; s++) *out++ = *s;
  for (const char *s = where; *s; s++) *out++ = *s;
  *out = 0;
  misuse(text);
}

}  // namespace slabbed::sched

namespace slabbed::port::sim {
using namespace slabbed::sched;

void rcu_read_lock(const char *site) {
  point(PointKind::kReadLock, site);
  Fiber *f = machine.current;
  if (f->nesting++) return;
  f->section = ++sections;
  open_readers |= bit(f->number);
  emit(SchedEvent::kReaderLock, f->number, f->section);
}

void rcu_read_unlock(const char *site) {
  point(PointKind::kReadUnlock, site);
  Fiber *f = machine.current;
  if (f->nesting == 0) misuse("rcu_read_unlock outside of a reader");
  if (--f->nesting) return;
  open_readers &= ~bit(f->number);
  for (uint64_t n = ended + 1; n <= started; n++) {
    GracePeriod &gp = grace_periods[n % kInFlight];
    if (!(gp.waits_for & bit(f->number))) continue;
    gp.waits_for &= ~bit(f->number);
    tsan_release(edge_of(n));
  }
  tsan_release(&closed_edge);
  emit(SchedEvent::kReaderUnlock, f->number, f->section);
}

bool rcu_read_ongoing() { return machine.current->nesting != 0; }

void rcu_synchronize(const char *site) {
  point(PointKind::kSynchronize, site);
  forbid_blocking("synchronize_rcu");
  uint64_t number = start_grace_period();
  if (machine.current == &driver) {
    while (ended < number) end_grace_period();
  } else {
    block(Wait::kReaders, nullptr, number, kNever, site);
  }
  tsan_acquire(edge_of(number));
}

void rcu_call(struct rcu_head *head, void (*fn)(struct rcu_head *), const char *site) {
  point(PointKind::kCallRcu, site);
  for (uint64_t n = completed + 1; n <= queued; n++) {
    if (callbacks[n % kInFlight].head == head) misuse("call_rcu: this head is queued already");
  }
  if (queued - completed == kInFlight) misuse("too many callbacks at once");
  uint64_t grace_period = start_grace_period();
  queued++;
  callbacks[queued % kInFlight] = {head, fn, grace_period};
  tsan_release(&call_edges[queued % kInFlight]);
}

void rcu_barrier(const char *site) {
  point(PointKind::kRcuBarrier, site);
  forbid_blocking("rcu_barrier");
  drain(machine.current);
  if (completed == queued) return tsan_acquire(&completed_edge);
  block(Wait::kRcuBarrier, nullptr, queued, kNever, site);
  tsan_acquire(&machine.current->barrier_edge);
}

}  // namespace slabbed::port::sim
SLABBED_SCHED_END
