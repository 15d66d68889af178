// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// abstract_run.h - traces of runs that are correct by construction, and of runs with one fault.
//
// A tiny allocator made of lists, driven by threads that stop between any two of their steps: what
// an operation does lies anywhere between its invoke and its return, as in a real run. With
// Fault::kNone no rule may ever fire; with a fault the named rule must, sooner or later. The
// faults are the fourteen planted bugs, as they look from the outside.
#ifndef SLABBED_CONFORMANCE_TESTS_ABSTRACT_RUN_H
#define SLABBED_CONFORMANCE_TESTS_ABSTRACT_RUN_H

#include <cstdint>
#include <string>
#include <vector>

#include "conformance/trace/event.h"

namespace slabbed::conf {

enum class Fault : uint8_t {
  kNone, kDestroyTrustsRcuBarrier, kGracePeriodSkipped, kBatchLost, kPartialBatchMissed,
  kOldGracePeriod, kRefcountBelowZero, kNameFreedLate, kReleasedTwice, kSlabsOffByOne,
  kHandedOutTwice, kTypesafePageEarly, kTimerNotArmed, kSheafIntoDyingBarn, kNoSecondFlush
};
enum class Generation : uint8_t { kAsync, kLegacy, kSync };

class AbstractRun {
 public:
  AbstractRun(uint64_t seed, Generation generation, Fault fault);
  Trace run();

 private:
  static constexpr unsigned kThreads = 3, kStepsMax = 4000;
  static constexpr uint64_t kObjectBytes = 512, kSlabBytes = 4096, kPerSlab = 8;

  struct Slab { uint64_t base; bool waits = false; };
  struct Pending { uint64_t object; uint32_t cache; uint64_t sequence; };
  struct Cache {
    uint32_t number = 0;
    std::string name;
    bool typesafe = false, listed = false;
    unsigned refs = 0, users = 0, extra_slabs = 0;
    bool dying = false, leaked = false, released = false, unlinked = false;
    bool waited_for_pages = false;
    std::vector<uint64_t> slabs, free, sheaf;  // bases; free objects in slabs; in sheaves
  };
  struct Held { uint64_t object; uint32_t cache; };
  enum class Op : uint8_t { kNone, kAlloc, kFree, kKfreeRcu, kBarrier, kCreate, kDestroy };
  struct Thread {
    Op op = Op::kNone;
    unsigned phase = 0, left = 0;
    uint32_t number = 0, cache = 0;
    uint64_t object = 0, target = 0, section = 0;
    std::vector<Held> held;
  };

  uint64_t random(uint64_t below);
  Event &put(EventKind kind, unsigned thread, uint32_t op = kNoOperation);
  uint32_t text(const std::string &text);
  Cache &cache(uint32_t number) { return caches_[number - 1]; }
  std::vector<uint32_t> usable() const;

  bool step_thread(unsigned t);
  void begin_operation(unsigned t);
  bool end_operation(unsigned t, OpType type, uint64_t result = 0, uint16_t flags = 0);
  bool step_alloc(unsigned t);
  bool step_free(unsigned t);
  bool step_kfree_rcu(unsigned t);
  bool step_barrier(unsigned t);
  bool step_create(unsigned t);
  bool step_destroy(unsigned t);
  void toggle_reader(unsigned t);

  uint64_t take(Cache &c, unsigned t, uint32_t op, bool *failed);
  void give_back(Cache &c, uint64_t object, bool may_cache, unsigned t);
  void flush(Cache &c, unsigned t);
  void discard_empty(Cache &c, unsigned t);
  void last_reference_gone(Cache &c, unsigned t, uint32_t op);
  void unlink(Cache &c, unsigned t);
  void finish_destroy(Cache &c, unsigned t);
  void report(Cache &c, unsigned t);
  void release(Cache &c, unsigned t);

  bool step_worker();
  bool step_destroy_worker();
  bool readers_gone() const;
  void take_queue();
  void free_batch();
  void epilogue();
  void count(Cache &c, uint16_t flags);

  uint64_t state_;
  Generation generation_;
  Fault fault_;
  Trace trace_;
  Thread threads_[kThreads + 1];
  std::vector<Cache> caches_;
  std::vector<uint64_t> pages_;  // bases that were given back
  uint64_t next_page_ = 0x100000;
  uint32_t next_op_ = 0;
  uint64_t next_section_ = 1, next_gp_ = 1, next_batch_ = 1;
  // kfree_rcu: the queue, what the worker has taken, and how far it got.
  std::vector<Pending> queue_, batch_;
  std::vector<std::pair<uint32_t, uint64_t>> deferred_, batch_slabs_;  // cache, base
  uint64_t sequence_ = 0, completed_ = 0, batch_target_ = 0;
  bool in_gp_ = false, draining_ = false;
  std::vector<uint64_t> waits_for_;  // sections
  std::vector<uint32_t> work_;       // lingering caches
  bool work_waits_ = false;
  uint64_t work_target_ = 0;
};

}  // namespace slabbed::conf
#endif  // SLABBED_CONFORMANCE_TESTS_ABSTRACT_RUN_H
