// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// mutex.h - locks the compiler can check, and a condition variable; native world.
//
// Mutex is a pthread mutex with clang's capability attributes: -Wthread-safety proves that guarded
// fields are touched under their lock. Both types are constant-initialised, trivially destroyed and
// hold no kernel resource, so they may be static, live in zero-filled memory, and be dropped with
// it. CondVar counts notifications in a futex word and knows nothing about its waiters; so a forked
// child, whose other waiters do not exist, may go on using it.
#ifndef SLABBED_PORT_MUTEX_H
#define SLABBED_PORT_MUTEX_H

#include <pthread.h>

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

class SLABBED_CAPABILITY("mutex") Mutex {
 public:
  // `name` is a literal; it stands in reports of the lock graph.
  constexpr explicit Mutex(const char *name) : name_(name) {}
  Mutex(const Mutex &) = delete;
  Mutex &operator=(const Mutex &) = delete;

  void lock(const char * = __builtin_FUNCTION()) SLABBED_ACQUIRE() {
    pthread_mutex_lock(&mutex_);
  }
  void unlock(const char * = __builtin_FUNCTION()) SLABBED_RELEASE() {
    pthread_mutex_unlock(&mutex_);
  }
  const char *name() const { return name_; }

 private:
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  const char *name_;
};

class SLABBED_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex &m, const char * = __builtin_FUNCTION()) SLABBED_ACQUIRE(m) : m_(m) {
    m_.lock();
  }
  ~MutexLock() SLABBED_RELEASE() { m_.unlock(); }
  MutexLock(const MutexLock &) = delete;
  MutexLock &operator=(const MutexLock &) = delete;

 private:
  Mutex &m_;
};

// Waits may end without a notification; the caller re-checks its condition under `m`. Notify after
// changing the condition under `m`, inside or outside of it: a waiter that saw the old condition
// has read the count before, so the futex refuses to sleep on the old count.
class CondVar {
 public:
  constexpr CondVar() = default;
  CondVar(const CondVar &) = delete;
  CondVar &operator=(const CondVar &) = delete;

  void wait(Mutex &m, const char *site = __builtin_FUNCTION()) SLABBED_REQUIRES(m);
  // Return: false iff jiffies() has reached `jiffy`.
  bool wait_until(Mutex &m, uint64_t jiffy, const char *site = __builtin_FUNCTION())
      SLABBED_REQUIRES(m);
  void notify_all(const char *site = __builtin_FUNCTION());

 private:
  uint32_t notifications_ = 0;
};

}  // namespace slabbed::port
#endif  // SLABBED_PORT_MUTEX_H
