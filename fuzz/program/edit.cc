// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// edit.cc - see edit.h.
//
// Records outside operations (kOutsideOperations) say nothing about the program's list and are left
// alone.
#include "fuzz/program/edit.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "fuzz/program/step_name.h"

namespace slabbed::fuzz {
namespace {

constexpr unsigned kGone = UINT32_MAX;

// Gives each operation number in the schedule its new value; records whose operation is gone leave.
template <typename NewIndex>
void move_operations(Program *program, NewIndex new_index) {
  if (program->strategy != StrategyKind::kExplicit) return;
  auto gone = [&](ScheduleRecord &record) {
    if (record.operation == kOutsideOperations) return false;
    unsigned index = new_index(record.operation);
    if (index >= kOutsideOperations) return true;
    record.operation = static_cast<uint16_t>(index);
    return false;
  };
  auto &schedule = program->schedule;
  schedule.erase(std::remove_if(schedule.begin(), schedule.end(), gone), schedule.end());
}

// The scheduler's number of a thread, plain or as a drain, after program thread `thread` (1-based)
// has become `replacement`, or has gone when that is 0.
unsigned move_thread(unsigned number, unsigned thread, unsigned replacement) {
  unsigned base = number >= kDrain ? kDrain : 0;
  unsigned plain = number - base;
  if (!is_program_thread(plain)) return number;
  if (plain == thread) {
    if (replacement == 0) return kGone;
    plain = replacement;
  }
  return base + (plain > thread ? plain - 1 : plain);
}

void remove_thread(Program *program, unsigned thread, unsigned replacement) {
  if (program->strategy == StrategyKind::kExplicit) {
    auto gone = [&](ScheduleRecord &record) {
      unsigned from = move_thread(record.thread, thread, replacement);
      unsigned to = move_thread(record.to, thread, replacement);
      if (from == kGone || to == kGone) return true;
      record.thread = static_cast<uint8_t>(from);
      record.to = static_cast<uint8_t>(to);
      return false;
    };
    auto &schedule = program->schedule;
    schedule.erase(std::remove_if(schedule.begin(), schedule.end(), gone), schedule.end());
  }
  for (Operation &op : program->operations) {
    assert(op.thread != thread - 1);
    if (op.thread >= thread) --op.thread;
  }
  --program->threads;
}

}  // namespace

void keep_operations(Program *program, const std::vector<bool> &keep) {
  assert(keep.size() == program->operations.size());
  std::vector<unsigned> new_index(keep.size());
  size_t kept = 0;
  for (size_t i = 0; i < keep.size(); ++i) {
    new_index[i] = keep[i] ? static_cast<unsigned>(kept) : kGone;
    if (keep[i]) program->operations[kept++] = program->operations[i];
  }
  program->operations.resize(kept);
  // A number beyond the list never matched anything and shall not begin to.
  move_operations(program, [&](unsigned i) { return i < keep.size() ? new_index[i] : kGone; });
}

void erase_operation(Program *program, size_t index) {
  std::vector<bool> keep(program->operations.size(), true);
  assert(index < keep.size());
  keep[index] = false;
  keep_operations(program, keep);
}

void insert_operation(Program *program, size_t index, const Operation &operation) {
  assert(index <= program->operations.size());
  if (program->operations.size() == kMaxOperations) return;
  program->operations.insert(program->operations.begin() + static_cast<ptrdiff_t>(index),
                             operation);
  move_operations(program, [&](unsigned i) { return i >= index ? i + 1 : i; });
}

void swap_operations(Program *program, size_t a, size_t b) {
  assert(a < program->operations.size() && b < program->operations.size());
  std::swap(program->operations[a], program->operations[b]);
  move_operations(program, [&](unsigned i) {
    return static_cast<unsigned>(i == a ? b : i == b ? a : i);
  });
}

void erase_thread(Program *program, unsigned thread) {
  assert(program->threads > 1 && thread < program->threads);
  std::vector<bool> keep(program->operations.size());
  for (size_t i = 0; i < keep.size(); ++i) keep[i] = program->operations[i].thread != thread;
  keep_operations(program, keep);
  remove_thread(program, thread + 1, 0);
}

void merge_threads(Program *program, unsigned from, unsigned to) {
  assert(program->threads > 1 && from < program->threads && to < program->threads && from != to);
  for (Operation &op : program->operations) {
    if (op.thread == from) op.thread = static_cast<uint8_t>(to);
  }
  remove_thread(program, from + 1, to + 1);
}

}  // namespace slabbed::fuzz
