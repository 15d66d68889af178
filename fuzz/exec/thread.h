// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// thread.h - one program thread while it executes its operations: where it stands in the program,
// the reader section it is in, and how it writes to the trace.
#ifndef SLABBED_FUZZ_EXEC_THREAD_H
#define SLABBED_FUZZ_EXEC_THREAD_H

#include <cstdint>

#include "fuzz/exec/run_state.h"

namespace slabbed::fuzz {

class Thread {
 public:
  static constexpr unsigned kNestMax = 8;       // nested rcu_read_lock()
  static constexpr unsigned kRememberedMax = 8; // objects a section looks at again

  void begin(RunState *state, unsigned number);
  // Every operation of the program that belongs to this thread, then the end of its readers.
  void execute();

  RunState &state() { return *state_; }
  unsigned number() const { return number_; }
  bool reading() const { return depth_ != 0; }
  // What an allocation may do here: a reader must not wait.
  gfp_t gfp() const { return reading() ? GFP_ATOMIC : GFP_KERNEL; }

  // Frames of a call. An operation that finds its operands missing calls neither; execute() then
  // records that nothing was done.
  void invoke(conf::OpType type, const Note &what = {});
  void returned(conf::OpType type, uint64_t result, uint16_t flags = 0);
  void note(conf::EventKind kind, const Note &what) {
    world::note(kind, number_, op_, what);
  }
  uint32_t op() const { return op_; }
  // Whether a page or metadata request of the current operation was refused.
  bool fault_injected() const;

  void read_lock();
  void read_unlock();
  // Checks `record` now and until the outermost unlock.
  void look_at(const ObjectRecord *record);

 private:
  void execute_one(uint32_t index);
  void look(const ObjectRecord *record, bool always_note);
  void close_readers();

  RunState *state_ = nullptr;
  unsigned number_ = 0;
  uint32_t op_ = 0;
  bool invoked_ = false;
  unsigned depth_ = 0;
  unsigned remembered_count_ = 0;
  const ObjectRecord *remembered_[kRememberedMax];
};

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_THREAD_H
