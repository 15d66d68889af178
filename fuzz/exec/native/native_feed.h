// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// native_feed.h - the trace of a native run: one buffer per thread, merged by stamps at the end.
#ifndef SLABBED_FUZZ_EXEC_NATIVE_NATIVE_FEED_H
#define SLABBED_FUZZ_EXEC_NATIVE_NATIVE_FEED_H

#include <pthread.h>

#include <cstdint>
#include <string>
#include <vector>

#include "conformance/trace/recorder.h"
#include "fuzz/program/program.h"
#include "world.h"

namespace slabbed::fuzz {

class NativeFeed {
 public:
  // Thread numbers: 0 the main thread, 1..kMaxThreads the program's, then the callbacks' thread.
  static constexpr unsigned kCallbackThread = kMaxThreads + 1;
  static constexpr unsigned kThreads = kMaxThreads + 2;

  NativeFeed();
  void begin();
  void note(conf::EventKind kind, unsigned thread, uint32_t op, const Note &what);
  uint64_t open_section(unsigned thread) { return ++sections_[thread].number; }
  uint64_t section(unsigned thread) const;
  void finish(conf::Trace &trace, std::vector<std::string> &report_lines);
  static void report_sink(void *self, const char *line);

 private:
  struct alignas(64) Section {
    uint64_t number = 0;  // written by its thread only
  };
  conf::NativeRecorder recorder_;
  Section sections_[kThreads];
  pthread_mutex_t report_lock_ = PTHREAD_MUTEX_INITIALIZER;
  std::vector<std::string> report_lines_;  // report_lock_
};

// The feed of the run in progress, and which thread of it is calling.
extern NativeFeed *current_feed;
void set_current_thread(unsigned number);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_NATIVE_NATIVE_FEED_H
