// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// rcu.h - RCU as the System sees it: the program's own liburcu flavour; native world.
//
// rcu.cc is the only file that includes liburcu's headers. Application threads register themselves,
// with the flavour or by register_thread(); slabbed never does it for them, because registering
// twice aborts. KThreads are slabbed's own and need not: read_lock() and call() register them for
// the duration.
//
// Around fork(): synchronize() and what registers KThreads pass a gate that fork() closes, so the
// child never inherits a locked liburcu. With the default flavour (init(nullptr)) the port also
// pauses liburcu's call_rcu worker; a program that names its flavour does that itself, as liburcu
// asks. Threads that a program has registered must not exist at a fork(): liburcu's rule too.
//
// ThreadSanitizer cannot look into a liburcu that is built without it. Under TSan the edges that
// RCU promises, and no others, are drawn by IntervalClock (interval_clock.h).
#ifndef SLABBED_PORT_RCU_H
#define SLABBED_PORT_RCU_H

struct rcu_head;            // of <slabbed/rcupdate.h> or of liburcu: the same two words
struct rcu_flavor_struct;

namespace slabbed::port {

struct FlavourState;

class Rcu {
 public:
  constexpr Rcu() = default;
  Rcu(const Rcu &) = delete;
  Rcu &operator=(const Rcu &) = delete;

  // `flavour`: const struct rcu_flavor_struct *; nullptr for urcu_memb_flavor.
  void init(const void *flavour);

  void read_lock(const char *site = __builtin_FUNCTION());
  void read_unlock(const char *site = __builtin_FUNCTION());
  // Whether the calling thread is inside a reader. (QSBR: whether it is online.)
  bool read_ongoing() const;

  // Waits for a grace period. Fails a check, instead of hanging, inside a reader.
  void synchronize(const char *site = __builtin_FUNCTION());
  // Runs fn(head) after a grace period, on liburcu's worker. From registered threads and KThreads.
  void call(struct rcu_head *head, void (*fn)(struct rcu_head *head),
            const char *site = __builtin_FUNCTION());
  // Waits for the callbacks of all calls made before. Checks like synchronize(); with the default
  // flavour also that it is not called by a callback.
  void barrier(const char *site = __builtin_FUNCTION());

  void register_thread();
  void unregister_thread();
  // For KThread: the calling thread is slabbed's own (native only).
  void adopt_kthread();

 private:
  bool in_reader() const;
  void call_tracked(struct rcu_head *head, void (*fn)(struct rcu_head *head));

  const struct rcu_flavor_struct *flavour_ = nullptr;
  FlavourState *state_ = nullptr;  // one per flavour in use, for the process
  bool default_ = false;  // init(nullptr): nobody else will pause the call_rcu worker
};

}  // namespace slabbed::port
#endif  // SLABBED_PORT_RCU_H
