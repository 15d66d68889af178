// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// barrier.cc - heavy_barrier() in three ways, and the pause of a spinning thread.
//
// What is needed: between the call and the return every processor that runs a thread of this
// process executes a full barrier, after which that thread's earlier stores are visible and its
// later loads have not happened yet.
//
//   membarrier  the kernel's own service for it.
//   mprotect    taking away the right to a page that is in use makes the kernel interrupt every
//               processor that may have cached it. Not where the hardware broadcasts the flush
//               without an interrupt: arm64, and AMD processors with INVLPGB.
//   affinity    running once on every processor: whoever ran there was switched out.
//
// The fast path never learns which; a kind that the kernel refuses later (a seccomp filter
// installed after the first call) is replaced by the next one.
#include <errno.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "fork_parts.h"
#include "port/atomic.h"
#include "port/check.h"
#include "port/mutex.h"

namespace slabbed::port {
namespace {

enum class Kind : uint8_t { kUnknown, kMembarrier, kMprotect, kAffinity };
constexpr const char *kKindNames[] = {"unknown", "membarrier", "mprotect", "affinity"};

Atomic<Kind> chosen{Kind::kUnknown};
// Serialises the slow kinds; a leaf lock.
Mutex barrier_mutex{"heavy_barrier"};

bool membarrier_call(int command) { return syscall(SYS_membarrier, command, 0, 0) == 0; }

bool membarrier_once() {
  if (membarrier_call(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) return true;
  // EPERM: this process has not registered yet.
  return errno == EPERM && membarrier_call(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) &&
         membarrier_call(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}

bool tlb_flush_interrupts() {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned kInvlpgb = 1u << 3;
  return __get_cpuid(0x80000008, &a, &b, &c, &d) == 0 || (b & kInvlpgb) == 0;
#else
  return false;
#endif
}

bool mprotect_once() SLABBED_REQUIRES(barrier_mutex) {
  static void *page = nullptr;
  size_t bytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  if (page == nullptr) {
    void *p = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return false;
    page = p;
  }
  if (mprotect(page, bytes, PROT_READ | PROT_WRITE) != 0) return false;
  // Makes the page present, without which nothing would be flushed. A read-modify-write that is
  // sequentially consistent, so that it is also the caller's own full barrier.
  __atomic_fetch_add(static_cast<uint32_t *>(page), 1, __ATOMIC_SEQ_CST);
  return mprotect(page, bytes, PROT_NONE) == 0;
}

bool affinity_once() SLABBED_REQUIRES(barrier_mutex) {
  cpu_set_t before, allowed;
  if (sched_getaffinity(0, sizeof before, &before) != 0) return false;
  // The caller may be pinned to fewer processors than the other threads: ask for all, and the
  // kernel grants those that any thread of this process can run on.
  memset(&allowed, 0xff, sizeof allowed);
  if (sched_setaffinity(0, sizeof allowed, &allowed) != 0) return false;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return false;
  bool visited = true;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    visited = visited && sched_setaffinity(0, sizeof one, &one) == 0;
  }
  return sched_setaffinity(0, sizeof before, &before) == 0 && visited;
}

bool barrier_once(Kind kind) {
  if (kind == Kind::kMembarrier) return membarrier_once();
  MutexLock guard(barrier_mutex);
  return kind == Kind::kMprotect ? mprotect_once() : affinity_once();
}

Kind kind_named(const char *name) {
  for (uint8_t kind = 1; kind <= static_cast<uint8_t>(Kind::kAffinity); ++kind) {
    if (name != nullptr && strcmp(name, kKindNames[kind]) == 0) return static_cast<Kind>(kind);
  }
  return Kind::kUnknown;
}

// The first kind, from `first` on, that works. It has just worked: nothing is left to do.
Kind choose(Kind first) {
  if (first <= Kind::kMembarrier && barrier_once(Kind::kMembarrier)) return Kind::kMembarrier;
  bool usable = first == Kind::kMprotect || tlb_flush_interrupts();
  if (first <= Kind::kMprotect && usable && barrier_once(Kind::kMprotect)) return Kind::kMprotect;
  return barrier_once(Kind::kAffinity) ? Kind::kAffinity : Kind::kUnknown;
}

}  // namespace

void heavy_barrier(const char *) {
  // Relaxed: the kind is a constant after the first call; two first callers choose the same.
  Kind kind = chosen.load_relaxed();
  if (kind != Kind::kUnknown && barrier_once(kind)) return;
  Kind first = kind == Kind::kUnknown ? kind_named(getenv("SLABBED_HEAVY_BARRIER")) : kind;
  kind = choose(first);
  // Without one of them a remote flush would take sheaves out of their owners' hands.
  SLABBED_CHECK(kind != Kind::kUnknown);
  chosen.store_relaxed(kind);
}

const char *heavy_barrier_kind() {
  if (chosen.load_relaxed() == Kind::kUnknown) heavy_barrier();
  return kKindNames[static_cast<size_t>(chosen.load_relaxed())];
}

bool heavy_barrier_force(const char *kind) {
  Kind wanted = kind_named(kind);
  if (wanted == Kind::kUnknown || !barrier_once(wanted)) return false;
  chosen.store_relaxed(wanted);
  return true;
}

void barrier_before_fork() SLABBED_ACQUIRE(barrier_mutex) { barrier_mutex.lock(); }
void barrier_after_fork() SLABBED_RELEASE(barrier_mutex) { barrier_mutex.unlock(); }

void spin_wait(const char *) {
  // The owner of a flag may have been preempted; then only giving up the processor helps. Looking
  // 64 times first costs less than one system call.
  static __thread unsigned looks;
  if (++looks % 64 == 0) {
    sched_yield();
    return;
  }
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

}  // namespace slabbed::port
