// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// report.h - the allocator's voice: the kernel's words, line by line, to one sink per System.
//
// A report is a sequence of lines. The observer hears each of them too, so that the test bed can
// put them into a trace. Nothing here allocates; a line longer than the buffer is cut.
#ifndef SLABBED_REPORT_REPORT_H
#define SLABBED_REPORT_REPORT_H

#include <slabbed/system.h>

#include "port/atomic.h"

namespace slabbed {

class Report {
 public:
  void set_sink(void (*sink)(void *, const char *), void *context) {
    sink_ = sink;
    sink_context_ = context;
  }
  // Off: code addresses stay numbers. Naming one takes a sanitizer's runtime a process and a pipe.
  void set_symbols(bool on) { symbols_ = on; }
  void set_observer(const slabbed_observer *observer) { observer_ = observer; }

  // One line, without its newline.
  void line(const char *format, ...) __attribute__((format(printf, 2, 3)));
  // The frame every "BUG" report of mm/slub.c starts with; taints the System afterwards.
  void bug_header(const char *cache, const char *format, ...) __attribute__((format(printf, 3, 4)));
  // "function+0x12" for a code address, as %pS prints it; the number if symbols are off.
  const char *name_of(const void *pc, char *buffer, size_t bytes) const;
  // Return addresses, one line each, symbolised now and not when they were captured.
  void stack(void *const *pcs, int depth, bool complete);
  void event(enum slabbed_event kind, const struct kmem_cache *cache, const void *object,
             uint64_t a = 0, uint64_t b = 0) const {
    if (observer_) observer_->event(observer_->context, kind, cache, object, a, b);
  }

 private:
  void (*sink_)(void *, const char *) = nullptr;  // null: stderr
  void *sink_context_ = nullptr;
  bool symbols_ = true;
  const slabbed_observer *observer_ = nullptr;
  // Relaxed: 'B' in the taint only says that some report came before; no data hangs on it.
  port::Atomic<uint32_t> tainted_{0};
};

// "function+0x12" for a code address, as %pS prints it; the bare address when nothing knows it.
const char *symbolize(const void *pc, char *buffer, size_t bytes);

}  // namespace slabbed
#endif  // SLABBED_REPORT_REPORT_H
