// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// fork.cc - the order of things around fork().
//
//   prepare: fork_users · callbacks pause · slot_users · System::prepare() · gate · leaves
//   parent, child: the same backwards
//
// In the child the Systems flush the slots of dead threads while these still count as in use, and
// with callbacks already running again, which their flushing may need.
#include "port/fork.h"

#include <pthread.h>

#include "fork_parts.h"
#include "port/check.h"
#include "port/mutex.h"

namespace slabbed::port {
namespace {

// First in the port's lock order; held from prepare to parent or child.
Mutex users_mutex{"fork_users"};
ForkUser *users SLABBED_GUARDED_BY(users_mutex) = nullptr;  // newest first
// Written in the child, which has one thread then.
uint64_t generation = 0;

void call_oldest_first(ForkUser *user, void (*ForkUser::*hook)(ForkUser *)) {
  if (user == nullptr) return;
  call_oldest_first(user->next, hook);
  (user->*hook)(user);
}

void before_fork() SLABBED_NO_THREAD_SAFETY_ANALYSIS {
  users_mutex.lock();
  rcu_pause_callbacks();
  slots_before_fork();
  for (ForkUser *user = users; user != nullptr; user = user->next) user->prepare(user);
  rcu_gate_close();
  barrier_before_fork();
}

void after_fork_parent() SLABBED_NO_THREAD_SAFETY_ANALYSIS {
  barrier_after_fork();
  rcu_gate_open_parent();
  call_oldest_first(users, &ForkUser::parent);
  slots_after_fork_parent();
  rcu_resume_callbacks_parent();
  users_mutex.unlock();
}

void after_fork_child() SLABBED_NO_THREAD_SAFETY_ANALYSIS {
  ++generation;
  barrier_after_fork();
  rcu_gate_open_child();
  rcu_resume_callbacks_child();
  call_oldest_first(users, &ForkUser::child);
  slots_after_fork_child();
  users_mutex.unlock();
}

}  // namespace

void fork_handlers_install() {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, [] {
    int failed = pthread_atfork(before_fork, after_fork_parent, after_fork_child);
    SLABBED_CHECK(failed == 0);
  });
}

uint64_t fork_generation() { return generation; }

void fork_user_add(ForkUser *user) {
  fork_handlers_install();
  MutexLock guard(users_mutex);
  user->next = users;
  users = user;
}

void fork_user_remove(ForkUser *user) {
  MutexLock guard(users_mutex);
  ForkUser **link = &users;
  while (*link != user) {
    SLABBED_CHECK(*link != nullptr);  // it was never added
    link = &(*link)->next;
  }
  *link = user->next;
}

}  // namespace slabbed::port
