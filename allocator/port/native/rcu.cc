// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// rcu.cc - Rcu on liburcu, through the table of functions every flavour exports.
//
// What is ours here is small: registration of KThreads for the duration of a call, the gate around
// fork(), and the edges TSan is told about (interval_clock.h). In a build without TSan a reader
// costs the flavour's own call and one test of a thread-local pointer.
#include "port/rcu.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <urcu/urcu-memb.h>

#include "fork_gate.h"
#include "fork_parts.h"
#include "interval_clock.h"
#include "port/annotate.h"
#include "port/atomic.h"
#include "port/check.h"
#include "port/mutex.h"

#ifdef SLABBED_TSAN
#include <sanitizer/tsan_interface.h>
#endif

// <slabbed/rcupdate.h> declares the same two words for kernel-style code.
static_assert(sizeof(struct rcu_head) == 2 * sizeof(void *));
static_assert(offsetof(struct rcu_head, func) == sizeof(void *));

namespace slabbed::port {

struct FlavourState {
  const struct rcu_flavor_struct *flavour;
  unsigned index;
  IntervalClock readers;    // grace periods wait for them
  IntervalClock callbacks;  // barriers wait for them
};

namespace {

constexpr unsigned kMaxFlavours = 8;  // liburcu has five

// A leaf. Entries are never removed.
Mutex states_mutex{"rcu_flavours"};
FlavourState states[kMaxFlavours];
unsigned state_count SLABBED_GUARDED_BY(states_mutex) = 0;

ForkGate gate;
// Whether somebody has handed callbacks to the default flavour, and so started its worker.
Atomic<bool> default_called{false};
// Between prepare and parent or child.
bool callbacks_paused = false;

// The Rcu of this KThread, and how many calls under way want it registered.
__thread const Rcu *kthread_rcu = nullptr;
__thread unsigned kthread_depth = 0;

struct ReaderNesting {
  unsigned depth;
  uint64_t stamp;  // of the outermost section
};
[[maybe_unused]] __thread ReaderNesting nesting[kMaxFlavours];

FlavourState *state_of(const struct rcu_flavor_struct *flavour) {
  MutexLock guard(states_mutex);
  for (unsigned i = 0; i < state_count; ++i) {
    if (states[i].flavour == flavour) return &states[i];
  }
  SLABBED_CHECK(state_count < kMaxFlavours);
  FlavourState *state = &states[state_count];
  state->flavour = flavour;
  state->index = state_count++;
  state->readers.prepare();
  state->callbacks.prepare();
  return state;
}

// Whether some flavour's grace period waits for the calling thread.
bool forks_in_reader() {
  MutexLock guard(states_mutex);
  for (unsigned i = 0; i < state_count; ++i) {
    if (states[i].flavour->read_ongoing()) return true;
  }
  return false;
}

void kthread_enter(const struct rcu_flavor_struct *flavour) {
  if (kthread_depth++ != 0) return;
  gate.enter();
  flavour->register_thread();
}

void kthread_leave(const struct rcu_flavor_struct *flavour) {
  SLABBED_ASSERT(kthread_depth != 0);
  if (--kthread_depth != 0) return;
  flavour->unregister_thread();
  gate.leave();
}

// The outermost lock and unlock make the section's interval. The stamp is taken inside the section:
// a grace period that begins before the stamp waits for it, and a section stamped after a grace
// period began sees all that was unpublished before it.
void section_opened([[maybe_unused]] FlavourState *state) {
#ifdef SLABBED_TSAN
  ReaderNesting &mine = nesting[state->index];
  if (mine.depth++ == 0) mine.stamp = state->readers.open();
#endif
}

void section_closes([[maybe_unused]] FlavourState *state) {
#ifdef SLABBED_TSAN
  ReaderNesting &mine = nesting[state->index];
  SLABBED_CHECK(mine.depth != 0);  // an unlock without its lock
  if (--mine.depth == 0) state->readers.close(mine.stamp);
#endif
}

#ifdef SLABBED_TSAN
// Takes the place of the caller's rcu_head, so that its function can be wrapped.
struct TrackedCall {
  struct rcu_head head;  // liburcu's
  FlavourState *state;
  struct rcu_head *caller_head;
  void (*caller_fn)(struct rcu_head *head);
  uint64_t stamp;
  IntervalClock::Wait grace;
  char queued;  // TSan keeps the clock of the call for this address
};

void run_tracked(struct rcu_head *head) {
  TrackedCall *call = reinterpret_cast<TrackedCall *>(head);
  __tsan_acquire(&call->queued);
  FlavourState *state = call->state;
  uint64_t stamp = call->stamp;
  state->readers.end(&call->grace);
  call->caller_fn(call->caller_head);
  state->callbacks.close(stamp);
  free(call);
}
#endif

}  // namespace

void Rcu::init(const void *flavour) {
  default_ = flavour == nullptr;
  flavour_ = default_ ? &urcu_memb_flavor : static_cast<const struct rcu_flavor_struct *>(flavour);
  state_ = state_of(flavour_);
  fork_handlers_install();
}

void Rcu::read_lock(const char *) {
  SLABBED_ASSERT(flavour_ != nullptr);
  if (__builtin_expect(kthread_rcu == this, 0)) kthread_enter(flavour_);
  flavour_->read_lock();
  section_opened(state_);
}

void Rcu::read_unlock(const char *) {
  section_closes(state_);
  flavour_->read_unlock();
  if (__builtin_expect(kthread_rcu == this, 0)) kthread_leave(flavour_);
}

bool Rcu::read_ongoing() const { return flavour_->read_ongoing() != 0; }

bool Rcu::in_reader() const {
  if (!read_ongoing()) return false;
  // QSBR calls every online thread a reader, and lets it wait all the same: there, being offline
  // makes the difference. The other flavours ignore both calls.
  flavour_->thread_offline();
  bool reader = read_ongoing();
  flavour_->thread_online();
  return reader;
}

void Rcu::synchronize(const char *) {
  SLABBED_CHECK(!in_reader());
  IntervalClock::Wait grace;
  gate.enter();
  state_->readers.begin(&grace);
  flavour_->update_synchronize_rcu();
  state_->readers.end(&grace);
  gate.leave();
}

void Rcu::call(struct rcu_head *head, void (*fn)(struct rcu_head *head), const char *) {
  if (default_) default_called.store_relaxed(true);
  bool kthread = kthread_rcu == this;
  if (kthread) kthread_enter(flavour_);
#ifdef SLABBED_TSAN
  call_tracked(head, fn);
#else
  flavour_->update_call_rcu(head, fn);
#endif
  if (kthread) kthread_leave(flavour_);
}

#ifdef SLABBED_TSAN
void Rcu::call_tracked(struct rcu_head *head, void (*fn)(struct rcu_head *head)) {
  TrackedCall *call = static_cast<TrackedCall *>(calloc(1, sizeof(TrackedCall)));
  SLABBED_CHECK(call != nullptr);
  call->state = state_;
  call->caller_head = head;
  call->caller_fn = fn;
  call->stamp = state_->callbacks.open();
  state_->readers.begin(&call->grace);
  __tsan_release(&call->queued);
  flavour_->update_call_rcu(&call->head, run_tracked);
}
#endif

void Rcu::barrier(const char *) {
  SLABBED_CHECK(!in_reader());
  if (default_ && default_called.load_relaxed()) {
    pthread_t worker = urcu_memb_get_call_rcu_thread(urcu_memb_get_default_call_rcu_data());
    // The worker would wait for itself.
    SLABBED_CHECK(!pthread_equal(worker, pthread_self()));
  }
  // Not through the gate: callbacks may need locks that a forking thread already holds.
  IntervalClock::Wait callbacks;
  state_->callbacks.begin(&callbacks);
  flavour_->barrier();
  state_->callbacks.end(&callbacks);
}

void Rcu::register_thread() { flavour_->register_thread(); }

void Rcu::unregister_thread() { flavour_->unregister_thread(); }

void Rcu::adopt_kthread() { kthread_rcu = this; }

void rcu_pause_callbacks() {
  callbacks_paused = default_called.load_relaxed() && !forks_in_reader();
  if (callbacks_paused) urcu_memb_call_rcu_before_fork();
}

void rcu_resume_callbacks_parent() {
  if (callbacks_paused) urcu_memb_call_rcu_after_fork_parent();
}

void rcu_resume_callbacks_child() {
  if (callbacks_paused) urcu_memb_call_rcu_after_fork_child();
}

void rcu_gate_close() SLABBED_ACQUIRE(states_mutex) {
  gate.close(!forks_in_reader());
  states_mutex.lock();
}

void rcu_gate_open_parent() SLABBED_RELEASE(states_mutex) {
  states_mutex.unlock();
  gate.open();
}

void rcu_gate_open_child() SLABBED_RELEASE(states_mutex) {
  states_mutex.unlock();
  gate.reset();
}

}  // namespace slabbed::port
