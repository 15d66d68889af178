// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// thread.cc - a program thread's life: operations in order, readers closed at the end.
#include "fuzz/exec/thread.h"

#include "fuzz/exec/content.h"
#include "fuzz/exec/operations.h"

namespace slabbed::fuzz {

using conf::EventKind;

void Thread::begin(RunState *state, unsigned number) {
  state_ = state;
  number_ = number;
  depth_ = remembered_count_ = 0;
}

void Thread::execute() {
  const std::vector<Operation> &operations = state_->program->operations;
  for (uint32_t i = 0; i < operations.size(); ++i) {
    if (operations[i].thread + 1u == number_) execute_one(i);
  }
  close_readers();
}

void Thread::execute_one(uint32_t index) {
  const Operation &operation = state_->program->operations[index];
  op_ = index;
  invoked_ = false;
  world::begin_operation(index, operation.fail_nth);
  Turns &turns = state_->turns;
  if (!reading()) world::wait_until([&] { return turns.has_come(operation, index); });
  if (turns.has_come(operation, index)) perform(*this, operation);
  turns.over(operation, index);
  if (!invoked_) {
    invoke(conf::kOpOther);
    returned(conf::kOpOther, 0);
  }
  // A use after free shows as soon as the next owner writes, so look again after every operation.
  for (unsigned i = 0; i < remembered_count_; ++i) look(remembered_[i], false);
}

void Thread::invoke(conf::OpType type, const Note &what) {
  invoked_ = true;
  Note copy = what;
  copy.a = type;
  note(EventKind::kInvoke, copy);
}

void Thread::returned(conf::OpType type, uint64_t result, uint16_t flags) {
  if (fault_injected()) flags |= conf::kFaultInjected;
  note(EventKind::kReturn, {.a = type, .b = result, .flags = flags});
}

bool Thread::fault_injected() const {
  unsigned fail_nth = state_->program->operations[op_].fail_nth;
  return fail_nth != 0 && world::requests_seen() >= fail_nth;
}

void Thread::read_lock() {
  if (depth_ == kNestMax) return;
  invoke(conf::kOpOther);
  rcu_read_lock();
  if (++depth_ == 1) world::reader_opened(number_);
  returned(conf::kOpOther, 0);
}

void Thread::read_unlock() {
  if (depth_ == 0) return;
  invoke(conf::kOpOther);
  if (depth_ == 1) {
    for (unsigned i = 0; i < remembered_count_; ++i) look(remembered_[i], true);
    remembered_count_ = 0;
    world::reader_closing(number_);
  }
  --depth_;
  rcu_read_unlock();
  returned(conf::kOpOther, 0);
}

void Thread::close_readers() {
  while (reading()) read_unlock();
}

void Thread::look_at(const ObjectRecord *record) {
  look(record, true);
  for (unsigned i = 0; i < remembered_count_; ++i) {
    if (remembered_[i] == record) return;
  }
  if (remembered_count_ < kRememberedMax) remembered_[remembered_count_++] = record;
}

void Thread::look(const ObjectRecord *record, bool always_note) {
  bool intact = reader_content_intact(*state_, *record);
  if (intact && !always_note) return;
  bool typesafe = record->cache != nullptr && (record->cache->flags & kTypesafe) != 0;
  note(EventKind::kRead,
       {.object = reinterpret_cast<uint64_t>(record->object),
        .a = world::reader_section(number_),
        .b = intact,
        .flags = static_cast<uint16_t>(typesafe ? conf::kTypesafe : 0)});
}

}  // namespace slabbed::fuzz
