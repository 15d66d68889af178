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
// A fiber goes back and forth between waiting for work and doing it, so that a run of finished
// fibers costs neither a new stack nor a new TSan context:
//
//   made --give_work()--> working --finish_fiber()--> idle --give_work()--> working ...
//                            |
//                            +--the run ends--> abandoned: stack and TSan context are made anew
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

void fiber_main(transfer_t from) {
  arrive(from);
  Fiber *f = machine.current;
  for (;;) {
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
  f->asan_fake_stack = nullptr;
  f->context = make_fcontext(f->stack_low + kStackBytes, kStackBytes, fiber_main);
  if (f->tsan) return;
  void *self = tsan_current();
  tsan_become(driver.tsan);
  f->tsan = tsan_create(f->name);
  tsan_become(self);
}

// ASan keeps locals of a fiber in a fake stack of its own. Pretends to switch to the fiber and to
// leave it for good, which is how the runtime is told to give that memory back.
void drop_fake_stack(Fiber *f) {
  if (!f->asan_fake_stack) return;
  void *own = nullptr;
  asan_leave(&own, f->stack_low, f->stack_bytes);
  asan_arrive(f->asan_fake_stack, nullptr, nullptr);
  asan_leave(nullptr, driver.stack_low, driver.stack_bytes);
  asan_arrive(own, nullptr, nullptr);
  f->asan_fake_stack = nullptr;
}

// Takes the clock of a fiber that will never run again, so that what it did happens before the next
// run, and forgets where it was.
void abandon(Fiber *f) {
  tsan_become(f->tsan);
  tsan_release(&f->exit_edge);
  tsan_become(driver.tsan);
  tsan_acquire(&f->exit_edge);
  tsan_destroy(f->tsan);
  f->tsan = nullptr;
  drop_fake_stack(f);
  asan_unpoison(f->stack_low, f->stack_bytes);
  f->context = nullptr;
  f->half_way = false;
}

// What a fiber may have left over from the last run.
void renew(Fiber *f) {
  f->operation = 0;
  f->deadline = kNever;
  f->nesting = 0;
  f->slot = 0;
  f->slot_gone = false;
  f->requests = f->fail_nth = 0;
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
    else tsan_acquire(&f->exit_edge);
    f->finished = true;
    f->wait = Wait::kNothing;
    f->inside_slot_user = nullptr;
    f->stored = 0;
  }
}

}  // namespace slabbed::sched
SLABBED_SCHED_END
