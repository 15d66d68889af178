// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// plain_text.cc - see plain_text.h. Plain loops: libc's string functions would be intercepted.
#include "fuzz/exec/plain_text.h"

namespace slabbed::fuzz {
namespace {

constexpr size_t kStackIndent = 8;  // how the allocator's report indents the lines of a stack

SLABBED_TRACE_QUIET bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

// The length of `prefix` if `text` starts with it, else 0.
SLABBED_TRACE_QUIET size_t match(const char *text, const char *prefix) {
  size_t i = 0;
  while (prefix[i] != '\0') {
    if (text[i] != prefix[i]) return 0;
    ++i;
  }
  return i;
}

// How many characters of `text` an address or a symbol takes up, after `*keep` to be copied.
SLABBED_TRACE_QUIET size_t unstable(const char *text, size_t *keep) {
  *keep = match(text, "0x");
  if (*keep != 0 && is_hex(text[2])) {
    size_t end = *keep;
    while (is_hex(text[end])) ++end;
    return end - *keep;
  }
  if (match(text, "(nil)") != 0) return *keep = 0, 5;  // how "%p" prints a null pointer
  *keep = match(text, "ed in ");  // "Allocated in", "Freed in"
  if (*keep == 0) *keep = match(text, " called from ");
  if (*keep == 0) return 0;
  // A symbol may contain blanks ("(anonymous namespace)"): up to what follows it in the line.
  size_t end = *keep;
  while (text[end] != '\0' && match(text + end, " age=") == 0) ++end;
  return end - *keep;
}

}  // namespace

SLABBED_TRACE_QUIET bool plain_text(const char *line, char *out, size_t bytes) {
  size_t indent = 0;
  while (indent < kStackIndent && line[indent] == ' ') ++indent;
  if (indent == kStackIndent) return false;
  size_t used = 0;
  while (*line != '\0' && used + 1 < bytes) {
    size_t keep = 0;
    size_t skip = unstable(line, &keep);
    if (skip == 0) {
      out[used++] = *line++;
      continue;
    }
    for (; keep != 0 && used + 1 < bytes; --keep) out[used++] = *line++;
    line += skip;
    if (used + 1 < bytes) out[used++] = '*';
  }
  out[used] = '\0';
  return true;
}

}  // namespace slabbed::fuzz
