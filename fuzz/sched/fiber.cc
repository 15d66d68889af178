// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// fiber.cc - stacks and the switch between them.
//
// A fiber goes back and forth between waiting for work and doing it, so that no run needs a new
// stack or a new TSan context:
//
//   made --give_work()--> working --finish_fiber()------------------> idle --give_work()--> ...
//                            |                                         ^
//                            +--the run ends: abandon(), by longjmp()--+
//
// longjmp() because it is the one way out of half-finished functions that the sanitizers follow:
// TSan pops its shadow of the call stack, ASan unpoisons what the frames had poisoned. (Destroying
// the context instead makes TSan 500 times slower and leak; not popping makes it crash in the end.)
//
// The edges TSan gets are those of real threads: the starter before the first step, the last step
// before whoever joins, and the driver after everybody at the end of the run. Nothing at a switch:
// an edge per switch would order everything and hide every race.
#include <boost/context/detail/fcontext.hpp>

#include "fuzz/sched/machine.h"

#include <slabbed/port.h>

SLABBED_SCHED_BEGIN
namespace slabbed::sched {
namespace {

using boost::context::detail::fcontext_t;
using boost::context::detail::jump_fcontext;
using boost::context::detail::make_fcontext;
using boost::context::detail::transfer_t;

size_t slot_offset(const Fiber *f) {
  return SLABBED_CACHE_HEADER_BYTES + size_t{f->slot} * SLABBED_PCS_BYTES;
}

// The other side of a jump. `from` is who jumped, and where to find it again.
void arrive(transfer_t from) {
  Fiber *left = static_cast<Fiber *>(from.data);
  left->context = from.fctx;
  const void *low = nullptr;
  size_t bytes = 0;
  asan_arrive(machine.current->asan_fake_stack, &low, &bytes);
  if (left == &driver) {
    left->stack_low = static_cast<char *>(const_cast<void *>(low));
    left->stack_bytes = bytes;
  }
}

// Where an abandoned fiber comes back to life, to leave its clock behind.
void leave_abandoned_work() {
  Fiber *f = machine.current;
  f->half_way = false;
  tsan_release(&f->exit_edge);
  switch_to(&driver);
}

void fiber_main(transfer_t from) {
  arrive(from);
  if (_setjmp(machine.current->idle)) leave_abandoned_work();
  for (;;) {
    Fiber *f = machine.current;
    f->half_way = true;
    tsan_acquire(&f->start_edge);
    arm();
    f->entry(f->arg);
    finish_fiber();
  }
}

void make_ready_to_enter(Fiber *f) {
  f->stack_low = stack_of(f->number);
  f->stack_bytes = kStackBytes;
  f->context = make_fcontext(f->stack_low + kStackBytes, kStackBytes, fiber_main);
  if (f->tsan) return;
  void *self = tsan_current();
  tsan_become(driver.tsan);
  f->tsan = tsan_create(f->name);
  tsan_become(self);
}

// Lets a fiber that will never go on jump out of whatever it was doing.
void abandon(Fiber *f) {
  machine.unwinding = true;
  switch_to(f);
  machine.unwinding = false;
}

// What a fiber may have left over from the last run.
void renew(Fiber *f) {
  f->operation = kOutsideOperations;
  f->deadline = kNever;
  f->nesting = 0;
  f->slot = 0;
  f->slot_gone = false;
  f->requests = f->fail_nth = 0;
  f->waits = 0;
  f->held = f->picked = false;
  f->oldest = 0;
  reset_log(f);
}

}  // namespace

void switch_to(Fiber *next) {
  Fiber *self = machine.current;
  // Whoever did not leave by spinning may have changed what the spinners look at.
  if (!(machine.spinning & bit(self->number))) machine.spinning = 0;
  if (!next->context) make_ready_to_enter(next);
  machine.current = next;
  slabbed_sim_slot_offset = slot_offset(next);
  asan_leave(&self->asan_fake_stack, next->stack_low, next->stack_bytes);
  tsan_become(next->tsan);
  arrive(jump_fcontext(static_cast<fcontext_t>(next->context), self));
  if (__builtin_expect(machine.unwinding, 0) && self != &driver) longjmp(self->idle, 1);
}

void give_work(Fiber *f, const char *name, void (*entry)(void *), void *arg) {
  if (!(machine.used & bit(f->number))) renew(f);
  f->name = name;
  f->entry = entry;
  f->arg = arg;
  f->finished = false;
  if (!f->context) make_ready_to_enter(f);
#ifdef SLABBED_TSAN
  __tsan_set_fiber_name(f->tsan, name);
#endif
  machine.used |= bit(f->number);
  machine.ready |= bit(f->number);
}

void collect_fibers() {
  for (uint64_t rest = machine.used; rest; rest &= rest - 1) {
    Fiber *f = &fibers[__builtin_ctzll(rest)];
    if (f->half_way) abandon(f);
    tsan_acquire(&f->exit_edge);
    f->finished = true;
    f->wait = Wait::kNothing;
    f->inside_slot_user = nullptr;
    f->stored = 0;
  }
}

}  // namespace slabbed::sched
SLABBED_SCHED_END
