// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "lifecycle/system.h"

#include <stdlib.h>

#include <initializer_list>
#include <new>

#include "introspect/sysfs.h"
#include "lifecycle/boot.h"
#include "lifecycle/lifecycle.h"
#include "port/atomic.h"
#include "port/check.h"
#include "port/memory.h"
#include "port/time.h"

namespace slabbed {
namespace {

constexpr unsigned kClassBytes[kKmallocClasses] = {8,   16,  32,   64,   96,   128, 192,
                                                   256, 512, 1024, 2048, 4096, 8192};
constexpr const char *kClassNames[kKmallocClasses] = {
    "kmalloc-8",   "kmalloc-16",  "kmalloc-32", "kmalloc-64", "kmalloc-96", "kmalloc-128",
    "kmalloc-192", "kmalloc-256", "kmalloc-512", "kmalloc-1k", "kmalloc-2k", "kmalloc-4k",
    "kmalloc-8k"};

// The default System. Acquire pairs with the release in set_default(): whoever sees the pointer
// sees a System that has booted.
port::Atomic<System *> the_default{nullptr};
port::Mutex default_lock{"default system"};

// Natural alignment: the largest power of two that divides the size (6.11+).
unsigned class_alignment(unsigned bytes) { return bytes & (~bytes + 1); }

}  // namespace

unsigned kmalloc_class_bytes(unsigned index) { return kClassBytes[index]; }

unsigned kmalloc_index(size_t size) {
  unsigned index = 0;
  while (kClassBytes[index] < size) index++;
  SLABBED_ASSERT(index < kKmallocClasses);
  return index;
}

void System::thread_exit(port::SlotUser *self, unsigned slot) {
  System *system = static_cast<ExitHook *>(self)->system;
  system->kfree_rcu.flush_slot(slot);
  port::MutexLock guard(system->caches.slab_mutex);
  for (kmem_cache *s = system->caches.newest; s; s = s->next) cache_flush_slot(s, slot);
}

System *System::forked(port::ForkUser *self) { return static_cast<ForkHook *>(self)->system; }

bool System::create_kmalloc_caches() {
  for (unsigned i = 0; i < kKmallocClasses; i++) {
    unsigned bytes = kClassBytes[i];
    CacheRequest request{kClassNames[i], bytes, class_alignment(bytes), 0, nullptr};
    kmem_cache *s = make_cache(this, request, false);
    if (!s) return false;
    port::MutexLock guard(caches.slab_mutex);
    s->refcount = -1;
    s->in_sysfs = true;  // from boot, before anybody could watch it appear
    caches.add(s);
    kmalloc_caches[i] = s;
  }
  return true;
}

System *System::boot_up(const char *parameters, const void *flavour,
                        const slabbed_observer *observer, const char **error) {
  const char *ignored;
  if (!error) error = &ignored;
  BootParameters boot;
  *error = parse_boot_parameters(parameters, &boot);
  if (*error) return nullptr;
  void *memory = nullptr;
  if (!port::should_fail(port::Fault::kMeta)) memory = port::meta_alloc(sizeof(System));
  if (!memory) {
    *error = "no memory for a System";
    return nullptr;
  }
  System *system = new (memory) System();
  system->boot = boot;
  system->report.set_symbols(boot.symbols);
  port::set_hz(boot.hz);
  system->rcu.init(flavour);
  system->pages.init(boot.pages);
  system->exit_hook_.thread_exit = thread_exit;
  system->exit_hook_.system = system;
  system->fork_hook_.prepare = [](port::ForkUser *self) { system_fork_prepare(forked(self)); };
  system->fork_hook_.parent = [](port::ForkUser *self) { system_fork_parent(forked(self)); };
  system->fork_hook_.child = [](port::ForkUser *self) { system_fork_child(forked(self)); };
  system->fork_hook_.system = system;
  bool ok = system->kfree_rcu.start(system) && system->destroy_work.start(system) &&
            system->create_kmalloc_caches();
  port::slot_user_add(&system->exit_hook_);
  port::fork_user_add(&system->fork_hook_);
  if (!ok) {
    *error = "no memory or no thread for a System";
    system->shut_down();
    return nullptr;
  }
  system->report.set_observer(observer);
  return system;
}

void System::shut_down() {
  if (the_default.load_acquire() == this) the_default.store_release(nullptr);
  port::slot_user_remove(&exit_hook_);
  port::fork_user_remove(&fork_hook_);
  destroy_work.stop();
  kfree_rcu.stop();
  report.set_observer(nullptr);  // the workers, who read it, are gone
  release_everything();
  this->~System();
  port::meta_free(this, sizeof(System));
}

// Whatever is still allocated vanishes with the pages; only metadata has to be given back.
void System::release_everything() {
  kfree_rcu.drop();
  port::MutexLock guard(caches.slab_mutex);
  for (kmem_cache **list : {&caches.newest, &caches.unlisted}) {
    while (kmem_cache *s = *list) {
      *list = s->next;
      cache_flush(s, true);
      free_descriptor(s);
    }
  }
  pages.release_all();
  depot.release();
}

System *default_system() {
  System *system = the_default.load_acquire();
  if (__builtin_expect(system != nullptr, 1)) return system;
  port::MutexLock guard(default_lock);
  system = the_default.load_acquire();
  if (system) return system;
  const char *error = nullptr;
  system = System::boot_up(getenv("SLABBED_BOOT"), nullptr, nullptr, &error);
  if (!system) {
    Report().line("slabbed: cannot boot the default System: %s", error);
    abort();
  }
  // Release: see the_default.
  the_default.store_release(system);
  return system;
}

}  // namespace slabbed

using slabbed::System;

static System *system_of(slabbed_system *system) { return reinterpret_cast<System *>(system); }

slabbed_system *slabbed_system_boot(const char *parameters, const void *flavour,
                                    const slabbed_observer *observer, const char **error) {
  return reinterpret_cast<slabbed_system *>(
      System::boot_up(parameters, flavour, observer, error));
}

void slabbed_system_shutdown(slabbed_system *system) { system_of(system)->shut_down(); }

void slabbed_system_set_default(slabbed_system *system) {
  slabbed::the_default.store_release(system_of(system));
}

slabbed_system *slabbed_system_default(void) {
  return reinterpret_cast<slabbed_system *>(slabbed::default_system());
}

void slabbed_system_set_report_sink(slabbed_system *system,
                                    void (*sink)(void *context, const char *line),
                                    void *context) {
  system_of(system)->report.set_sink(sink, context);
}

void slabbed_flush_destroy_work(slabbed_system *system) {
  system_of(system)->destroy_work.flush();
}
