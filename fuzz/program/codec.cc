// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// codec.cc - see codec.h. Raw fields are read and written here; ranges are normalize()'s business.
#include "fuzz/program/codec.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "fuzz/program/normalize.h"
#include "fuzz/program/step_name.h"

namespace slabbed::fuzz {
namespace {

enum Switch : uint8_t { kStoreBuffers = 1, kSlabNomerge = 2, kSheavesOff = 4, kNamesFollow = 8 };

constexpr unsigned kKindShift = 11;
static_assert(kMaxScheduleOperation < 1u << kKindShift);
static_assert(kPointKinds <= 1u << (16 - kKindShift));

// Reads past the end give zero.
class Reader {
 public:
  Reader(const uint8_t *data, size_t size) : data_(data), size_(size) {}

  uint8_t u8() { return at_ < size_ ? data_[at_++] : 0; }
  uint16_t u16() {
    unsigned low = u8();
    return static_cast<uint16_t>(low | unsigned{u8()} << 8);
  }
  uint32_t u32() {
    uint32_t low = u16();
    return low | uint32_t{u16()} << 16;
  }
  size_t whole_records() const { return (size_ - at_) / kRecordBytes; }

 private:
  const uint8_t *data_;
  size_t size_;
  size_t at_ = 0;  // <= size_
};

class Writer {
 public:
  explicit Writer(size_t bytes) { bytes_.reserve(bytes); }

  void u8(unsigned value) { bytes_.push_back(static_cast<uint8_t>(value)); }
  void u16(unsigned value) { u8(value & 0xff), u8(value >> 8); }
  void u32(uint32_t value) { u16(value & 0xffff), u16(value >> 16); }
  std::vector<uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<uint8_t> bytes_;
};

Operation read_operation(Reader *in) {
  Operation op;
  op.code = static_cast<OpCode>(in->u8());
  op.thread = in->u8();
  op.cache = in->u8();
  op.slot = in->u8();
  op.arg = in->u16();
  op.flags = in->u8();
  op.fail_nth = in->u8();
  return op;
}

void write_operation(const Operation &op, Writer *out) {
  out->u8(static_cast<unsigned>(op.code));
  out->u8(op.thread);
  out->u8(op.cache);
  out->u8(op.slot);
  out->u16(op.arg);
  out->u8(op.flags);
  out->u8(op.fail_nth);
}

ScheduleRecord read_record(Reader *in) {
  ScheduleRecord record;
  record.thread = in->u8();
  record.to = in->u8();
  unsigned packed = in->u16();
  record.operation = static_cast<uint16_t>(packed & kMaxScheduleOperation);
  record.kind = static_cast<uint8_t>(packed >> kKindShift);
  record.name = in->u16();
  record.occurrence = in->u16();
  return record;
}

void write_record(const ScheduleRecord &record, Writer *out) {
  out->u8(record.thread);
  out->u8(record.to);
  out->u16(record.operation | unsigned{record.kind} << kKindShift);
  out->u16(record.name);
  out->u16(record.occurrence);
}

// There is one version so far. A second one gets its own function here and decode() chooses by the
// first byte; bytes that name no known version are read by the newest rules, as no input is
// refused.
Program decode_v1(Reader *in) {
  Program p;
  p.strategy = static_cast<StrategyKind>(in->u8());
  p.destroy = static_cast<DestroyMode>(in->u8());
  uint8_t switches = in->u8();
  p.store_buffers = switches & kStoreBuffers;
  p.slab_nomerge = switches & kSlabNomerge;
  p.sheaves = !(switches & kSheavesOff);
  p.threads = in->u8();
  p.slots = in->u8();
  p.sheaf_capacity = in->u8();
  in->u8();
  size_t operations = in->u16();
  p.seed = in->u32();
  in->u16();
  if (switches & kNamesFollow) {
    for (CacheName &name : p.names) {
      for (char &c : name.text) c = static_cast<char>(in->u8());
    }
  }
  operations = std::min({operations, in->whole_records(), size_t{kMaxOperations}});
  p.operations.reserve(operations);
  for (size_t i = 0; i < operations; ++i) p.operations.push_back(read_operation(in));
  size_t records = std::min(in->whole_records(), size_t{kMaxSchedule});
  p.schedule.reserve(records);
  for (size_t i = 0; i < records; ++i) p.schedule.push_back(read_record(in));
  return p;
}

}  // namespace

Program decode(const uint8_t *data, size_t size) {
  assert(data != nullptr || size == 0);
  Reader in(data, size);
  in.u8();  // version
  Program program = decode_v1(&in);
  normalize(&program);
  return program;
}

size_t encoded_size(const Program &program) {
  return kHeaderBytes + (program.names == kDefaultNames ? 0 : kNamesBytes) +
         kRecordBytes * (program.operations.size() + program.schedule.size());
}

std::vector<uint8_t> encode(const Program &program) {
  Program p = program;
  normalize(&p);
  Writer out(encoded_size(p));
  bool names = p.names != kDefaultNames;
  out.u8(kFormatVersion);
  out.u8(static_cast<unsigned>(p.strategy));
  out.u8(static_cast<unsigned>(p.destroy));
  unsigned switches = 0;
  if (p.store_buffers) switches |= kStoreBuffers;
  if (p.slab_nomerge) switches |= kSlabNomerge;
  if (!p.sheaves) switches |= kSheavesOff;
  if (names) switches |= kNamesFollow;
  out.u8(switches);
  out.u8(p.threads);
  out.u8(p.slots);
  out.u8(p.sheaf_capacity);
  out.u8(0);
  out.u16(static_cast<unsigned>(p.operations.size()));
  out.u32(p.seed);
  out.u16(0);
  if (names) {
    for (const CacheName &name : p.names) {
      for (char c : name.text) out.u8(static_cast<uint8_t>(c));
    }
  }
  for (const Operation &op : p.operations) write_operation(op, &out);
  for (const ScheduleRecord &record : p.schedule) write_record(record, &out);
  return out.take();
}

}  // namespace slabbed::fuzz
