// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// rcu.h - RCU as the System sees it: the scheduler's model; sim world.
//
// There is one RCU domain per run, whatever Rcu object is used. A grace period starts at the
// request and may end at any moment after the last reader that was open at its start has closed;
// the schedule decides which (fuzz/sched/rcu_model.cc). A blocking call inside a reader or a
// callback fails a check that names it.
#ifndef SLABBED_PORT_RCU_H
#define SLABBED_PORT_RCU_H

struct rcu_head;  // of <slabbed/rcupdate.h>: two words, which call() overwrites

namespace slabbed::port {

namespace sim {  // defined by fuzz/sched
void rcu_read_lock(const char *site);
void rcu_read_unlock(const char *site);
bool rcu_read_ongoing();
void rcu_synchronize(const char *site);
void rcu_call(struct rcu_head *head, void (*fn)(struct rcu_head *head), const char *site);
void rcu_barrier(const char *site);
}  // namespace sim

class Rcu {
 public:
  constexpr Rcu() = default;
  Rcu(const Rcu &) = delete;
  Rcu &operator=(const Rcu &) = delete;

  void init(const void *) {}

  void read_lock(const char *site = __builtin_FUNCTION()) { sim::rcu_read_lock(site); }
  void read_unlock(const char *site = __builtin_FUNCTION()) { sim::rcu_read_unlock(site); }
  // Whether the calling fiber is inside a reader. Not a yield point.
  bool read_ongoing() const { return sim::rcu_read_ongoing(); }

  // Waits for a grace period.
  void synchronize(const char *site = __builtin_FUNCTION()) { sim::rcu_synchronize(site); }
  // Runs fn(head) after a grace period, on the callbacks' fiber. The head is written here, by
  // instrumented code: a head that is gone is an ASan report at its caller.
  void call(struct rcu_head *head, void (*fn)(struct rcu_head *head),
            const char *site = __builtin_FUNCTION()) {
    struct { void *next; void (*func)(struct rcu_head *); } queued = {nullptr, fn};
    __builtin_memcpy(static_cast<void *>(head), &queued, sizeof(queued));
    sim::rcu_call(head, fn, site);
  }
  // Waits for the callbacks of all calls made before.
  void barrier(const char *site = __builtin_FUNCTION()) { sim::rcu_barrier(site); }

  void register_thread() {}
  void unregister_thread() {}
};

}  // namespace slabbed::port
#endif  // SLABBED_PORT_RCU_H
