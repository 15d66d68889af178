// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// thread.h - the allocator's workers; sim world: fibers with numbers from sched::kFirstWorker on.
#ifndef SLABBED_PORT_THREAD_H
#define SLABBED_PORT_THREAD_H

namespace slabbed::port {

class Rcu;

class KThread {
 public:
  constexpr KThread() = default;
  KThread(const KThread &) = delete;
  KThread &operator=(const KThread &) = delete;

  // Runs fn(arg) on a new fiber. Not while the fiber of an earlier start() has not been joined.
  // Return: false when the run has used up its workers.
  bool start(const char *name, void (*fn)(void *), void *arg, Rcu *rcu = nullptr,
             const char *site = __builtin_FUNCTION());
  // Blocks until fn has returned. Does nothing if there is no fiber.
  void join(const char *site = __builtin_FUNCTION());
  bool running() const { return fiber_ != 0; }

 private:
  unsigned fiber_ = 0;  // its number; 0: none
};

// Number of the running fiber. Not a yield point.
int thread_id();

}  // namespace slabbed::port
#endif  // SLABBED_PORT_THREAD_H
