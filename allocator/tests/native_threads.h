// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// native_threads.h - threads and steps for the tests of the native world.
//
// HiddenSteps puts the steps of several threads in order without telling ThreadSanitizer: what TSan
// then reports or does not report is decided by the code under test alone.
#ifndef SLABBED_TESTS_NATIVE_THREADS_H
#define SLABBED_TESTS_NATIVE_THREADS_H

#include <gtest/gtest.h>
#include <sched.h>

#include <functional>
#include <utility>

#include "port/annotate.h"
#include "port/rcu.h"
#include "port/thread.h"

namespace slabbed::testing {

class TestThread {
 public:
  explicit TestThread(std::function<void()> body, port::Rcu *rcu = nullptr)
      : body_(std::move(body)) {
    started_ = thread_.start("test", run, this, rcu);
    EXPECT_TRUE(started_);
  }
  ~TestThread() { join(); }
  TestThread(const TestThread &) = delete;
  TestThread &operator=(const TestThread &) = delete;

  void join() {
    if (started_) thread_.join();
    started_ = false;
  }

 private:
  static void run(void *self) { static_cast<TestThread *>(self)->body_(); }

  std::function<void()> body_;
  port::KThread thread_;
  bool started_ = false;
};

class HiddenSteps {
 public:
  SLABBED_UNINSTRUMENTED void reach(int step) {
    __atomic_store_n(&step_, step, __ATOMIC_RELEASE);
  }
  // Return: the step reached, which may be a later one.
  SLABBED_UNINSTRUMENTED int wait_for(int step) {
    for (;;) {
      int reached = __atomic_load_n(&step_, __ATOMIC_ACQUIRE);
      if (reached >= step) return reached;
      sched_yield();
    }
  }

 private:
  int step_ = 0;
};

}  // namespace slabbed::testing
#endif  // SLABBED_TESTS_NATIVE_THREADS_H
