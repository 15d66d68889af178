// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// mutate.cc - see mutate.h. Each change is a small function that says whether it did anything; a
// table gives their weights, and a change that found nothing to do is replaced by another draw.
#include "fuzz/program/mutate.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "fuzz/program/codec.h"
#include "fuzz/program/crossover.h"
#include "fuzz/program/draw_schedule.h"
#include "fuzz/program/edit.h"
#include "fuzz/program/idioms.h"
#include "fuzz/program/normalize.h"
#include "fuzz/program/operation_table.h"
#include "fuzz/program/sketch.h"

namespace slabbed::fuzz {
namespace {

struct Mutation {
  Program &p;
  Random &random;
  OpSet allowed;

  size_t any_operation() { return random.below(static_cast<unsigned>(p.operations.size())); }
  size_t any_gap() { return random.below(static_cast<unsigned>(p.operations.size()) + 1); }
  size_t any_record() { return random.below(static_cast<unsigned>(p.schedule.size())); }
};

// Operations ------------------------------------------------------------------------------------

bool insert_fitting_operation(Mutation &m) {
  size_t at = m.any_gap();
  Operation op = Sketch(m.p, at).draw(&m.random, m.allowed);
  if (op.code == OpCode::kNop) return false;
  insert_operation(&m.p, at, op);
  return true;
}

// The idiom's steps keep their order but may have others in between.
bool insert_idiom(Mutation &m) {
  unsigned idiom = m.random.below(idiom_count());
  size_t at = m.any_gap();
  bool spread = m.random.one_in(2);
  for (const Operation &op : draw_idiom(&m.random, idiom, m.p.threads, m.allowed)) {
    insert_operation(&m.p, std::min(at, m.p.operations.size()), op);
    at += 1 + (spread ? m.random.below(3) : 0);
  }
  return true;
}

bool erase_one(Mutation &m) {
  if (m.p.operations.empty()) return false;
  erase_operation(&m.p, m.any_operation());
  return true;
}

bool erase_run(Mutation &m) {
  if (m.p.operations.size() < 2) return false;
  size_t first = m.any_operation();
  size_t last = std::min(first + m.random.between(2, 8), m.p.operations.size());
  std::vector<bool> keep(m.p.operations.size(), true);
  for (size_t i = first; i < last; ++i) keep[i] = false;
  keep_operations(&m.p, keep);
  return true;
}

bool duplicate(Mutation &m) {
  if (m.p.operations.empty()) return false;
  Operation op = m.p.operations[m.any_operation()];
  insert_operation(&m.p, m.any_gap(), op);
  return true;
}

bool swap_two(Mutation &m) {
  if (m.p.operations.size() < 2) return false;
  size_t a = m.any_operation();
  size_t b = m.random.one_in(2) ? m.any_operation() : (a + 1) % m.p.operations.size();
  swap_operations(&m.p, a, b);
  return a != b;
}

bool retarget(Mutation &m) {
  if (m.p.operations.empty()) return false;
  size_t at = m.any_operation();
  m.p.operations[at] = Sketch(m.p, at).redraw_operands(&m.random, m.p.operations[at]);
  return true;
}

bool change_kind(Mutation &m) {
  if (m.p.operations.empty()) return false;
  size_t at = m.any_operation();
  Operation op = Sketch(m.p, at).draw(&m.random, m.allowed);
  if (op.code == OpCode::kNop) return false;
  op.thread = m.p.operations[at].thread;
  m.p.operations[at] = op;
  return true;
}

bool move_to_other_thread(Mutation &m) {
  if (m.p.operations.empty() || m.p.threads < 2) return false;
  size_t first = m.any_operation();
  size_t last = m.random.one_in(2) ? first + 1 : first + m.random.between(2, 6);
  auto thread = static_cast<uint8_t>(m.random.below(m.p.threads));
  for (size_t i = first; i < std::min(last, m.p.operations.size()); ++i) {
    m.p.operations[i].thread = thread;
  }
  return true;
}

bool change_flags_or_arg(Mutation &m) {
  if (m.p.operations.empty()) return false;
  Operation &op = m.p.operations[m.any_operation()];
  const OperationInfo &info = operation_info(op.code);
  bool flags = info.flags != 0, arg = info.uses & kUsesArg;
  if (!flags && !arg) return false;
  if (flags && (!arg || m.random.one_in(2))) {
    op.flags ^= static_cast<uint8_t>(1u << m.random.below(8));  // normalize() drops foreign bits
  } else if (op.code == OpCode::kSleep) {
    op.arg = draw_jiffies(&m.random);
  } else {
    op.arg = m.random.one_in(2) ? draw_object_size(&m.random)
                                : static_cast<uint16_t>(op.arg + m.random.between(0, 16) - 8);
  }
  return true;
}

bool change_fault(Mutation &m) {
  if (m.p.operations.empty()) return false;
  Operation &op = m.p.operations[m.any_operation()];
  op.fail_nth = op.fail_nth != 0 && m.random.one_in(2)
                    ? uint8_t{0} : static_cast<uint8_t>(1 + m.random.skewed(kMaxFailNth - 1));
  return true;
}

// Schedule --------------------------------------------------------------------------------------

bool insert_records(Mutation &m) {
  if (m.p.strategy == StrategyKind::kRandom) return false;
  unsigned at = m.random.below(static_cast<unsigned>(m.p.schedule.size()) + 1);
  // Deep bugs want several switches in a row.
  for (unsigned n = 1 + m.random.skewed(7); n > 0 && m.p.schedule.size() < kMaxSchedule; --n) {
    ScheduleRecord record = draw_record(&m.random, m.p);
    m.p.schedule.insert(m.p.schedule.begin() + at++, record);
  }
  return true;
}

bool erase_record(Mutation &m) {
  if (m.p.schedule.empty()) return false;
  m.p.schedule.erase(m.p.schedule.begin() + static_cast<ptrdiff_t>(m.any_record()));
  return true;
}

bool change_record(Mutation &m) {
  if (m.p.schedule.empty()) return false;
  size_t at = m.any_record();
  m.p.schedule[at] = vary_record(&m.random, m.p, m.p.schedule[at]);
  return true;
}

bool move_record(Mutation &m) {
  if (m.p.schedule.size() < 2) return false;
  size_t from = m.any_record();
  size_t to = m.any_record();
  ScheduleRecord record = m.p.schedule[from];
  m.p.schedule.erase(m.p.schedule.begin() + static_cast<ptrdiff_t>(from));
  m.p.schedule.insert(m.p.schedule.begin() + static_cast<ptrdiff_t>(to), record);
  return from != to;
}

bool change_seed(Mutation &m) {
  if (m.p.strategy != StrategyKind::kRandom) return false;
  m.p.seed = static_cast<uint32_t>(m.random.next());
  return true;
}

// Hand-written seeds say what happens explicitly and so hold still; what grows from them has to
// find other interleavings, for which bytes are the better soil.
bool change_strategy(Mutation &m) {
  m.p.schedule.clear();
  if (m.p.strategy != StrategyKind::kBytes || m.random.one_in(4)) {
    m.p.strategy = m.random.one_in(4) ? StrategyKind::kRandom : StrategyKind::kBytes;
  }
  m.p.seed = static_cast<uint32_t>(m.random.next());  // normalize() drops it if it means nothing
  return m.p.strategy == StrategyKind::kRandom || insert_records(m);
}

// Boot ------------------------------------------------------------------------------------------

bool change_boot(Mutation &m) {
  Program &p = m.p;
  switch (m.random.below(7)) {
    case 0: p.slab_nomerge = !p.slab_nomerge; break;
    case 1: p.sheaves = !p.sheaves; break;
    case 2: p.store_buffers = !p.store_buffers; break;
    case 3: p.destroy = static_cast<DestroyMode>(m.random.below(3)); break;
    case 4: p.slots = static_cast<uint8_t>(m.random.between(1, kMaxThreadSlots)); break;
    case 5: p.sheaf_capacity = static_cast<uint8_t>(1 + m.random.skewed(kMaxSheafCapacity - 1));
      break;
    default: p.threads = static_cast<uint8_t>(m.random.between(1, kMaxThreads)); break;
  }
  return true;
}

struct Change {
  bool (*apply)(Mutation &);
  uint8_t weight;
};
constexpr Change kChanges[] = {
    {insert_fitting_operation, 14}, {insert_idiom, 6}, {erase_one, 8}, {erase_run, 3},
    {duplicate, 5}, {swap_two, 6}, {retarget, 10}, {change_kind, 6}, {move_to_other_thread, 6},
    {change_flags_or_arg, 6}, {change_fault, 4}, {insert_records, 12}, {erase_record, 5},
    {change_record, 12}, {move_record, 3}, {change_seed, 4}, {change_strategy, 4},
    {change_boot, 3}};

bool apply_one(Mutation &m) {
  unsigned total = 0;
  for (const Change &change : kChanges) total += change.weight;
  unsigned pick = m.random.below(total);
  for (const Change &change : kChanges) {
    if (pick < change.weight) return change.apply(m);
    pick -= change.weight;
  }
  return false;
}

}  // namespace

void mutate(Program *program, Random *random) {
  Mutation m{*program, *random, draw_swarm(random)};
  unsigned changes = 1 + random->skewed(4);
  for (unsigned tries = 0; changes > 0 && tries < 20; ++tries) {
    if (apply_one(m)) --changes;
    normalize(program);
  }
}

void trim(Program *program, size_t max_bytes) {
  auto records_too_many = [&] {
    size_t bytes = encoded_size(*program);
    return bytes > max_bytes ? (bytes - max_bytes + kRecordBytes - 1) / kRecordBytes : size_t{0};
  };
  size_t cut = std::min(records_too_many(), program->schedule.size());
  program->schedule.resize(program->schedule.size() - cut);
  cut = std::min(records_too_many(), program->operations.size());
  std::vector<bool> keep(program->operations.size(), true);
  std::fill(keep.end() - static_cast<ptrdiff_t>(cut), keep.end(), false);
  keep_operations(program, keep);
  if (records_too_many() > 0) program->names = kDefaultNames;
  normalize(program);
}

size_t mutate_bytes(uint8_t *data, size_t size, size_t max_size, uint32_t seed) {
  assert(size <= max_size);
  Random random(seed);
  Program program = decode(data, size);
  mutate(&program, &random);
  trim(&program, max_size);
  std::vector<uint8_t> bytes = encode(program);
  size = std::min(bytes.size(), max_size);  // below 16 bytes the header is cut: still a program
  if (size > 0) memcpy(data, bytes.data(), size);
  return size;
}

size_t crossover_bytes(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                       uint8_t *out, size_t max_size, uint32_t seed) {
  Random random(seed);
  Program child = crossover(decode(a, a_size), decode(b, b_size), &random);
  trim(&child, max_size);
  std::vector<uint8_t> bytes = encode(child);
  size_t size = std::min(bytes.size(), max_size);
  if (size > 0) memcpy(out, bytes.data(), size);
  return size;
}

}  // namespace slabbed::fuzz
