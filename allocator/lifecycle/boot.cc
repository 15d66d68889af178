// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "lifecycle/boot.h"

#include <string.h>

namespace slabbed {
namespace {

struct Word {
  const char *text;
  size_t length;
  bool is(const char *name) const { return strlen(name) == length && !memcmp(text, name, length); }
};

bool parse_number(Word value, uint64_t low, uint64_t high, uint64_t *number) {
  if (value.length == 0 || value.length > 12) return false;
  *number = 0;
  for (size_t i = 0; i < value.length; i++) {
    if (value.text[i] < '0' || value.text[i] > '9') return false;
    *number = *number * 10 + static_cast<uint64_t>(value.text[i] - '0');
  }
  return *number >= low && *number <= high;
}

const char *set_destroy(Word value, BootParameters *boot) {
  if (value.is("legacy")) boot->destroy = DestroyMode::kLegacy;
  else if (value.is("async")) boot->destroy = DestroyMode::kAsync;
  else if (value.is("sync")) boot->destroy = DestroyMode::kSync;
  else return "boot parameter destroy: expected legacy, async or sync";
  return nullptr;
}

const char *set(Word name, Word value, BootParameters *boot) {
  uint64_t n = 0;
  if (name.is("destroy")) return set_destroy(value, boot);
  if (name.is("slab_nomerge") && value.length == 0) {
    boot->nomerge = true;
  } else if (name.is("nr_cpus")) {
    if (!parse_number(value, 1, 4096, &n)) return "boot parameter nr_cpus: expected 1..4096";
    boot->nr_cpus = static_cast<unsigned>(n);
  } else if (name.is("hz")) {
    if (!parse_number(value, 1, 10000, &n)) return "boot parameter hz: expected 1..10000";
    boot->hz = static_cast<unsigned>(n);
  } else if (name.is("sheaves")) {
    if (!parse_number(value, 0, 1, &n)) return "boot parameter sheaves: expected 0 or 1";
    boot->sheaves = n != 0;
  } else if (name.is("symbols")) {
    if (!parse_number(value, 0, 1, &n)) return "boot parameter symbols: expected 0 or 1";
    boot->symbols = n != 0;
  } else if (name.is("sheaf_capacity")) {
    if (!parse_number(value, 1, 4096, &n)) return "boot parameter sheaf_capacity: expected 1..4096";
    boot->sheaf_capacity = static_cast<unsigned>(n);
  } else if (name.is("kfree_rcu_drain")) {
    if (!parse_number(value, 1, 1000000000, &n)) {
      return "boot parameter kfree_rcu_drain: expected 1..1000000000 jiffies";
    }
    boot->kfree_rcu_drain = n;
  } else if (name.is("pages")) {
    if (!parse_number(value, 0, 1ull << 30, &n)) return "boot parameter pages: expected a number";
    boot->pages = static_cast<unsigned long>(n);
  } else {
    return "unknown boot parameter (see slabbed/system.h)";
  }
  return nullptr;
}

}  // namespace

const char *parse_boot_parameters(const char *text, BootParameters *boot) {
  while (text && *text) {
    while (*text == ' ') text++;
    size_t length = strcspn(text, " ");
    if (length == 0) break;
    const char *equals = static_cast<const char *>(memchr(text, '=', length));
    Word name{text, equals ? static_cast<size_t>(equals - text) : length};
    Word value{text, 0};
    if (equals) value = Word{equals + 1, length - name.length - 1};
    if (const char *error = set(name, value, boot)) return error;
    text += length;
  }
  if (boot->kfree_rcu_drain == 0) boot->kfree_rcu_drain = 5ull * boot->hz;
  return nullptr;
}

}  // namespace slabbed
