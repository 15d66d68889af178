// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// The same input gives the same sequence of steps, in every build.
//
// One program uses the whole port; its steps, as a strategy sees them, and its events are hashed
// over many schedules. The hash is a constant of this file: clang and gcc, with and without
// sanitizers, must all compute it. A change of the constant means that recorded schedules lose
// their meaning.
#include "fuzz/tests/sched_bed.h"
#include "port/atomic.h"
#include "port/memory.h"
#include "port/mutex.h"
#include "port/rcu.h"
#include "port/slot.h"
#include "port/thread.h"
#include "port/time.h"

namespace slabbed::sched {
namespace {

constexpr uint64_t kSteps = 0x9bb3eec3aa11a876;
constexpr uint64_t kStepsBuffered = 0xa2a20955a8554f97;

struct Hash {
  uint64_t value = 14695981039346656037u;
  void add(uint64_t x) { value = (value ^ x) * 1099511628211u; }
};

// Hands every choice to a random strategy, after hashing what it sees.
class Listener final : public Strategy {
 public:
  Listener(uint64_t seed, Hash *hash) : random_(seed), hash_(hash) {}
  void begin() override {
    random_.begin();
    left_ = random_.quiet_steps();
  }
  uint32_t quiet_steps() override { return 0; }
  unsigned pick(const Choice &choice) override {
    hash_->add(choice.current);
    hash_->add(static_cast<uint64_t>(choice.kind) << 32 | name_hash(choice.name));
    hash_->add(choice.operation);
    hash_->add(choice.occurrence());
    for (unsigned i = 0; i < choice.runnable_count; i++) hash_->add(choice.runnable[i]);
    bool forced = choice.kind == PointKind::kBlocked || choice.kind == PointKind::kSpin;
    if (!forced && left_ > 0) {
      left_--;
      return choice.current;
    }
    unsigned to = random_.pick(choice);
    if (!forced) left_ = random_.quiet_steps();
    return to;
  }

 private:
  RandomStrategy random_;
  Hash *hash_;
  uint32_t left_ = 0;
};

struct Node {
  void *head[2];
  uint64_t value;
};
struct World {
  port::Mutex lock{"world"};
  port::CondVar changed;
  port::Rcu rcu;
  port::KThread worker;
  port::Atomic<Node *> published;
  port::Atomic<unsigned> work, done, stop;
};
World *w;

Node *make(uint64_t value) {
  if (port::should_fail(port::Fault::kMeta)) return nullptr;
  auto *node = static_cast<Node *>(port::meta_alloc(sizeof(Node)));
  node->value = value;
  return node;
}

void reclaim(rcu_head *head) { port::meta_free(head, sizeof(Node)); }

void work(void *) {
  port::MutexLock guard(w->lock);
  while (!w->stop.load_acquire()) {
    if (w->work.load_relaxed() != 0) {
      w->work.fetch_sub_acq_rel(1);
      w->done.fetch_add_relaxed(1);
      w->changed.notify_all();
      continue;
    }
    uint64_t now = port::jiffies();
    w->changed.wait_until(w->lock, now + 50);
  }
}

void updates() {
  port::this_slot();
  for (unsigned op = 0; op < 4; op++) {
    operation(op, op == 2 ? 1 : 0);
    Node *node = make(op);
    if (!node) continue;
    Node *old = w->published.exchange_acq_rel(node);
    if (old && op % 2) w->rcu.call(reinterpret_cast<rcu_head *>(old), reclaim);
    if (old && op % 2 == 0) {
      w->rcu.synchronize();
      port::meta_free(old, sizeof(Node));
    }
  }
}

void reads() {
  for (unsigned op = 0; op < 5; op++) {
    operation(op, 0);
    w->rcu.read_lock();
    Node *node = w->published.load_acquire();
    uint64_t value = node ? node->value : 0;
    port::heavy_barrier();
    EXPECT_LT(value, 4u);
    w->rcu.read_unlock();
    port::MutexLock guard(w->lock);
    w->work.store_release(w->work.load_relaxed() + 1);
    w->changed.notify_all();
  }
}

void sleeps() {
  for (unsigned op = 0; op < 3; op++) {
    operation(op, 0);
    sleep_jiffies(20 * op);
    w->rcu.barrier();
    while (w->done.load_acquire() < op) port::spin_wait();
  }
}

std::vector<Body> bodies() { return {updates, reads, sleeps}; }

uint64_t hash_of(bool store_buffers, unsigned seeds) {
  Hash hash;
  Bed bed;
  bed.options.store_buffers = store_buffers;
  bed.check_replay = false;
  bed.log_events = true;
  bed.before = [] {
    w = new (port::meta_alloc(sizeof(World))) World;
    w->worker.start("worker", work, nullptr);
  };
  bed.after = [] {
    w->stop.store_release(1);
    w->changed.notify_all();
    w->worker.join();
    w->rcu.barrier();
  };
  bed.threads = bodies();
  for (uint64_t seed = 0; seed < seeds; seed++) {
    Listener listener(seed, &hash);
    Result r = bed.run(listener);
    EXPECT_EQ(r.outcome, Outcome::kFinished) << r.report << r.message;
    for (const std::string &line : r.log) {
      for (char c : line) hash.add(static_cast<unsigned char>(c));
    }
    hash.add(r.steps);
  }
  return hash.value;
}

TEST(SchedDeterminism, TheStepsAreTheSameInEveryBuild) {
  uint64_t hash = hash_of(false, 200);
  std::printf("steps: 0x%016llx\n", static_cast<unsigned long long>(hash));
  EXPECT_EQ(hash, kSteps);
}

TEST(SchedDeterminism, TheStepsAreTheSameWithStoreBuffers) {
  if (store_buffers_ignored()) GTEST_SKIP() << "no store buffers under ThreadSanitizer";
  uint64_t hash = hash_of(true, 200);
  std::printf("steps with store buffers: 0x%016llx\n", static_cast<unsigned long long>(hash));
  EXPECT_EQ(hash, kStepsBuffered);
}

TEST(SchedDeterminism, AThousandRepetitionsAreOne) {
  uint64_t first = hash_of(false, 1);
  for (int i = 0; i < 1000; i++) ASSERT_EQ(hash_of(false, 1), first) << i;
}

TEST(SchedDeterminism, ReplayOfEveryRandomRunIsTheSameRun) {
  Bed bed;  // Bed::run() compares with the replay
  bed.log_events = true;
  bed.threads = bodies();
  bed.before = [] {
    w = new (port::meta_alloc(sizeof(World))) World;
    w->worker.start("worker", work, nullptr);
  };
  bed.after = [] {
    w->stop.store_release(1);
    w->changed.notify_all();
    w->worker.join();
  };
  for (bool buffers : {false, true}) {
    bed.options.store_buffers = buffers;
    for (uint64_t seed = 0; seed < 300; seed++) {
      EXPECT_EQ(bed.run_random(seed).outcome, Outcome::kFinished);
    }
  }
}

}  // namespace
}  // namespace slabbed::sched
