// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// run_state.cc - tables and records of a run.
#include "fuzz/exec/run_state.h"

namespace slabbed::fuzz {

CacheRecord reserved_cache;
ObjectRecord reserved_object;

namespace {

RunState *g_state;

// Tags must differ in most bits, and a tag must lead back to its record without a search (a reader
// of a type-stable object finds a key and asks whose it is). A product with an odd number does
// both: kMix * kUnmix == 1 modulo 2^64.
constexpr uint64_t kMix = 0x9e3779b97f4a7c15;
constexpr uint64_t inverse(uint64_t odd) {
  uint64_t x = odd;  // right to 3 bits; each step doubles them
  for (int i = 0; i < 5; ++i) x *= 2 - odd * x;
  return x;
}
constexpr uint64_t kUnmix = inverse(kMix);
static_assert(kMix * kUnmix == 1);

}  // namespace

RunState *current_state() { return g_state; }
void set_current_state(RunState *state) { g_state = state; }

RunState::RunState()
    : cache_records_(kMaxOperations), object_records_(kMaxOperations * kMaxBulk) {}

void RunState::begin(const Program &p) {
  program = &p;
  turns.begin(p);
  for (auto &entry : caches) entry.store(nullptr);
  for (auto &entry : slots) entry.store(nullptr);
  for (auto &entry : published) entry.store(nullptr);
  for (Module &module : modules) {
    module.loaded.store(false);
    module.number = 0;
  }
  set_current_state(this);
}

CacheRecord *RunState::cache_record(uint32_t op) {
  CacheRecord *record = &cache_records_[op];
  for (auto &count : record->users) count.store(0);
  record->gone.store(false);
  record->callbacks.store(0);
  return record;
}

ObjectRecord *RunState::object_record(uint32_t op, unsigned k) {
  uint32_t place = op * kMaxBulk + k;
  ObjectRecord *record = &object_records_[place];
  record->op = op;
  record->tag = (place + 1) * kMix;
  return record;
}

const ObjectRecord *RunState::record_of_tag(uint64_t tag) const {
  uint64_t place = tag * kUnmix - 1;
  if (place >= object_records_.size()) return nullptr;
  return &object_records_[place];
}

}  // namespace slabbed::fuzz
