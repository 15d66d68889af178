// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// event.h - what happened in a run, in order: the only thing the oracle ever sees.
//
// Knows no allocator: plain numbers and strings. Addresses stand in events because disjointness is
// about addresses, but the trace hash never contains one (see hash.h): it names an object by the
// number of the operation that allocated it.
//
// Where an event stands decides what the judge may conclude, so the order is part of the contract:
//   A. Releases stand before the call, acquisitions after it. kFree, kKfreeRcu and kCallRcuFree are
//      appended right before the call, after the object was unpublished; kAlloc right after the
//      call returned. So [kAlloc, release] is the interval in which the object is certainly held.
//   B. The allocator's own events stand where nobody can have seen the effect yet: kSlabNew before
//      an object of the slab is handed out, kSlabFree before the pages go back, kReclaimed before
//      the object can be handed out again, kCacheReleased before the descriptor's memory goes back,
//      kCacheLinger before the destroy work can run, kBatchQueued before the worker sees the batch.
//   C. kCacheCreate, kCacheAlias, kCacheUnref and kCacheDying stand with the change of the
//      reference count, no yield point in between; so do kSysfsAdd and kSysfsRemove with the
//      directory.
//   D. Every wait for a grace period, also one without readers, lies around a kGpStart (not before
//      the wait began) and its kGpEnd.
//   E. Events of workers, callbacks and the model's own fibers carry that fiber's thread number and
//      op = kNoOperation; they stand outside any kInvoke/kReturn pair.
#ifndef SLABBED_CONFORMANCE_TRACE_EVENT_H
#define SLABBED_CONFORMANCE_TRACE_EVENT_H

#include <cstdint>
#include <string>
#include <vector>

