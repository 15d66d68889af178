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
#ifndef SLABBED_CONFORMANCE_TRACE_EVENT_H
#define SLABBED_CONFORMANCE_TRACE_EVENT_H

#include <cstdint>
#include <string>
#include <vector>

namespace slabbed::conf {

enum class EventKind : uint8_t {
  // Operations. `op` counts from 0 over the whole program; thread = program thread, 1-based, 0 = the
  // test bed itself (prologue and epilogue).
  kInvoke,          // a = OpType
  kReturn,          // a = OpType, b = result code (0 ok, else failed)
  // Objects: effects of an operation of this thread, between its invoke and return.
  kAlloc,           // object, cache, a = bytes the caller may use, b = alignment promised,
                    // flags: kZeroed kConstructed kTypesafe
  kFree,            // object, cache (cache 0: kfree)
  kKfreeRcu,        // object
  kCallRcuFree,     // object: will be freed by a call_rcu callback
  kContent,         // object, a = 1 as the owner left it, 0 changed, flags as kAlloc
  kRead,            // object, a = section: dereferenced inside that reader section; b = 1 as published
  // Readers and grace periods (outermost sections only); a = number.
  kReaderLock, kReaderUnlock, kGpStart, kGpEnd,
  // kfree_rcu machinery.
  kReclaimed,       // object: kfree_rcu finished, it may be handed out again
  kBatchQueued,     // a = batch, b = objects
  kBatchWait,       // a = newest batch the grace period that now starts to be waited for covers
  kBatchFreed,      // a = batch, b = objects
  // Slab pages.
  kSlabNew,         // object = base, cache, a = bytes, b = objects per slab, flags: kTypesafe
  kSlabFree,        // object = base, cache, a = bytes
  // Caches. `cache` numbers incarnations from 1 in order of creation (a reused descriptor address is
  // a new number).
  kCacheCreate,     // cache, text = name, a = object size, flags
  kCacheAlias,      // cache, a = refcount
  kCacheCreateFailed,  // text = name, a = 1 if a fault was injected into the call
  kCacheDestroyCall,// cache, a = 1 if it drops the last reference
  kCacheUnref, kCacheDying, kCacheLinger,
  kCacheLeaked,     // cache, a = objects
  kCacheReleased,   // cache
  kSysfsAdd, kSysfsRemove,  // text = directory
  kLeakedObject,    // cache, object: a line of the leak report
  kReport,          // text = a report line without addresses
  // Observation points.
  kCounters,        // cache, a = objects, b = total_objects, c = nr_slabs, d = objs_per_slab
                    //   (at quiescence; flags: kAfterShrink)
  kPages,           // a = pages in use at quiescence
  kClock,           // a = jiffies now
  kQuiescent,       // a = what was waited for: Quiescence
  // Ends.
  kDeadlock, kStepBound,   // text = who waits for what
  kCheckFailed,     // text: an internal check of the allocator failed
  kEnd
};

enum OpType : uint8_t {  // what the oracle must know of an operation
  kOpOther, kOpAlloc, kOpFree, kOpKfreeRcu, kOpSynchronizeRcu, kOpRcuBarrier, kOpKvfreeBarrier,
  kOpBarrierOnCache, kOpCreate, kOpDestroy, kOpShrink, kOpSleep
};
enum EventFlag : uint8_t {
  kZeroed = 1, kConstructed = 2, kTypesafe = 4, kStoreUser = 8, kNoMerge = 16, kAfterShrink = 32,
  kFaultInjected = 64
};
enum Quiescence : uint8_t {
  kProgramDone,   // every program thread returned; nothing else waited for
  kDrained,       // then more than the drain interval of time passed: the timer must have fired
  kBarrier        // then kvfree_rcu_barrier() and the destroy work: everything must be back
};

struct Event {
  EventKind kind{};
  uint8_t thread = 0;
  uint8_t flags = 0;
  uint32_t op = 0;
  uint32_t cache = 0;
  uint64_t object = 0;
  uint64_t a = 0, b = 0, c = 0, d = 0;
  uint64_t time = 0;      // native: stamp (shrinks intervals, never widens); sim: 0
  uint32_t text = 0;      // 1-based index into Trace::texts, 0 = none
};

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
