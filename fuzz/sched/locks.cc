// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// locks.cc - Mutex and CondVar of the sim world.
//
// A lock that is let go of wakes all its waiters; which of them takes it is the schedule's choice.
// TSan gets a mutex's own edges: what was done under the lock happens before the next holder.
#include "fuzz/sched/machine.h"
#include "port/mutex.h"

SLABBED_SCHED_BEGIN
namespace slabbed::port::sim {
using namespace slabbed::sched;

// A static object may have been left locked by an abandoned run: then it is as good as new.
struct MutexAccess {
  static int &holder(Mutex *m) {
    if (m->run_ != machine.run) {
      m->run_ = machine.run;
      m->holder_ = -1;
      m->waiting_ = 0;
    }
    return m->holder_;
  }
  static const char *name(const Mutex *m) { return m->name_; }  // Mutex::name() is instrumented
  static uint64_t &waiting(Mutex *m) { return m->waiting_; }
  static uint64_t &waiting(CondVar *c) {
    if (c->run_ != machine.run) {
      c->run_ = machine.run;
      c->waiting_ = 0;
    }
    return c->waiting_;
  }
};

namespace {

void wake_all(uint64_t *waiting) {
  for (uint64_t rest = *waiting; rest; rest &= rest - 1) wake(&fibers[__builtin_ctzll(rest)]);
  *waiting = 0;
}

// Blocks until the lock is free. No yield point of its own.
void take(Mutex *m, const char *site) {
  Fiber *f = machine.current;
  while (MutexAccess::holder(m) != -1) {
    MutexAccess::waiting(m) |= bit(f->number);
    block(Wait::kLock, m, 0, kNever, site);
  }
  MutexAccess::holder(m) = static_cast<int>(f->number);
  tsan_acquire(m);
}

void give(Mutex *m) {
  tsan_release(m);
  MutexAccess::holder(m) = -1;
  wake_all(&MutexAccess::waiting(m));
}

void check_holder(Mutex *m, const char *misuse_text) {
  if (MutexAccess::holder(m) != static_cast<int>(machine.current->number)) misuse(misuse_text);
}

}  // namespace

void mutex_lock(Mutex *m, const char *site) {
  point(PointKind::kLock, site);
  if (MutexAccess::holder(m) == static_cast<int>(machine.current->number)) {
    misuse("takes a lock that it holds");
  }
  drain(machine.current);
  take(m, site);
}

// The yield point comes behind the release: what follows an unlock is where somebody else may have
// taken the lock, changed everything and, say, freed the thing that the code still looks at.
void mutex_unlock(Mutex *m, const char *site) {
  check_holder(m, "releases a lock that it does not hold");
  drain(machine.current);
  give(m);
  point(PointKind::kUnlock, site);
}

bool condvar_wait(CondVar *c, Mutex *m, uint64_t jiffy, const char *site) {
  point(PointKind::kWait, site);
  forbid_blocking("a wait for a condition");
  check_holder(m, "waits for a condition without its lock");
  drain(machine.current);
  if (jiffy <= machine.jiffies) return false;
  Fiber *f = machine.current;
  give(m);
  MutexAccess::waiting(c) |= bit(f->number);
  bool notified = block(Wait::kCondVar, m, 0, jiffy, site);
  MutexAccess::waiting(c) &= ~bit(f->number);
  take(m, site);
  return notified;
}

void condvar_notify_all(CondVar *c, const char *site) {
  point(PointKind::kNotify, site);
  drain(machine.current);
  wake_all(&MutexAccess::waiting(c));
}

}  // namespace slabbed::port::sim

namespace slabbed::sched {

int holder_of(const void *mutex) {
  auto *m = static_cast<port::Mutex *>(const_cast<void *>(mutex));
  return port::sim::MutexAccess::holder(m);
}

const char *name_of_mutex(const void *mutex) {
  return port::sim::MutexAccess::name(static_cast<const port::Mutex *>(mutex));
}

}  // namespace slabbed::sched
SLABBED_SCHED_END
