// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// c_parts.cc - see c_parts.h. The C code mirrors what an operation means to the executor: what is
// skipped, who owns an object when, where an rcu_head lies.
#include "fuzz/program/c_parts.h"

#include <cassert>

namespace slabbed::fuzz {
namespace {

struct Part {
  CPart part;
  CParts needs;
  const char *text;
};

constexpr Part kParts[] = {
    {kPartLock, 0, R"(
// Protects the tables below, never held across a call of the API.
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
)"},
    {kPartDepth, 0, R"(
static __thread unsigned depth;  // nested readers of this thread
)"},
    {kPartFail, part(kPartLock), R"(
static void fail(const char *what) {
  pthread_mutex_lock(&table_lock);
  ++failures;
  pthread_mutex_unlock(&table_lock);
  fprintf(stderr, "FAIL: %s\n", what);
}
)"},
    {kPartTurn, 0, R"(
// Operations start in the order of their turns.
static pthread_mutex_t turn_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn_changed = PTHREAD_COND_INITIALIZER;
static unsigned turn;

static void begin_turn(unsigned number) {
  pthread_mutex_lock(&turn_lock);
  while (turn != number) pthread_cond_wait(&turn_changed, &turn_lock);
  pthread_mutex_unlock(&turn_lock);
}

static void end_turn(void) {
  pthread_mutex_lock(&turn_lock);
  ++turn;
  pthread_cond_broadcast(&turn_changed);
  pthread_mutex_unlock(&turn_lock);
}
)"},
    {kPartHold, part(kPartLock), R"(
// While a cache is held nobody destroys it. NULL is kmalloc, which is always there.
static int hold_cache(struct cache *cache) {
  int held = 1;
  if (cache == NULL) return held;
  pthread_mutex_lock(&table_lock);
  held = !cache->gone;
  if (held) ++cache->users;
  pthread_mutex_unlock(&table_lock);
  return held;
}

static void release_cache(struct cache *cache) {
  if (cache == NULL) return;
  pthread_mutex_lock(&table_lock);
  --cache->users;
  pthread_mutex_unlock(&table_lock);
}
)"},
    {kPartEntries, part(kPartLock), R"(
static struct cache *c[8], reserved_cache;
)"},
    {kPartSetEntry, part(kPartEntries), R"(
static void set_entry(unsigned i, struct cache *cache) {
  pthread_mutex_lock(&table_lock);
  c[i] = cache;
  pthread_mutex_unlock(&table_lock);
}
)"},
    {kPartClaimEntry, part(kPartEntries), R"(
static int claim_entry(unsigned i) {
  pthread_mutex_lock(&table_lock);
  int free_entry = c[i] == NULL;
  if (free_entry) c[i] = &reserved_cache;
  pthread_mutex_unlock(&table_lock);
  return free_entry;
}
)"},
    {kPartHoldEntry, part(kPartEntries) | part(kPartHold), R"(
static struct cache *hold_entry(unsigned i) {
  pthread_mutex_lock(&table_lock);
  struct cache *cache = c[i] == &reserved_cache ? NULL : c[i];
  pthread_mutex_unlock(&table_lock);
  return cache != NULL && hold_cache(cache) ? cache : NULL;
}
)"},
    {kPartModules, 0, R"(
// The caller's strings, as a module has them: gone once it is unloaded.
static char module_name[8][16];
)"},
    {kPartConstructor, 0, R"(
static void constructor(void *object) { *(unsigned char *)object = CONSTRUCTED; }
)"},
    {kPartPlaces, part(kPartLock), R"(
static struct record *o[32], reserved;

static void put(unsigned i, struct record *record) {
  pthread_mutex_lock(&table_lock);
  o[i] = record;
  pthread_mutex_unlock(&table_lock);
}
)"},
    {kPartClaim, part(kPartPlaces), R"(
static int claim(unsigned i) {
  pthread_mutex_lock(&table_lock);
  int empty = o[i] == NULL;
  if (empty) o[i] = &reserved;
  pthread_mutex_unlock(&table_lock);
  return empty;
}
)"},
    {kPartBorrow, part(kPartPlaces), R"(
// Takes the object but keeps its place; put() gives it back, or NULL.
static struct record *borrow(unsigned i) {
  pthread_mutex_lock(&table_lock);
  struct record *record = o[i];
  if (record == &reserved) record = NULL;
  if (record != NULL) o[i] = &reserved;
  pthread_mutex_unlock(&table_lock);
  return record;
}
)"},
    {kPartPublished, 0, R"(
static struct record *p[8];  // writers hold table_lock, readers rcu_read_lock()
)"},
    {kPartFill, 0, R"(
// Makes a new object ours. The first byte of a constructed object stays as its constructor left it.
static struct record *own(struct record *record, void *object, struct cache *cache, size_t bytes) {
  if (object == NULL) return NULL;
  record->object = object;
  record->cache = cache;
  record->bytes = bytes;
  size_t start = cache != NULL && cache->ctor ? 1 : 0;
  if (bytes > start) memset((char *)object + start, record->tag, bytes - start);
  return record;
}
)"},
    {kPartGfp, part(kPartDepth), R"(
static gfp_t gfp(void) { return depth != 0 ? GFP_ATOMIC : GFP_KERNEL; }
)"},
    {kPartHead, 0, R"(
// Where kfree_rcu() keeps its rcu_head: at the end of the object, if it is large enough.
static struct rcu_head *head_inside(const struct record *record) {
  size_t offset = (record->bytes - sizeof(struct rcu_head)) / 8 * 8;
  if (record->bytes < 32 || offset >= 4096) return NULL;
  return (struct rcu_head *)((char *)record->object + offset);
}
)"},
    {kPartCheck, part(kPartFail), R"(
static void check_content(const struct record *record, size_t bytes) {
  const unsigned char *content = record->object;
  size_t start = record->cache != NULL && record->cache->ctor ? 1 : 0;
  if (start == 1 && content[0] != CONSTRUCTED) fail("the constructed byte has changed");
  for (size_t i = start; i < bytes; ++i) {
    if (content[i] == record->tag) continue;
    fail("the content of an object has changed");
    return;
  }
}
)"},
    {kPartOwnerCheck, part(kPartCheck), R"(
static void check_as_owner(const struct record *record) { check_content(record, record->bytes); }
)"},
    {kPartRelease, part(kPartOwnerCheck), R"(
static void free_now(struct record *record) {
  check_as_owner(record);
  if (record->cache == NULL) kfree(record->object);
  else kmem_cache_free(record->cache->cache, record->object);
}
)"},
    {kPartCreate,
     part(kPartClaimEntry) | part(kPartSetEntry) | part(kPartModules) | part(kPartDepth), R"(
static void do_create(unsigned i, struct cache *cache, const char *name, unsigned bytes,
                      slab_flags_t flags, void (*ctor)(void *)) {
  if (depth != 0 || !claim_entry(i)) return;
  memset(module_name[i], 0, sizeof(module_name[i]));
  memcpy(module_name[i], name, strlen(name));
  cache->bytes = bytes;
  cache->flags = flags;
  cache->ctor = ctor != NULL;
  cache->cache = kmem_cache_create(module_name[i], bytes, 0, flags, ctor);
  set_entry(i, cache->cache != NULL ? cache : NULL);
}
)"},
    {kPartDestroy, part(kPartSetEntry) | part(kPartDepth), R"(
static void do_destroy(unsigned i) {
  if (depth != 0) return;
  pthread_mutex_lock(&table_lock);
  struct cache *cache = c[i];
  int mine = cache != NULL && cache != &reserved_cache && !cache->gone && cache->users == 0;
  if (mine) cache->gone = 1;
  unsigned callbacks = mine ? cache->callbacks : 0;
  pthread_mutex_unlock(&table_lock);
  if (!mine) return;
  if (callbacks != 0) rcu_barrier();  // our own callbacks free into the cache
  kmem_cache_destroy(cache->cache);
  set_entry(i, NULL);
}
)"},
    {kPartShrink, part(kPartHoldEntry) | part(kPartDepth), R"(
static void do_shrink(unsigned i) {
  struct cache *cache = depth == 0 ? hold_entry(i) : NULL;
  if (cache == NULL) return;
  kmem_cache_shrink(cache->cache);
  release_cache(cache);
}
)"},
    {kPartAlloc, part(kPartHoldEntry) | part(kPartClaim) | part(kPartFill) | part(kPartGfp), R"(
static void do_alloc(unsigned slot, unsigned i, struct record *record, int zeroed) {
  struct cache *cache = hold_entry(i);
  if (cache == NULL) return;
  if (claim(slot)) {
    void *object = zeroed && !cache->ctor ? kmem_cache_zalloc(cache->cache, gfp())
                                          : kmem_cache_alloc(cache->cache, gfp());
    put(slot, own(record, object, cache, cache->bytes));
  }
  release_cache(cache);
}
)"},
    {kPartAllocBulk, part(kPartHoldEntry) | part(kPartClaim) | part(kPartFill) | part(kPartGfp), R"(
static void do_alloc_bulk(unsigned slot, unsigned i, struct record *record, unsigned count) {
  void *objects[16];
  unsigned slots[16], claimed = 0;
  struct cache *cache = hold_entry(i);
  if (cache == NULL) return;
  for (unsigned k = 0; k < count; ++k) {
    if (claim((slot + k) % 32)) slots[claimed++] = (slot + k) % 32;
  }
  int got = claimed == 0 ? 0 : kmem_cache_alloc_bulk(cache->cache, gfp(), claimed, objects);
  for (unsigned k = 0; k < claimed; ++k) {
    put(slots[k], own(record + k, got != 0 ? objects[k] : NULL, cache, cache->bytes));
  }
  release_cache(cache);
}
)"},
    {kPartKmalloc, part(kPartClaim) | part(kPartFill) | part(kPartGfp), R"(
static void do_kmalloc(unsigned slot, size_t bytes, struct record *record, int zeroed) {
  if (!claim(slot)) return;
  void *object = zeroed ? kzalloc(bytes, gfp()) : kmalloc(bytes, gfp());
  put(slot, own(record, object, NULL, bytes));
}
)"},
    {kPartFree, part(kPartBorrow) | part(kPartHold) | part(kPartRelease), R"(
static void do_free(unsigned slot, int by_kfree) {
  struct record *record = borrow(slot);
  if (record == NULL) return;
  if (!hold_cache(record->cache)) {
    put(slot, record);  // its cache is gone
    return;
  }
  put(slot, NULL);
  struct cache *cache = record->cache;
  if (by_kfree) {
    check_as_owner(record);
    kfree(record->object);
  } else {
    free_now(record);
  }
  release_cache(cache);
}
)"},
    {kPartFreeBulk, part(kPartBorrow) | part(kPartHold) | part(kPartOwnerCheck), R"(
// The first object decides from which cache; others stay where they are.
static void do_free_bulk(unsigned slot, unsigned count) {
  void *objects[16];
  unsigned found = 0;
  struct cache *cache = NULL;
  for (unsigned k = 0; k < count; ++k) {
    unsigned i = (slot + k) % 32;
    struct record *record = borrow(i);
    if (record == NULL) continue;
    int fits = record->bytes != 0 && (found == 0 ? hold_cache(record->cache)
                                                 : record->cache == cache);
    put(i, fits ? NULL : record);
    if (!fits) continue;
    cache = record->cache;
    check_as_owner(record);
    objects[found++] = record->object;
  }
  if (found == 0) return;
  kmem_cache_free_bulk(cache == NULL ? NULL : cache->cache, found, objects);
  release_cache(cache);
}
)"},
    {kPartKfreeRcuNow, part(kPartHead) | part(kPartOwnerCheck) | part(kPartDepth), R"(
// Both kfree_rcu() macros come down to kvfree_call_rcu(). Without an rcu_head it may have to wait.
static int kfree_rcu_now(struct record *record, int mightsleep) {
  struct rcu_head *head = mightsleep ? NULL : head_inside(record);
  if (head == NULL && depth != 0) return 0;
  check_as_owner(record);
  kvfree_call_rcu(head, record->object);
  return 1;
}
)"},
    {kPartKfreeRcu, part(kPartBorrow) | part(kPartHold) | part(kPartKfreeRcuNow), R"(
static void do_kfree_rcu(unsigned slot, int mightsleep) {
  struct record *record = borrow(slot);
  if (record == NULL) return;
  struct cache *cache = record->cache;
  int done = 0;
  if (hold_cache(cache)) {
    done = record->bytes != 0 && kfree_rcu_now(record, mightsleep);
    release_cache(cache);
  }
  put(slot, done ? NULL : record);
}
)"},
    {kPartCheckOperation, part(kPartBorrow) | part(kPartOwnerCheck), R"(
static void do_check(unsigned slot) {
  struct record *record = borrow(slot);
  if (record == NULL) return;
  check_as_owner(record);
  put(slot, record);
}
)"},
    {kPartPublish, part(kPartBorrow) | part(kPartPublished), R"(
static void do_publish(unsigned i, unsigned slot) {
  struct record *record = borrow(slot);
  if (record == NULL) return;
  pthread_mutex_lock(&table_lock);
  int published = record->bytes != 0 && p[i] == NULL;
  if (published) rcu_assign_pointer(p[i], record);
  pthread_mutex_unlock(&table_lock);
  put(slot, published ? NULL : record);
}
)"},
    {kPartRetire, part(kPartHold) | part(kPartKfreeRcuNow) | part(kPartRelease), R"(
static void free_by_callback(struct rcu_head *head) {
  struct record *record = (struct record *)head;  // its first member
  struct cache *cache = record->cache;
  if (cache == NULL) {
    kfree(record->object);
    return;
  }
  kmem_cache_free(cache->cache, record->object);
  pthread_mutex_lock(&table_lock);
  --cache->callbacks;
  pthread_mutex_unlock(&table_lock);
}

// An object that nobody can find any more, but that readers may still hold.
static void retire(struct record *record, int by_callback) {
  struct cache *cache = record->cache;
  if (!hold_cache(cache)) return;
  if (by_callback && cache != NULL && (cache->flags & SLAB_TYPESAFE_BY_RCU)) {
    free_now(record);  // what the flag is for: no grace period
  } else if (by_callback || !kfree_rcu_now(record, 0)) {
    pthread_mutex_lock(&table_lock);
    if (cache != NULL) ++cache->callbacks;
    pthread_mutex_unlock(&table_lock);
    call_rcu(&record->rcu, free_by_callback);
  }
  release_cache(cache);
}
)"},
    {kPartReplace, part(kPartBorrow) | part(kPartPublished) | part(kPartRetire), R"(
static void do_replace(unsigned i, unsigned slot, int by_callback) {
  struct record *fresh = borrow(slot);
  if (fresh != NULL) put(slot, fresh->bytes == 0 ? fresh : NULL);
  if (fresh != NULL && fresh->bytes == 0) fresh = NULL;
  pthread_mutex_lock(&table_lock);
  struct record *old = p[i];
  rcu_assign_pointer(p[i], fresh);
  pthread_mutex_unlock(&table_lock);
  if (old != NULL) retire(old, by_callback);
}
)"},
    {kPartReaders, part(kPartDepth) | part(kPartCheck) | part(kPartHead), R"(
static __thread const struct record *held[8];  // looked at in this section
static __thread unsigned held_count;

// Readers look in front of the rcu_head, which kfree_rcu() may be using; an object of a typesafe
// cache may have a new owner at any time.
static void check_as_reader(const struct record *record) {
  if (record->cache != NULL && (record->cache->flags & SLAB_TYPESAFE_BY_RCU)) return;
  const struct rcu_head *head = head_inside(record);
  check_content(record, head == NULL ? record->bytes
                                     : (size_t)((const char *)head - (char *)record->object));
}

static void do_read_unlock(void) {
  if (depth == 0) return;
  if (depth == 1) {
    while (held_count > 0) check_as_reader(held[--held_count]);
  }
  --depth;
  rcu_read_unlock();
}
)"},
    {kPartReadLock, part(kPartReaders), R"(
static void do_read_lock(void) {
  if (depth == 8) return;
  rcu_read_lock();
  ++depth;
}
)"},
    {kPartDereference, part(kPartReaders) | part(kPartPublished), R"(
static void do_dereference(unsigned i) {
  if (depth == 0) return;
  const struct record *record = rcu_dereference(p[i]);
  if (record == NULL) return;
  check_as_reader(record);
  if (held_count < 8) held[held_count++] = record;
}
)"},
    {kPartBlocking, part(kPartDepth), R"(
static void do_wait(void (*wait)(void)) {
  if (depth == 0) wait();
}
)"},
    {kPartBarrierOnCache, part(kPartHoldEntry) | part(kPartDepth), R"(
static void do_barrier_on_cache(unsigned i) {
  struct cache *cache = depth == 0 ? hold_entry(i) : NULL;
  if (cache == NULL) return;
  kvfree_rcu_barrier_on_cache(cache->cache);
  release_cache(cache);
}
)"},
    {kPartUnload, part(kPartClaimEntry) | part(kPartSetEntry) | part(kPartModules), R"(
static void do_module_unload(unsigned i) {
  if (!claim_entry(i)) return;
  memset(module_name[i], '!', sizeof(module_name[i]) - 1);
  set_entry(i, NULL);
}
)"},
    {kPartSleep, part(kPartDepth), R"(
static void do_schedule_timeout(unsigned jiffies) {
  struct timespec time = {jiffies / HZ, (long)(jiffies % HZ) * (1000000000 / HZ)};
  if (depth == 0) nanosleep(&time, NULL);
}
)"},
};
static_assert(sizeof(kParts) / sizeof(kParts[0]) == kPartCount);

}  // namespace

CParts parts_of(OpCode code) {
  switch (code) {
    case OpCode::kCacheCreate: return part(kPartCreate);
    case OpCode::kCacheDestroy: return part(kPartDestroy);
    case OpCode::kCacheShrink: return part(kPartShrink);
    case OpCode::kAlloc: return part(kPartAlloc);
    case OpCode::kFree: case OpCode::kKfree: return part(kPartFree);
    case OpCode::kAllocBulk: return part(kPartAllocBulk);
    case OpCode::kFreeBulk: return part(kPartFreeBulk);
    case OpCode::kKmalloc: return part(kPartKmalloc);
    case OpCode::kKfreeRcu: case OpCode::kKfreeRcuMightsleep: return part(kPartKfreeRcu);
    case OpCode::kCheck: return part(kPartCheckOperation);
    case OpCode::kPublish: return part(kPartPublish);
    case OpCode::kReplaceKfreeRcu: case OpCode::kReplaceCallRcu: return part(kPartReplace);
    case OpCode::kReadLock: return part(kPartReadLock);
    case OpCode::kReadUnlock: return part(kPartReaders);
    case OpCode::kDeref: case OpCode::kTypesafeLookup: return part(kPartDereference);
    case OpCode::kSynchronizeRcu: case OpCode::kRcuBarrier: case OpCode::kKvfreeRcuBarrier:
      return part(kPartBlocking);
    case OpCode::kBarrierOnCache: return part(kPartBarrierOnCache);
    case OpCode::kSleep: return part(kPartSleep);
    case OpCode::kModuleUnload: return part(kPartUnload);
    case OpCode::kNop: case OpCode::kCount: break;
  }
  return 0;
}

CParts with_needs(CParts parts) {
  // A part needs earlier ones only, so one pass from the end finds all.
  for (unsigned i = kPartCount; i-- > 0;) {
    assert(kParts[i].part == i && kParts[i].needs >> i == 0);
    if (parts >> i & 1) parts |= kParts[i].needs;
  }
  return parts;
}

std::string print_parts(CParts parts) {
  parts = with_needs(parts);
  std::string out;
  for (const Part &candidate : kParts) {
    if (parts & part(candidate.part)) out += candidate.text;
  }
  return out;
}

}  // namespace slabbed::fuzz
