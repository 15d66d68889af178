// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// sim_canary.cc - programs that ThreadSanitizer must (or must not) report under the simulator.
//
// usage: sim_canary CASE. A case is a whole program on fibers, run under one fixed schedule. The
// wrong ones are races that a simulator easily hides by drawing an edge too many: at a switch, at a
// thread's exit, at the end of a grace period. Each has a correct twin, which an edge too few would
// turn into a false report. canaries/sim.cmake says what each must print and how it must exit.
#include <cstdio>
#include <cstring>

#include "fuzz/sched/bytes_strategy.h"
#include "fuzz/sched/simulation.h"
#include "port/atomic.h"
#include "port/memory.h"
#include "port/mutex.h"
#include "port/rcu.h"
#include "port/slot.h"
#include "port/thread.h"

namespace {

using namespace slabbed;

struct Object {
  void *head[2];
  long value;
};

port::Rcu rcu;
port::Mutex mutex{"canary"};
port::Atomic<Object *> published{nullptr};
port::Atomic<unsigned> turn{0};
Object object;
long plain;

rcu_head *head_of(Object *o) { return reinterpret_cast<rcu_head *>(o->head); }
void destroy_object(rcu_head *head) { reinterpret_cast<Object *>(head)->value = -1; }

// Orders the fibers without ordering them for TSan: relaxed loads and stores make no edge.
void await(unsigned n) {
  while (turn.load_relaxed() != n) port::spin_wait();
}
void advance(unsigned n) { turn.store_relaxed(n); }

// Thread 1 has run to its end before thread 2's first step. An edge through the scheduler, at exit
// or start, would order them.
__attribute__((noinline)) void race_write(void *) { plain++; }
void locked_write(void *) {
  mutex.lock();
  plain++;
  mutex.unlock();
}

// Publication. The reader runs after the writer, so only the memory order decides.
void publish(bool release) {
  object.value = 42;
  if (release) published.store_release(&object);
  else published.store_relaxed(&object);
}
void publish_release(void *) { publish(true); }
void publish_relaxed(void *) { publish(false); }
__attribute__((noinline)) void race_read(void *) {
  Object *o = published.load_acquire();
  if (o && o->value != 42) std::puts("impossible");
}

// A reader finds the object in one section and touches it in a second one, opened after the grace
// period began. `again`: whether it touches it there.
void reader(bool again) {
  rcu.read_lock();
  Object *o = published.load_acquire();
  plain += o->value;
  advance(1);
  await(2);  // the updater has made its request: its grace period waits for this section only
  rcu.read_unlock();
  rcu.read_lock();
  if (again) plain += o->value;
  rcu.read_unlock();
  advance(3);
}
__attribute__((noinline)) void race_second_section(void *) { reader(true); }
void reader_first_section(void *) { reader(false); }
void updater(void *) {
  await(1);
  published.store_release(nullptr);
  rcu.call(head_of(&object), destroy_object);
  advance(2);
  await(3);
}

// A section that closed before the request: RCU orders it before the grace period's end.
void early_reader(void *) {
  rcu.read_lock();
  Object *o = published.load_acquire();
  plain += o->value;
  rcu.read_unlock();
  advance(1);
}
// The same without the reader's protection.
__attribute__((noinline)) void race_no_reader(void *) {
  Object *o = published.load_acquire();
  plain += o->value;
  advance(1);
}
void early_updater(void *) {
  await(1);
  published.store_release(nullptr);
  rcu.synchronize();
  object.value = -1;
}

// What a worker did is seen by whoever joined it, and by nobody else.
port::KThread worker;
void work(void *) { plain = 7; }
void joins(void *) {
  worker.start("worker", work, nullptr);
  worker.join();
  plain++;
}
__attribute__((noinline)) void race_does_not_join(void *) {
  worker.start("worker", work, nullptr);
  while (published.load_relaxed() == &object && turn.load_relaxed() == 0) advance(1);
  plain++;
}

// A block of metadata that one thread frees and another gets is new memory, not a race; using it
// after it was freed is one.
long *block;
void frees(void *) {
  for (int i = 0; i < 8; i++) {
    auto *p = static_cast<long *>(port::meta_alloc(64));
    *p = i;
    port::meta_free(p, 64);
  }
  advance(1);
}
void gets(void *) {
  await(1);
  for (int i = 0; i < 8; i++) *static_cast<long *>(port::meta_alloc(64)) = i;
}
void frees_block(void *) {
  block = static_cast<long *>(port::meta_alloc(64));
  published.store_release(&object);
  await(1);
  port::meta_free(block, 64);
}
__attribute__((noinline)) void race_uses_freed(void *) {
  while (!published.load_acquire()) port::spin_wait();
  plain += *block;
  advance(1);
}

// A slot's data goes to its next owner without a lock of the program's.
long per_slot[port::kMaxSlots];
void uses_slot(void *) { per_slot[port::this_slot()]++; }
__attribute__((noinline)) void race_wrong_slot(void *) {
  port::this_slot();
  per_slot[1]++;
}

// A pointer handed over through the executor's tables carries an edge; the table alone does not.
char token;
void hands_over(void *) {
  object.value = 1;
  sched::hand_over_release(&token);
  advance(1);
}
void takes_over(void *) {
  await(1);
  sched::hand_over_acquire(&token);
  object.value++;
}
__attribute__((noinline)) void race_takes_over(void *) {
  await(1);
  object.value++;
}

struct Case {
  const char *name;
  void (*thread1)(void *);
  void (*thread2)(void *);
  bool publishes = false;  // `published` is &object before the threads start
  int switch_after = -1;   // yield points until the one preemption; -1: none, the default order
};
constexpr Case kCases[] = {
    {"exited_thread", race_write, race_write},
    {"exited_thread_correct", locked_write, locked_write},
    {"relaxed_publication", publish_relaxed, race_read},
    {"relaxed_publication_correct", publish_release, race_read},
    {"second_section", race_second_section, updater, true},
    {"second_section_correct", reader_first_section, updater, true},
    {"no_reader", race_no_reader, early_updater, true},
    {"no_reader_correct", early_reader, early_updater, true},
    {"worker_not_joined", race_does_not_join, nullptr, true, 5},
    {"worker_not_joined_correct", joins, nullptr, true},
    {"freed_metadata", frees_block, race_uses_freed},
    {"freed_metadata_correct", frees, gets},
    {"wrong_slot", uses_slot, race_wrong_slot, false, 5},
    {"wrong_slot_correct", uses_slot, uses_slot},
    {"hand_over", hands_over, race_takes_over},
    {"hand_over_correct", hands_over, takes_over},
};

void init(void *arg) {
  const Case *c = static_cast<const Case *>(arg);
  object.value = 42;
  published.store_release(c->publishes ? &object : nullptr);
  turn.store_release(0);
  sched::spawn(1, c->thread1, nullptr);
  if (c->thread2) sched::spawn(2, c->thread2, nullptr);
  sched::join_all();
  plain++;         // after all of them
  rcu.barrier();   // let the callbacks run
  object.value++;
}

// Thread 1 waits for the lock for ever, thread 2 for thread 1: both are abandoned.
void never_unlocks(void *) SLABBED_NO_THREAD_SAFETY_ANALYSIS {
  mutex.lock();
  await(1000);
}
void never_locks(void *) { locked_write(nullptr); }
constexpr Case kDeadlock = {"", never_unlocks, never_locks};

sched::Outcome run_case(const Case &c) {
  sched::BytesStrategy::Record preemption = {static_cast<uint16_t>(c.switch_after), 0};
  sched::BytesStrategy strategy(&preemption, c.switch_after < 0 ? 0 : 1);
  sched::Options options;
  options.strategy = &strategy;
  sched::begin(options, {});
  sched::Outcome outcome = sched::run(init, const_cast<Case *>(&c));
  sched::end();
  return outcome;
}

const Case *find(const char *name) {
  for (const Case &c : kCases) {
    if (!std::strcmp(name, c.name)) return &c;
  }
  return nullptr;
}

// Correct and abandoned runs come first: what they leave behind must neither hide the race nor make
// one up.
bool survives_repetition(const char *name) {
  char correct[64];
  std::snprintf(correct, sizeof(correct), "%s_correct", name);
  const Case *twin = find(correct);
  if (!twin) twin = find(name);
  for (int i = 0; i < 20; i++) {
    if (run_case(*twin) != sched::Outcome::kFinished) return false;
    if (run_case(kDeadlock) != sched::Outcome::kDeadlock) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char **argv) {
  const Case *c = argc == 2 ? find(argv[1]) : nullptr;
  if (!c) {
    std::fputs("usage: sim_canary CASE\n", stderr);
    return 2;
  }
  if (!survives_repetition(c->name)) return 3;
  if (run_case(*c) != sched::Outcome::kFinished) return 4;
  std::puts("survived");
  return 0;
}
