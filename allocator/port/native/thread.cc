// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// thread.cc - KThread on pthreads.
#include "port/thread.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fork_parts.h"
#include "port/check.h"
#include "port/rcu.h"

namespace slabbed::port {
namespace {

void name_current_thread(const char *name) {
  char cut[16];  // the kernel's limit
  strncpy(cut, name, sizeof cut - 1);
  cut[sizeof cut - 1] = '\0';
  pthread_setname_np(pthread_self(), cut);
}

}  // namespace

void *KThread::main(void *self) {
  KThread *thread = static_cast<KThread *>(self);
  name_current_thread(thread->name_);
  if (thread->rcu_ != nullptr) thread->rcu_->adopt_kthread();
  thread->fn_(thread->arg_);
  return nullptr;
}

bool KThread::running() const { return started_ && fork_generation_ == fork_generation(); }

bool KThread::start(const char *name, void (*fn)(void *), void *arg, Rcu *rcu, const char *) {
  SLABBED_CHECK(!running());
  name_ = name;
  fn_ = fn;
  arg_ = arg;
  rcu_ = rcu;
  fork_handlers_install();
  // The program's signals belong to its own threads. A new thread inherits the mask.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  started_ = pthread_create(&thread_, nullptr, main, this) == 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  fork_generation_ = fork_generation();
  return started_;
}

void KThread::join(const char *) {
  if (running()) pthread_join(thread_, nullptr);
  started_ = false;
}

int thread_id() {
  // One system call per thread, and one more after a fork, where the id has changed.
  static __thread int id;
  static __thread uint64_t id_generation;
  if (id == 0 || id_generation != fork_generation()) {
    id = static_cast<int>(syscall(SYS_gettid));
    id_generation = fork_generation();
  }
  return id;
}

}  // namespace slabbed::port
