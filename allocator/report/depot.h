// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// depot.h - stack traces, each kept once (the kernel's lib/stackdepot.c).
//
// A handle is a 1-based index; 0 means "no trace". The table is open addressing over a fixed
// region, so a handle stays valid for the System's life and saving never allocates. When the table
// is full, save() returns 0 and reports say that the trace is missing.
#ifndef SLABBED_REPORT_DEPOT_H
#define SLABBED_REPORT_DEPOT_H

#include <cstddef>
#include <cstdint>

#include "port/mutex.h"

namespace slabbed {

using StackHandle = uint32_t;
inline constexpr int kStackDepthMax = 14;

class StackDepot {
 public:
  // Context: may block (reserves memory at the first call). False: no memory, every save gives 0.
  bool init();
  // Captures the stack from the frame that `caller` returns into, so that no trace starts inside
  // the allocator. Context: any; takes lock_.
  StackHandle save_here(const void *caller);
  int fetch(StackHandle handle, void **pcs, bool *complete) const;
  void release();
  void fork_hold() SLABBED_ACQUIRE(lock_) { lock_.lock(); }
  void fork_release() SLABBED_RELEASE(lock_) { lock_.unlock(); }

 private:
  struct Entry {
    uint32_t hash;
    int16_t depth;      // 0: free entry
    int16_t truncated;  // the walk hit kStackDepthMax or left the stack early
    void *pcs[kStackDepthMax];
  };
  static constexpr uint32_t kEntries = 4096;

  port::Mutex lock_{"stack depot"};
  Entry *entries_ = nullptr;  // constant after init(); entries are written once, under lock_
};

}  // namespace slabbed
#endif  // SLABBED_REPORT_DEPOT_H
