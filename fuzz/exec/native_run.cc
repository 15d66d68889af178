// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// native_run.cc - see native_run.h.
#include "fuzz/exec/native_run.h"

#include <pthread.h>
#include <slabbed/system.h>

#include <cstdio>
#include <cstdlib>

#include "fuzz/exec/boot_text.h"
#include "fuzz/exec/thread.h"
#include "native_feed.h"

namespace slabbed::fuzz {
namespace {

constexpr unsigned kHz = 1000;
constexpr unsigned kDrainJiffies = 20;

[[noreturn]] void give_up(const char *what) {
  std::fprintf(stderr, "slabbed: %s\n", what);
  std::exit(3);
}

}  // namespace

struct NativeRunner::Parts {
  struct Start {
    Parts *parts;
    unsigned index;
  };
  RunState state;
  NativeFeed feed;
  conf::Judge judge;
  Thread threads[kMaxThreads];
  pthread_t handles[kMaxThreads];
  Start starts[kMaxThreads];
  pthread_barrier_t gate;
  RunResult result;

  static void *thread_main(void *start);
  void run_threads(unsigned count);
};

void *NativeRunner::Parts::thread_main(void *start) {
  Parts *parts = static_cast<Start *>(start)->parts;
  Thread &thread = parts->threads[static_cast<Start *>(start)->index];
  set_current_thread(thread.number());
  slabbed_rcu_register_thread();
  pthread_barrier_wait(&parts->gate);  // so that the threads overlap
  thread.execute();
  slabbed_rcu_unregister_thread();
  return nullptr;
}

void NativeRunner::Parts::run_threads(unsigned count) {
  pthread_barrier_init(&gate, nullptr, count);
  for (unsigned i = 0; i < count; ++i) {
    threads[i].begin(&state, i + 1);
    starts[i] = {this, i};
    if (pthread_create(&handles[i], nullptr, thread_main, &starts[i]) != 0) {
      give_up("cannot start a thread");
    }
  }
  for (unsigned i = 0; i < count; ++i) pthread_join(handles[i], nullptr);
  pthread_barrier_destroy(&gate);
}

NativeRunner::NativeRunner() : parts_(std::make_unique<Parts>()) {}
NativeRunner::~NativeRunner() = default;

const RunResult &NativeRunner::run(const Program &program) {
  Parts &parts = *parts_;
  parts.state.begin(program);
  parts.feed.begin();
  set_current_thread(0);
  char boot[kBootTextBytes];
  write_boot_text(program, kHz, kDrainJiffies, symbols_, boot);
  const char *error = nullptr;
  slabbed_system *system = slabbed_system_boot(boot, nullptr, nullptr, &error);
  if (system == nullptr) give_up(error);
  slabbed_system_set_report_sink(system, &NativeFeed::report_sink, &parts.feed);
  slabbed_system_set_default(system);
  slabbed_rcu_register_thread();
  parts.run_threads(program.threads);
  // Callbacks record into buffers that are about to be merged.
  rcu_barrier();
  kvfree_rcu_barrier();
  slabbed_flush_destroy_work(system);
  slabbed_rcu_unregister_thread();
  slabbed_system_shutdown(system);
  RunResult &result = parts.result;
  parts.feed.finish(result.trace, result.report_lines);
  result.trace.async_destroy = program.destroy == DestroyMode::kAsync;
  result.trace.legacy_destroy = program.destroy == DestroyMode::kLegacy;
  result.trace.drain_jiffies = kDrainJiffies;
  result.verdict = parts.judge.judge(result.trace);
  return result;
}

}  // namespace slabbed::fuzz