namespace slabbed::conf {

enum class EventKind : uint8_t {
  // Operations. `op` counts from 0 over the whole program; thread = program thread, 1-based, or 0
  // for the test bed itself (prologue and epilogue).
  kInvoke,          // a = OpType; cache for destroy, shrink and barrier_on_cache;
                    //   create: text = name, b = object size, c = alignment, flags: as asked for
  kReturn,          // a = OpType, b = result code (0 ok, else failed), flags: kFaultInjected if a
                    //   page or metadata request of this operation was refused for any reason;
                    //   destroy: b = 1 if the call blocked in RCU, a condition wait or a sleep
  // Objects: effects of an operation of this thread, between its invoke and return.
  kAlloc,           // object, cache (0: kmalloc), a = bytes the caller may use, b = alignment
                    //   promised, flags: kZeroed kConstructed kTypesafe
  kFree,            // object, cache (cache 0: kfree)
  kKfreeRcu,        // object
  kCallRcuFree,     // object: a call_rcu callback will free it (with a kFree of its own)
  kContent,         // object, a = 1 as promised, 0 not; flags say what was compared: kZeroed (zeros
                    //   after the allocation), kConstructed (as the ctor left it), none: as the
                    //   owner left it
  kRead,            // object, a = section: dereferenced inside that reader section; b = 1 as
                    //   published (flags kTypesafe: still an object of that type)
  // Readers and grace periods (outermost sections only); a = number.
  kReaderLock, kReaderUnlock, kGpStart, kGpEnd,
  // kfree_rcu machinery.
  kReclaimed,       // object: kfree_rcu finished, it may be handed out again
  kBatchQueued,     // a = batch, b = objects
  kBatchWait,       // a = newest batch the grace period that now starts to be waited for covers
  kBatchFreed,      // a = batch, b = objects
  // Slab pages. Bases are multiples of 4096.
  kSlabNew,         // object = base, cache, a = bytes, b = objects per slab, flags: kTypesafe
  kSlabFree,        // object = base, cache, a = bytes
  // Caches. `cache` numbers incarnations from 1 in order of creation (a reused descriptor address
  // is a new number).
  kCacheCreate,     // cache, text = name, a = object size, b = slab_size (0: unknown), flags
                    //   (kConstructed: has a ctor)
  kCacheAlias,      // cache, a = refcount
  kCacheCreateFailed,  // text = name, a = 1 if a fault was injected into the call
  kCacheDestroyCall,// cache, a = 1 if it drops the last reference
  kCacheUnref,      // cache, a = refcount (not the last reference)
  kCacheDying,      // cache: the last reference was dropped
  kCacheAttempt,    // cache: an attempt to shut it down begins (optional; tightens DESTROY-4)
  kCacheLinger,     // cache: objects remain, the destroy work will try again
  kCacheLeaked,     // cache, a = objects; after the kLeakedObject lines of the report
  kCacheReleased,   // cache
  kSysfsAdd, kSysfsRemove,  // cache, text = directory
  kLeakedObject,    // cache, object: a line of the leak report
  kModuleTouched,   // cache, a = 0 ctor called, 1 name read: after destroy returned
  kReport,          // text = a report line without addresses
  // Observation points.
  kCounters,        // cache, a = objects, b = total_objects, c = nr_slabs, d = objs_per_slab
                    //   (at quiescence; flags: kAfterShrink). Leaked caches too: their descriptor
                    //   stays.
  kPages,           // a = pages in use at quiescence
  kClock,           // a = jiffies now
  kQuiescent,       // a = what was waited for: Quiescence
  // Ends.
  kDeadlock, kStepBound,   // text = who waits for what
  kCheckFailed,     // text: an internal check of the allocator failed
  kEnd              // what follows is shutting the System down; of it only the three kinds above
                    //   are judged
};
inline constexpr unsigned kEventKinds = static_cast<unsigned>(EventKind::kEnd) + 1;

enum OpType : uint8_t {  // what the oracle must know of an operation
  kOpOther, kOpAlloc, kOpFree, kOpKfreeRcu, kOpSynchronizeRcu, kOpRcuBarrier, kOpKvfreeBarrier,
  kOpBarrierOnCache, kOpCreate, kOpDestroy, kOpShrink, kOpSleep
};
inline constexpr unsigned kOpTypeCount = kOpSleep + 1;
enum EventFlag : uint16_t {
  kZeroed = 1, kConstructed = 2, kTypesafe = 4, kStoreUser = 8, kNoMerge = 16, kAfterShrink = 32,
  kFaultInjected = 64, kMayFail = 128  // kReturn: the request itself was impossible (too large)
};
enum Quiescence : uint8_t {
  kProgramDone,   // every program thread returned; nothing else waited for
  kDrained,       // then more than the drain interval passed, and then workers, callbacks and grace
                  //   periods ran until only time could go on: the timer must have fired
  kBarrier        // then rcu_barrier(), kvfree_rcu_barrier(), the destroy work and the callbacks
                  //   that free TYPESAFE pages: everything must be back
};
inline constexpr uint32_t kNoOperation = 0xffffffff;

struct Event {            // 64 bytes: recording one is one cache line
  EventKind kind{};
  uint8_t thread = 0;
  uint16_t flags = 0;
  uint32_t op = 0;
  uint32_t cache = 0;
  uint32_t text = 0;      // 1-based index into Trace::texts, 0 = none
  uint64_t object = 0;
  uint64_t a = 0, b = 0, c = 0, d = 0;
  uint64_t time = 0;      // native: stamp (shrinks intervals, never widens); sim: 0
  bool operator==(const Event &) const = default;
};
static_assert(sizeof(Event) == 64);

struct Trace {
  std::vector<Event> events;
  std::vector<std::string> texts;
  bool sim = true;          // order is exact
  bool async_destroy = true, legacy_destroy = false;  // neither: sync
  uint64_t drain_jiffies = 500;
  uint64_t truncated_at = 0;  // native: the buffer was full after this many events; no verdict
};

}  // namespace slabbed::conf
#endif  // SLABBED_CONFORMANCE_TRACE_EVENT_H
