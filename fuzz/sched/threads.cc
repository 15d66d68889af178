// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// threads.cc - program threads, workers, joining, and the slots threads own.
//
// Edges for TSan: start (starter -> first step), join (last step -> joiner), and from the last
// owner of a slot to the next one and to whoever removes a SlotUser, because that happens under
// locks in the native world. join_all() acquires every exit edge only after the last thread has
// finished: acquiring one by one would hand one thread's clock to the next through the init fiber.
#include "port/thread.h"

#include "fuzz/sched/machine.h"
#include "port/slot.h"

size_t slabbed_sim_slot_offset = SLABBED_CACHE_HEADER_BYTES;

SLABBED_SCHED_BEGIN
namespace slabbed::sched {
namespace {

// What give_work() cannot carry: the program's own function.
struct Work {
  void (*fn)(void *);
  void *arg;
} works[kFibers];

port::SlotUser *slot_users;
uint64_t slots_taken = 1;  // slot 0 belongs to nobody
Token slot_edges[port::kMaxSlots];

const char *const kProgramNames[kMaxProgramThreads + 1] = {"init", "t1", "t2", "t3", "t4",
                                                           "t5",   "t6", "t7", "t8"};

void wake_joiners(Fiber *f) {
  machine.live_programs &= ~bit(f->number);
  for (unsigned i = 0; i < kFibers; i++) {
    Fiber *waiter = &fibers[i];
    if (waiter->wait == Wait::kJoin && waiter->wait_object == f) wake(waiter);
    if (waiter->wait == Wait::kJoinAll && !machine.live_programs) wake(waiter);
  }
}

// The thread goes to slot 0 first, so what the users free cannot refill its sheaves.
void leave_slot(Fiber *f) {
  unsigned slot = f->slot;
  f->slot = 0;
  f->slot_gone = true;
  slabbed_sim_slot_offset = SLABBED_CACHE_HEADER_BYTES;
  if (!slot) return;
  for (port::SlotUser *user = slot_users; user;) {
    f->inside_slot_user = user;
    user->thread_exit(user, slot);
    port::SlotUser *next = user->next;
    tsan_release(user);
    f->inside_slot_user = nullptr;
    for (unsigned i = 0; i < kFibers; i++) {
      Fiber *waiter = &fibers[i];
      if (waiter->wait == Wait::kSlotUser && waiter->wait_object == user) wake(waiter);
    }
    user = next;
  }
  tsan_release(&slot_edges[slot]);
  slots_taken &= ~bit(slot);
}

// From a thread's first step to its last.
void thread_main(void *arg) {
  Fiber *f = machine.current;
  Work *work = static_cast<Work *>(arg);
  point(PointKind::kThreadStart, "thread_start");
  work->fn(work->arg);
  if (f->nesting) misuse("a thread ends inside a reader");
  point(PointKind::kThreadExit, "thread_exit");
  leave_slot(f);
  drain(f);
  tsan_release(&f->exit_edge);
  emit(SchedEvent::kThreadExit, f->number, 0);
  wake_joiners(f);
}

void start(unsigned number, const char *name, void (*fn)(void *), void *arg) {
  works[number] = {fn, arg};
  drain(machine.current);
  tsan_release(&fibers[number].start_edge);
  give_work(&fibers[number], name, thread_main, &works[number]);
}

}  // namespace

void threads_begin() {
  slot_users = nullptr;
  slots_taken = 1;
  driver.slot = 0;
}

unsigned current_thread() { return machine.current == &driver ? kInit : machine.current->number; }

void spawn(unsigned number, void (*fn)(void *), void *arg) {
  if (number == 0 || number > kMaxProgramThreads) misuse("spawn: no such program thread");
  if (machine.used & bit(number)) misuse("spawn: the thread was spawned before");
  machine.live_programs |= bit(number);
  start(number, kProgramNames[number], fn, arg);
}

void spawn_init(void (*fn)(void *), void *arg) { start(kInit, kProgramNames[0], fn, arg); }

void join_all() {
  if (machine.live_programs) block(Wait::kJoinAll, nullptr, 0, kNever, "join_all");
  for (unsigned i = 1; i <= kMaxProgramThreads; i++) {
    if (machine.used & bit(i)) tsan_acquire(&fibers[i].exit_edge);
  }
}

void hand_over_release(void *token) {
  drain(machine.current);
  tsan_release(token);
}

void hand_over_acquire(void *token) { tsan_acquire(token); }

}  // namespace slabbed::sched

namespace slabbed::port {
using namespace slabbed::sched;

bool KThread::start(const char *name, void (*fn)(void *), void *arg, Rcu *, const char *site) {
  point(PointKind::kThreadStart, site);
  if (fiber_) misuse("a KThread is started twice");
  if (machine.next_worker == kEndWorker) return false;
  fiber_ = machine.next_worker++;
  sched::start(fiber_, name, fn, arg);
  return true;
}

void KThread::join(const char *site) {
  if (!fiber_) return;
  point(PointKind::kWait, site);
  forbid_blocking("a join");
  Fiber *f = &fibers[fiber_];
  drain(machine.current);
  if (!f->finished) block(Wait::kJoin, f, 0, kNever, site);
  tsan_acquire(&f->exit_edge);
  fiber_ = 0;
}

int thread_id() { return static_cast<int>(current_thread()); }

unsigned slot_count() { return machine.slots; }

unsigned this_slot(const char *site) {
  Fiber *f = machine.current;
  if (f->slot || f->slot_gone) return f->slot;
  point(PointKind::kLock, site);
  for (unsigned slot = 1; slot < machine.slots; slot++) {
    if (slots_taken & bit(slot)) continue;
    slots_taken |= bit(slot);
    tsan_acquire(&slot_edges[slot]);
    f->slot = slot;
    slabbed_sim_slot_offset = SLABBED_CACHE_HEADER_BYTES + size_t{slot} * slot_stride;
    return slot;
  }
  return 0;
}

bool slot_in_use(unsigned slot) { return slot != 0 && (slots_taken & bit(slot)); }

void slot_user_add(SlotUser *user) {
  user->next = slot_users;
  slot_users = user;
}

void slot_user_remove(SlotUser *user) {
  SlotUser **link = &slot_users;
  while (*link && *link != user) link = &(*link)->next;
  if (*link) *link = user->next;
  for (unsigned i = 0; i < kFibers; i++) {
    while (fibers[i].inside_slot_user == user) {
      block(Wait::kSlotUser, user, 0, kNever, "slot_user_remove");
    }
  }
  tsan_acquire(user);
}

}  // namespace slabbed::port
SLABBED_SCHED_END
