// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// mutex.cc - CondVar: a count of notifications and a futex on it.
#include "port/mutex.h"

#include "futex.h"
#include "port/atomic.h"
#include "port/time.h"

namespace slabbed::port {

void CondVar::wait(Mutex &m, const char *) {
  // Read before m is released: a notifier that comes later makes the futex return at once. Relaxed
  // is enough, as it is m that orders the condition; the count carries no data.
  uint32_t seen = load_relaxed(notifications_);
  m.unlock();
  futex_wait(&notifications_, seen, nullptr);
  m.lock();
}

bool CondVar::wait_until(Mutex &m, uint64_t jiffy, const char *) {
  timespec deadline = time_of_jiffy(jiffy);
  // As in wait().
  uint32_t seen = load_relaxed(notifications_);
  m.unlock();
  futex_wait(&notifications_, seen, &deadline);
  m.lock();
  return jiffies() < jiffy;
}

void CondVar::notify_all(const char *) {
  // Pairs with the read in wait(); see there. The kernel compares under its own lock, so either the
  // waiter sees the new count or the wake-up sees the waiter.
  fetch_add_relaxed(notifications_, 1);
  futex_wake_all(&notifications_);
}

}  // namespace slabbed::port
