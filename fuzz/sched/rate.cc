// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// rate.cc - how many runs a second the scheduler itself allows: threads that do next to nothing.
//
// usage: sched_rate [RUNS]. Three threads of sixteen yield points each, under a few preemptions and
// under random schedules; and the same with every thread left unfinished, which must not be slower
// by orders of magnitude. Only prints; rates depend on the machine.
#include <time.h>

#include <cstdio>
#include <cstdlib>

#include "fuzz/sched/bytes_strategy.h"
#include "fuzz/sched/random_strategy.h"
#include "fuzz/sched/simulation.h"
#include "port/atomic.h"
#include "port/mutex.h"

namespace {

using namespace slabbed;
using namespace slabbed::sched;

port::Atomic<unsigned> counter, never;
port::Mutex mutex{"rate"};

void sixteen_points(void *) {
  for (int i = 0; i < 4; i++) {
    counter.fetch_add_acq_rel(1);
    port::MutexLock lock(mutex);
    counter.load_acquire();
  }
}

void spins(void *) {
  while (!never.load_acquire()) port::spin_wait();
}

void three(void (*body)(void *)) {
  for (unsigned i = 1; i <= 3; i++) spawn(i, body, nullptr);
  join_all();
}

void measure(const char *what, int runs, bool random, void (*init)(void *)) {
  const BytesStrategy::Record records[] = {{9, 0}, {7, 1}, {5, 0}, {9, 1}};
  timespec start, stop;
  unsigned long total = 0;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (int i = 0; i < runs; i++) {
    BytesStrategy bytes(records, 4);
    RandomStrategy uniform(static_cast<uint64_t>(i));
    Options options;
    options.strategy = random ? static_cast<Strategy *>(&uniform) : &bytes;
    begin(options, {});
    run(init, nullptr);
    total += steps();
    end();
  }
  clock_gettime(CLOCK_MONOTONIC, &stop);
  double seconds = static_cast<double>(stop.tv_sec - start.tv_sec) +
                   1e-9 * static_cast<double>(stop.tv_nsec - start.tv_nsec);
  std::printf("%-22s %9.0f runs/s  %5.1f steps a run\n", what, runs / seconds,
              static_cast<double>(total) / runs);
}

}  // namespace

int main(int argc, char **argv) {
  int runs = argc > 1 ? std::atoi(argv[1]) : 100000;
  if (runs <= 0) {
    std::fputs("usage: sched_rate [RUNS]\n", stderr);
    return 2;
  }
  measure("four preemptions", runs, false, [](void *) { three(sixteen_points); });
  measure("random", runs, true, [](void *) { three(sixteen_points); });
  measure("deadlock, abandoned", runs, false, [](void *) { three(spins); });
  return 0;
}
