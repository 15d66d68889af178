// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// cache_ops.cc - creating, shrinking and destroying caches, and the modules that own them.
#include <utility>

#include "fuzz/exec/cache_use.h"
#include "fuzz/exec/content.h"
#include "fuzz/exec/operations.h"

namespace slabbed::fuzz {
namespace {

using conf::EventKind;

// A constructor gets the object and nothing else, so each module has a function of its own.
template <unsigned kIndex>
void constructor(void *object) {
  Module &module = current_state()->modules[kIndex];
  if (!module.loaded.load()) {
    world::note(EventKind::kModuleTouched, world::current_thread(), conf::kNoOperation,
                {.a = 0, .cache = module.number});
  }
  construct(object, module.bytes);
}

using Constructor = void (*)(void *);

template <size_t... kIndices>
constexpr auto make_constructors(std::index_sequence<kIndices...>) {
  struct Table {
    Constructor of[sizeof...(kIndices)];
  };
  return Table{{constructor<kIndices>...}};
}
constexpr auto kConstructors = make_constructors(std::make_index_sequence<kMaxCaches>{});

slab_flags_t api_flags(uint8_t flags) {
  slab_flags_t result = 0;
  if (flags & kTypesafe) result |= SLAB_TYPESAFE_BY_RCU;
  if (flags & kStoreUser) result |= SLAB_STORE_USER;
  if (flags & kNoMerge) result |= SLAB_NO_MERGE;
  if (flags & kHwcacheAlign) result |= SLAB_HWCACHE_ALIGN;
  return result;
}

uint16_t trace_flags(uint8_t flags) {
  unsigned result = 0;
  if (flags & kTypesafe) result |= conf::kTypesafe;
  if (flags & kStoreUser) result |= conf::kStoreUser;
  if (flags & kNoMerge) result |= conf::kNoMerge;
  if (flags & kCtor) result |= conf::kConstructed;
  return static_cast<uint16_t>(result);
}

// What SLAB_HWCACHE_ALIGN promises for a cache line of 64 bytes: small objects share a line evenly.
uint32_t promised_align(uint32_t bytes, uint8_t flags) {
  uint32_t align = 8;
  if (flags & kHwcacheAlign) {
    align = 64;
    while (bytes <= align / 2) align /= 2;
  }
  return align < 8 ? 8 : align;
}

// A table entry that becomes free, with its module: whoever claims it next comes after us.
void free_entry(Shared<CacheRecord *> &entry, Module &module) {
  world::release(&module);
  entry.store(nullptr);
}

bool claim_entry(Shared<CacheRecord *> &entry, Module &module) {
  if (!entry.claim(nullptr, &reserved_cache)) return false;
  world::acquire(&module);  // pairs with the release in free_entry()
  return true;
}

void load_module(Module &module, const CacheName &name, uint32_t bytes) {
  for (size_t i = 0; i < sizeof(module.name); ++i) module.name[i] = name.text[i];
  module.bytes = bytes;
  module.loaded.store(true);
}

}  // namespace

void create_cache(Thread &thread, const Operation &operation) {
  RunState &state = thread.state();
  auto &entry = state.caches[operation.cache];
  Module &module = state.modules[operation.cache];
  if (!claim_entry(entry, module)) return;
  load_module(module, state.program->names[operation.slot], operation.arg);
  CacheRecord *record = state.cache_record(thread.op());
  record->bytes = operation.arg;
  record->align = promised_align(operation.arg, operation.flags);
  record->flags = operation.flags;
  record->index = operation.cache;
  thread.invoke(conf::kOpCreate, {.b = record->bytes,
                                  .c = record->align,
                                  .flags = trace_flags(operation.flags),
                                  .text = module.name});
  record->cache = kmem_cache_create(module.name, operation.arg, 0, api_flags(operation.flags),
                                    operation.flags & kCtor ? kConstructors.of[operation.cache]
                                                            : nullptr);
  if (record->cache == nullptr) {
    thread.note(EventKind::kCacheCreateFailed,
                {.a = thread.fault_injected(), .text = module.name});
    thread.returned(conf::kOpCreate, 1);
    return free_entry(entry, module);
  }
  record->number = module.number = world::cache_number(record->cache);
  record->identity.store(record->cache);
  thread.returned(conf::kOpCreate, 0);
  world::release(record);  // pairs with the acquire in CacheUse
  entry.store(record);
}

namespace {

// Takes the cache away from everybody and waits until nobody is inside a call on it any more. False
// if another thread is doing so already.
bool make_gone(Thread &thread, CacheRecord *record) {
  if (record->gone.exchange(true)) return false;
  for (unsigned t = 1; t <= kMaxThreads; ++t) {
    auto &users = record->users[t];
    if (t != thread.number()) world::wait_until([&] { return users.load() == 0; });
    world::acquire(&users);
  }
  return true;
}

// Whether another table entry holds an alias of the same cache.
bool has_alias(RunState &state, const CacheRecord *record) {
  for (auto &entry : state.caches) {
    CacheRecord *other = entry.load();
    if (other == nullptr || other == record || other == &reserved_cache) continue;
    if (other->identity.load() == record->identity.load()) return true;
  }
  return false;
}

}  // namespace

void destroy_cache(Thread &thread, const Operation &operation) {
  RunState &state = thread.state();
  auto &entry = state.caches[operation.cache];
  CacheRecord *record = entry.load();
  if (record == nullptr || record == &reserved_cache) return;
  world::acquire(record);
  if (!make_gone(thread, record)) return;
  bool last = !has_alias(state, record);
  if (record->callbacks.load() != 0) {
    // Callbacks of our own that free into the cache: waiting for them is the caller's duty.
    thread.invoke(conf::kOpRcuBarrier);
    rcu_barrier();
    thread.returned(conf::kOpRcuBarrier, 0);
  }
  thread.invoke(conf::kOpDestroy, {.cache = record->number});
  thread.note(EventKind::kCacheDestroyCall, {.a = last, .cache = record->number});
  uint32_t waits = world::waits();
  kmem_cache_destroy(record->cache);
  thread.returned(conf::kOpDestroy, world::waits() != waits);
  // Only now: the module's name and ctor were the cache's until here.
  free_entry(entry, state.modules[operation.cache]);
}

void shrink_cache(Thread &thread, const Operation &operation) {
  CacheUse use(thread, operation.cache);
  if (!use) return;
  thread.invoke(conf::kOpShrink, {.cache = use->number});
  int left = kmem_cache_shrink(use->cache);
  thread.returned(conf::kOpShrink, left != 0);
}

void barrier_on_cache(Thread &thread, const Operation &operation) {
  CacheUse use(thread, operation.cache);
  if (!use) return;
  thread.invoke(conf::kOpBarrierOnCache, {.cache = use->number});
  kvfree_rcu_barrier_on_cache(use->cache);
  thread.returned(conf::kOpBarrierOnCache, 0);
}

void unload_module(Thread &thread, const Operation &operation) {
  RunState &state = thread.state();
  auto &entry = state.caches[operation.cache];
  Module &module = state.modules[operation.cache];
  // Only after destroy returned, and only once.
  if (!claim_entry(entry, module)) return;
  if (module.loaded.exchange(false)) {
    thread.invoke(conf::kOpOther);
    for (char &c : module.name) c = '!';
    module.name[sizeof(module.name) - 1] = '\0';
    thread.returned(conf::kOpOther, 0);
  }
  free_entry(entry, module);
}

}  // namespace slabbed::fuzz
