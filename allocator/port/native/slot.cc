// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// slot.cc - the bitmap of slots, and the last thing a thread does for its Systems.
#include "port/slot.h"

#include <pthread.h>

#include "fork_parts.h"
#include "port/atomic.h"
#include "port/check.h"
#include "port/mutex.h"

static_assert(slabbed::port::kMaxSlots == 64, "one bit of a 64-bit word per slot");

// Slot 0 until the thread has asked for one.
extern "C" {
__thread size_t slabbed_tls_slot_offset SLABBED_TLS_MODEL = SLABBED_CACHE_HEADER_BYTES;
}

namespace slabbed::port {
namespace {

constexpr uint64_t kSlotZero = 1;  // never free

// Bit s: slot s has an owner.
Atomic<uint64_t> owned{kSlotZero};
// This thread has given its slot back, or is about to.
__thread bool gone = false;

// Held while users are called: removal waits for calls under way, and fork for threads on the way
// out. Comes before every lock that a thread_exit() takes.
Mutex users_mutex{"slot_users"};
SlotUser *users SLABBED_GUARDED_BY(users_mutex) = nullptr;

// Its destructor is the thread's exit hook. Without a key nobody gets a slot, as it could not be
// given back.
pthread_key_t exit_key;
bool exit_key_made = false;

constexpr size_t offset_of(unsigned slot) {
  return SLABBED_CACHE_HEADER_BYTES + slot * slot_stride;
}

unsigned current_slot() {
  size_t offset = slabbed_tls_slot_offset - SLABBED_CACHE_HEADER_BYTES;
  return static_cast<unsigned>(offset / slot_stride);
}

unsigned take_slot() {
  for (;;) {
    uint64_t seen = owned.load_relaxed();
    if (~seen == 0) return 0;
    unsigned slot = static_cast<unsigned>(__builtin_ctzll(~seen));
    // Acquire: pairs with the release in give_back(). The new owner sees everything the last one
    // wrote into the slot's part of each cache; relaxed, it would count on a stale sheaf size.
    if (owned.cas_acq_rel(seen, seen | uint64_t{1} << slot)) return slot;
  }
}

void give_back(unsigned slot) {
  uint64_t bit = uint64_t{1} << slot;
  // Release: see take_slot().
  uint64_t before = owned.fetch_sub_acq_rel(bit);
  SLABBED_CHECK((before & bit) != 0);
}

void leave(void *) {
  unsigned slot = current_slot();
  SLABBED_ASSERT(slot != 0 && !gone);
  // First, so that frees made by the users below cannot refill what they flush.
  gone = true;
  slabbed_tls_slot_offset = offset_of(0);
  {
    MutexLock guard(users_mutex);
    for (SlotUser *user = users; user != nullptr; user = user->next) user->thread_exit(user, slot);
  }
  give_back(slot);
}

void make_exit_key() {
  fork_handlers_install();
  exit_key_made = pthread_key_create(&exit_key, leave) == 0;
}

unsigned acquire_slot() {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_exit_key);
  if (!exit_key_made) return 0;
  unsigned slot = take_slot();
  if (slot == 0) return 0;
  // Any value but null makes libc call leave() at thread exit.
  if (pthread_setspecific(exit_key, &exit_key) != 0) {
    give_back(slot);
    return 0;
  }
  slabbed_tls_slot_offset = offset_of(slot);
  return slot;
}

}  // namespace

unsigned this_slot(const char *) {
  unsigned slot = current_slot();
  if (__builtin_expect(slot != 0 || gone, 1)) return slot;
  return acquire_slot();
}

bool slot_in_use(unsigned slot) {
  SLABBED_ASSERT(slot < kMaxSlots);
  // Relaxed: a hint, unless the caller keeps threads from coming and going.
  return slot != 0 && (owned.load_relaxed() >> slot & 1) != 0;
}

void slot_user_add(SlotUser *user) {
  MutexLock guard(users_mutex);
  user->next = users;
  users = user;
}

void slot_user_remove(SlotUser *user) {
  MutexLock guard(users_mutex);
  SlotUser **link = &users;
  while (*link != user) {
    SLABBED_CHECK(*link != nullptr);  // it was never added
    link = &(*link)->next;
  }
  *link = user->next;
}

void slots_before_fork() SLABBED_ACQUIRE(users_mutex) { users_mutex.lock(); }

void slots_after_fork_parent() SLABBED_RELEASE(users_mutex) { users_mutex.unlock(); }

void slots_after_fork_child() SLABBED_RELEASE(users_mutex) {
  unsigned mine = current_slot();
  // No other thread exists that could read or write it.
  owned.store_relaxed(kSlotZero | uint64_t{1} << mine);
  users_mutex.unlock();
}

}  // namespace slabbed::port
