// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// mutex.h - locks the compiler can check, and a condition variable; sim world.
//
// A Mutex is a name, an owner and a set of waiting fibers; only the scheduler touches them, and it
// draws the acquire and release edges for ThreadSanitizer itself. Both types are
// constant-initialised and trivially destroyed, like their native twins. Taking a lock twice, and
// releasing somebody else's, fails a check.
#ifndef SLABBED_PORT_MUTEX_H
#define SLABBED_PORT_MUTEX_H

#include <cstdint>

#if defined(__clang__)
#define SLABBED_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define SLABBED_THREAD_ATTRIBUTE(x)
#endif
#define SLABBED_CAPABILITY(name) SLABBED_THREAD_ATTRIBUTE(capability(name))
#define SLABBED_SCOPED_CAPABILITY SLABBED_THREAD_ATTRIBUTE(scoped_lockable)
#define SLABBED_GUARDED_BY(m) SLABBED_THREAD_ATTRIBUTE(guarded_by(m))
#define SLABBED_PT_GUARDED_BY(m) SLABBED_THREAD_ATTRIBUTE(pt_guarded_by(m))
#define SLABBED_REQUIRES(...) SLABBED_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define SLABBED_ACQUIRE(...) SLABBED_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define SLABBED_RELEASE(...) SLABBED_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define SLABBED_EXCLUDES(...) SLABBED_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define SLABBED_NO_THREAD_SAFETY_ANALYSIS SLABBED_THREAD_ATTRIBUTE(no_thread_safety_analysis)

namespace slabbed::port {

class Mutex;
class CondVar;

namespace sim {  // defined by fuzz/sched
void mutex_lock(Mutex *m, const char *site);
void mutex_unlock(Mutex *m, const char *site);
// Return: false iff the deadline passed. kNever: there is none.
bool condvar_wait(CondVar *c, Mutex *m, uint64_t jiffy, const char *site);
void condvar_notify_all(CondVar *c, const char *site);
inline constexpr uint64_t kNever = ~uint64_t{0};
struct MutexAccess;
}  // namespace sim

class SLABBED_CAPABILITY("mutex") Mutex {
 public:
  // `name` is a literal; it stands in deadlock reports.
  constexpr explicit Mutex(const char *name) : name_(name) {}
  Mutex(const Mutex &) = delete;
  Mutex &operator=(const Mutex &) = delete;

  void lock(const char *site = __builtin_FUNCTION())
      SLABBED_ACQUIRE() SLABBED_NO_THREAD_SAFETY_ANALYSIS {
    sim::mutex_lock(this, site);
  }
  void unlock(const char *site = __builtin_FUNCTION())
      SLABBED_RELEASE() SLABBED_NO_THREAD_SAFETY_ANALYSIS {
    sim::mutex_unlock(this, site);
  }
  const char *name() const { return name_; }

 private:
  friend struct sim::MutexAccess;
  const char *name_;
  uint64_t waiting_ = 0;  // one bit per fiber
  int holder_ = -1;       // fiber number
  unsigned run_ = 0;      // the run that the state belongs to
};

class SLABBED_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex &m, const char *site = __builtin_FUNCTION()) SLABBED_ACQUIRE(m)
      : m_(m), site_(site) {
    m_.lock(site);
  }
  ~MutexLock() SLABBED_RELEASE() { m_.unlock(site_); }
  MutexLock(const MutexLock &) = delete;
  MutexLock &operator=(const MutexLock &) = delete;

 private:
  Mutex &m_;
  const char *site_;
};

// Waits end by a notification or the deadline only: a lost wake-up is a deadlock, and reported.
class CondVar {
 public:
  constexpr CondVar() = default;
  CondVar(const CondVar &) = delete;
  CondVar &operator=(const CondVar &) = delete;

  void wait(Mutex &m, const char *site = __builtin_FUNCTION()) SLABBED_REQUIRES(m) {
    sim::condvar_wait(this, &m, sim::kNever, site);
  }
  // Return: false iff jiffies() has reached `jiffy`.
  bool wait_until(Mutex &m, uint64_t jiffy, const char *site = __builtin_FUNCTION())
      SLABBED_REQUIRES(m) {
    return sim::condvar_wait(this, &m, jiffy, site);
  }
  void notify_all(const char *site = __builtin_FUNCTION()) {
    sim::condvar_notify_all(this, site);
  }

 private:
  friend struct sim::MutexAccess;
  uint64_t waiting_ = 0;
  unsigned run_ = 0;
};

}  // namespace slabbed::port
#endif  // SLABBED_PORT_MUTEX_H
