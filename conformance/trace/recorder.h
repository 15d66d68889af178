// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// recorder.h - how events get from a run into a Trace, without disturbing the run.
//
// Recording must not synchronize: in the sim world TSan sees every fiber as a thread, so a buffer
// that all fibers write would itself be reported as a race, or, if it were made quiet by atomics,
// would hide the program's races. The writes are therefore uninstrumented plain stores into memory
// allocated (and zeroed) before the run. In the native world every thread has a buffer of its own.
//
// A full buffer is not an error of the run: full() turns true, later events are dropped (how the
// run ended is kept), and the trace is judged by its end only.
#ifndef SLABBED_CONFORMANCE_TRACE_RECORDER_H
#define SLABBED_CONFORMANCE_TRACE_RECORDER_H

#include <cstddef>
#include <memory>
#include <vector>

#include "conformance/trace/event.h"

// On code that runs on the program's fibers and threads but is no part of the program under test.
#if defined(__clang__)
#define SLABBED_TRACE_QUIET \
  __attribute__((disable_sanitizer_instrumentation, no_sanitize("undefined", "coverage")))
#else
#define SLABBED_TRACE_QUIET __attribute__((no_sanitize("thread", "address", "undefined")))
#endif

namespace slabbed::conf {

// One writer's storage. Events past capacity are counted as lost; a few places behind it are kept
// for kDeadlock and its like, which must not be lost.
class EventBuffer {
 public:
  EventBuffer(size_t event_capacity, size_t text_capacity);
  SLABBED_TRACE_QUIET void put(const Event &event);
  // The next event, zeroed but for what is passed, to be filled in by quiet code only; a scratch
  // event when the buffer is full.
  SLABBED_TRACE_QUIET Event &add(EventKind kind, unsigned thread, uint32_t op);
  // Copies `text` into the buffer. Return: what belongs into Event::text (0: null or no room).
  SLABBED_TRACE_QUIET uint32_t text(const char *text);
  SLABBED_TRACE_QUIET bool full() const { return lost_ != 0; }
  void clear();
  // Appends everything recorded to `trace`, renumbering texts.
  void move_into(Trace &trace) const;
  size_t size() const { return count_; }

 private:
  struct Free { void operator()(void *p) const; };
  // From calloc: MSan must see the memory as initialised, since the writes below do not tell it.
  std::unique_ptr<void, Free> storage_;
  // Into storage_, as plain pointers: quiet code may call nothing that is instrumented.
  Event *events_;
  uint32_t *text_offsets_;  // where text i starts
  char *text_bytes_;        // texts one after another, each ends with a zero
  SLABBED_TRACE_QUIET Event *place(EventKind kind);  // null: no room

  static constexpr size_t kReserve = 4;
  size_t capacity_, text_capacity_, text_count_max_;
  size_t count_ = 0, text_used_ = 0, text_count_ = 0;
  size_t lost_ = 0;
  Event scratch_;
};

// Sim: one buffer for all fibers, since they run one at a time. Order of put() is the order.
class SimRecorder {
 public:
  explicit SimRecorder(size_t event_capacity = 1 << 16, size_t text_capacity = 1 << 18)
      : buffer_(event_capacity, text_capacity) {}
  void begin() { buffer_.clear(); }
  SLABBED_TRACE_QUIET void put(const Event &event) { buffer_.put(event); }
  SLABBED_TRACE_QUIET Event &add(EventKind kind, unsigned thread, uint32_t op = kNoOperation) {
    return buffer_.add(kind, thread, op);
  }
  SLABBED_TRACE_QUIET uint32_t text(const char *text) { return buffer_.text(text); }
  SLABBED_TRACE_QUIET bool full() const { return buffer_.full(); }
  // Fills events and texts of `trace`; its buffers are reused, its world and mode are the caller's.
  void finish(Trace &trace) const;

 private:
  EventBuffer buffer_;
};

// Native: one buffer per recording thread, made before the threads start; merged after they joined.
// The caller sets Event::time with stamp_before() or stamp_after() (stamp.h).
class NativeRecorder {
 public:
  NativeRecorder(unsigned recorders, size_t events_per_thread, size_t text_per_thread = 1 << 14);
  void begin();
  SLABBED_TRACE_QUIET void put(unsigned recorder, const Event &event) {
    buffers_[recorder].put(event);
  }
  SLABBED_TRACE_QUIET Event &add(unsigned recorder, EventKind kind, unsigned thread,
                                 uint32_t op = kNoOperation) {
    return buffers_[recorder].add(kind, thread, op);
  }
  SLABBED_TRACE_QUIET uint32_t text(unsigned recorder, const char *text) {
    return buffers_[recorder].text(text);
  }
  // Asked by the thread that owns the buffer: it should stop the run.
  SLABBED_TRACE_QUIET bool full(unsigned recorder) const { return buffers_[recorder].full(); }
  // After join: merges by stamp, equal stamps by thread and then by order in the thread; sets
  // truncated_at if any buffer was full.
  void finish(Trace &trace) const;

 private:
  EventBuffer *buffers_;  // of owner_: operator[] of a vector would be instrumented
  std::vector<EventBuffer> owner_;
};

}  // namespace slabbed::conf
#endif  // SLABBED_CONFORMANCE_TRACE_RECORDER_H
