// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// thread.h - the allocator's worker threads; native world.
//
// A KThread started with an Rcu may use all of it. It is registered with the flavour only while it
// does (see port/rcu.h): a sleeping worker never holds up a grace period of any flavour, and
// liburcu knows no worker at the moment of a fork(). It blocks all signals. The child of a fork()
// has no worker: there join() returns at once and start() starts anew.
#ifndef SLABBED_PORT_THREAD_H
#define SLABBED_PORT_THREAD_H

#include <pthread.h>

#include <cstdint>

namespace slabbed::port {

class Rcu;

class KThread {
 public:
  constexpr KThread() = default;
  KThread(const KThread &) = delete;
  KThread &operator=(const KThread &) = delete;

  // Runs fn(arg) on a new thread; `name` (a literal) shows in ps, cut to 15 characters. Not while
  // the thread of an earlier start() has not been joined. Return: false if there is no thread to be
  // had. `rcu` must outlive the thread.
  bool start(const char *name, void (*fn)(void *), void *arg, Rcu *rcu = nullptr,
             const char *site = __builtin_FUNCTION());
  // Waits until fn has returned. Does nothing if there is no thread.
  void join(const char *site = __builtin_FUNCTION());
  bool running() const;

 private:
  static void *main(void *self);

  pthread_t thread_{};
  bool started_ = false;
  uint64_t fork_generation_ = 0;  // of the process that started it
  const char *name_ = nullptr;
  void (*fn_)(void *) = nullptr;
  void *arg_ = nullptr;
  Rcu *rcu_ = nullptr;
};

// The kernel's id of the calling thread; stands in reports.
int thread_id();

}  // namespace slabbed::port
#endif  // SLABBED_PORT_THREAD_H
