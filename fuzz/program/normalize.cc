// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// normalize.cc - see normalize.h.
#include "fuzz/program/normalize.h"

#include <cassert>

#include "fuzz/program/operation_table.h"
#include "fuzz/program/step_name.h"

namespace slabbed::fuzz {
namespace {

// `value` reduced modulo the range [min, max]; what lies inside stays.
unsigned into_range(unsigned value, unsigned min, unsigned max) {
  assert(min <= max);
  if (value >= min && value <= max) return value;
  unsigned span = max - min + 1;
  // value + span - min % span keeps the difference to min positive.
  return min + (value + span - min % span) % span;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == ':';
}

CacheName normal_name(const CacheName &name, unsigned index) {
  CacheName normal;
  for (size_t i = 0; i + 1 < name.text.size() && name.text[i] != '\0'; ++i) {
    normal.text[i] = is_name_character(name.text[i]) ? name.text[i] : '_';
  }
  // A name is a directory under /sys/kernel/slab: neither hidden nor "..".
  if (normal.text[0] == '.') normal.text[0] = '_';
  return normal.text[0] == '\0' ? kDefaultNames[index] : normal;
}

// Two names may be equal; the lower index then stands for both, as the text form shows the name.
unsigned first_with_same_name(const Program &program, unsigned index) {
  for (unsigned i = 0; i < index; ++i) {
    if (program.names[i] == program.names[index]) return i;
  }
  return index;
}

template <typename Enum>
Enum into_enum(Enum value) {
  return static_cast<Enum>(static_cast<unsigned>(value) % static_cast<unsigned>(Enum::kCount));
}

}  // namespace

void normalize_operation(const Program &program, Operation *operation) {
  Operation &op = *operation;
  op.code = into_enum(op.code);
  const OperationInfo &info = operation_info(op.code);
  op.thread = static_cast<uint8_t>(op.thread % program.threads);
  if (info.uses & kUsesCache) op.cache = op.cache % kMaxCaches;
  else if (info.uses & kUsesPublished) op.cache = op.cache % kMaxPublished;
  else op.cache = 0;
  if (info.uses & kUsesSlot) op.slot = op.slot % kMaxSlots;
  else if (info.uses & kUsesName) {
    op.slot = static_cast<uint8_t>(first_with_same_name(program, op.slot % kCacheNames));
  } else op.slot = 0;
  op.arg = info.uses & kUsesArg
               ? static_cast<uint16_t>(into_range(op.arg, info.arg_min, info.arg_max)) : 0;
  op.flags = op.flags & info.flags;
  op.fail_nth = op.fail_nth % (kMaxFailNth + 1);
}

void normalize_record(StrategyKind strategy, ScheduleRecord *record) {
  ScheduleRecord &r = *record;
  r.operation = r.operation % (kMaxScheduleOperation + 1);
  if (strategy == StrategyKind::kBytes) {
    r = ScheduleRecord{.operation = r.operation, .to = static_cast<uint8_t>(r.to % (kMaxPick + 1))};
    return;
  }
  r.thread = normal_thread(r.thread);
  if (!is_program_thread(r.thread)) r.operation = kOutsideOperations;
  r.kind = r.kind % kPointKinds;
  r.to = normal_target(r.to);
}

void normalize(Program *program) {
  Program &p = *program;
  p.strategy = into_enum(p.strategy);
  p.destroy = into_enum(p.destroy);
  p.threads = static_cast<uint8_t>(into_range(p.threads, 1, kMaxThreads));
  p.slots = static_cast<uint8_t>(into_range(p.slots, 1, kMaxThreadSlots));
  p.sheaf_capacity = static_cast<uint8_t>(into_range(p.sheaf_capacity, 1, kMaxSheafCapacity));
  for (unsigned i = 0; i < kCacheNames; ++i) p.names[i] = normal_name(p.names[i], i);
  if (p.operations.size() > kMaxOperations) p.operations.resize(kMaxOperations);
  for (Operation &op : p.operations) normalize_operation(p, &op);
  if (p.strategy == StrategyKind::kRandom) p.schedule.clear();
  else p.seed = 0;
  if (p.schedule.size() > kMaxSchedule) p.schedule.resize(kMaxSchedule);
  for (ScheduleRecord &record : p.schedule) normalize_record(p.strategy, &record);
}

bool is_normalized(const Program &program) {
  Program copy = program;
  normalize(&copy);
  return copy == program;
}

}  // namespace slabbed::fuzz
