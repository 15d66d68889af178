// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "report/report.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// Present in every sanitizer runtime, absent otherwise.
extern "C" __attribute__((weak)) void __sanitizer_symbolize_pc(void *pc, const char *format,
                                                               char *out, size_t bytes);

namespace slabbed {
namespace {

constexpr size_t kLineBytes = 512;

// The sanitizer's symbolizer gives the functions inlined at an address, innermost first, each ended
// by a NUL. %pS names the one they were inlined into: for a call through slab.h, the user's own.
const char *outermost(const char *frames, size_t bytes) {
  const char *last = frames;
  for (const char *next = frames; next < frames + bytes && *next; next += strlen(next) + 1) {
    last = next;
  }
  return last;
}

}  // namespace

const char *symbolize(const void *pc, char *buffer, size_t bytes) {
  // A return address names the instruction after the call; one back is inside the caller.
  char *inside = const_cast<char *>(static_cast<const char *>(pc)) - 1;
  Dl_info info;
  if (__sanitizer_symbolize_pc) {
    memset(buffer, 0, bytes);
    __sanitizer_symbolize_pc(inside, "%f", buffer, bytes - 1);
    const char *name = outermost(buffer, bytes);
    if (name[0] && strncmp(name, "<null>", 6) != 0) return name;
  }
  if (dladdr(inside, &info) && info.dli_sname) {
    size_t offset = static_cast<size_t>(static_cast<const char *>(pc) -
                                        static_cast<const char *>(info.dli_saddr));
    snprintf(buffer, bytes, "%s+0x%zx", info.dli_sname, offset);
  } else {
    snprintf(buffer, bytes, "%p", pc);
  }
  return buffer;
}

const char *Report::name_of(const void *pc, char *buffer, size_t bytes) const {
  if (symbols_) return symbolize(pc, buffer, bytes);
  snprintf(buffer, bytes, "%p", pc);
  return buffer;
}

void Report::line(const char *format, ...) {
  char text[kLineBytes];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (sink_) {
    sink_(sink_context_, text);
  } else {
    fprintf(stderr, "%s\n", text);
  }
  event(SLABBED_EV_REPORT, nullptr, nullptr, reinterpret_cast<uintptr_t>(text));
}

void Report::bug_header(const char *cache, const char *format, ...) {
  char what[kLineBytes / 2];
  va_list args;
  va_start(args, format);
  vsnprintf(what, sizeof what, format, args);
  va_end(args);
  line("=============================================================================");
  bool again = tainted_.load_relaxed() != 0;
  line("BUG %s (%s): %s", cache ? cache : "<unknown>", again ? "Tainted: G    B" : "Not tainted",
       what);
  line("-----------------------------------------------------------------------------");
  line("%s", "");
  tainted_.store_relaxed(1);
}

void Report::stack(void *const *pcs, int depth, bool complete) {
  char symbol[256];
  for (int i = 0; i < depth; i++) line("        %s", name_of(pcs[i], symbol, sizeof symbol));
  if (!complete) line("        (trace may be incomplete)");
}

}  // namespace slabbed
