// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// draw_schedule.cc - see draw_schedule.h.
#include "fuzz/program/draw_schedule.h"

#include <cassert>

#include "fuzz/program/point_name.h"
#include "fuzz/program/step_name.h"

namespace slabbed::fuzz {
namespace {

// Mostly near, sometimes far: switches that come in quick succession open the narrow windows, a
// long quiet stretch lets a program get to its interesting end first.
uint16_t draw_gap(Random *random) {
  constexpr unsigned kScales[] = {4, 16, 128, 1024};
  return static_cast<uint16_t>(random->below(kScales[random->below(4)]));
}

uint8_t draw_target(Random *random, const Program &program) {
  unsigned choice = random->below(16);
  if (choice < 9) return static_cast<uint8_t>(random->between(1, program.threads));
  if (choice < 11) return static_cast<uint8_t>(kFirstWorker + random->below(2));
  if (choice < 13) return kGracePeriod;
  if (choice == 13) return kCallbacks;
  if (choice == 14 || !program.store_buffers) return kClock;
  return static_cast<uint8_t>(kDrain + random->between(1, program.threads));
}

ScheduleRecord draw_preemption(Random *random, const Program &program) {
  ScheduleRecord record;
  record.kind = kOperationPoint;
  record.name = point_name_hash(point_kind_name(kOperationPoint));
  if (!program.schedule.empty() && !random->one_in(3)) {
    record = program.schedule[random->below(static_cast<unsigned>(program.schedule.size()))];
    record.occurrence = static_cast<uint16_t>(random->skewed(31));
  }
  if (!program.operations.empty()) {
    unsigned index = random->below(static_cast<unsigned>(program.operations.size()));
    record.operation = static_cast<uint16_t>(index);
    record.thread = static_cast<uint8_t>(program.operations[index].thread + 1);
  }
  record.to = draw_target(random, program);
  return record;
}

}  // namespace

ScheduleRecord draw_record(Random *random, const Program &program) {
  assert(program.strategy != StrategyKind::kRandom);
  if (program.strategy == StrategyKind::kExplicit) return draw_preemption(random, program);
  ScheduleRecord record;
  record.operation = draw_gap(random);
  record.to = static_cast<uint8_t>(random->skewed(kMaxPick));
  return record;
}

ScheduleRecord vary_record(Random *random, const Program &program, const ScheduleRecord &record) {
  ScheduleRecord varied = record;
  if (program.strategy == StrategyKind::kBytes) {
    unsigned choice = random->below(4);
    if (choice == 0) varied.operation = draw_gap(random);
    else if (choice == 1) ++varied.operation;
    else if (choice == 2 && varied.operation > 0) --varied.operation;
    else varied.to = static_cast<uint8_t>(random->skewed(kMaxPick));
    return varied;
  }
  unsigned choice = random->below(3);
  if (choice == 0) varied.occurrence = static_cast<uint16_t>(random->skewed(63));
  else if (choice == 1) varied.to = draw_target(random, program);
  else varied = draw_preemption(random, program);
  return varied;
}

}  // namespace slabbed::fuzz
