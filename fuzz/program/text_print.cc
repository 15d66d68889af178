// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// text_print.cc - Program -> `.slab` text. Operations are printed from the patterns of
// operation_table.h; only kmem_cache_create has arguments that a pattern cannot say in one letter.
#include <cassert>
#include <cstdio>

#include "fuzz/program/normalize.h"
#include "fuzz/program/operation_table.h"
#include "fuzz/program/point_name.h"
#include "fuzz/program/step_name.h"
#include "fuzz/program/text.h"
#include "fuzz/program/text_words.h"

namespace slabbed::fuzz {
namespace {

void append_number(std::string *out, char prefix, unsigned number) {
  if (prefix != '\0') *out += prefix;
  *out += std::to_string(number);
}

void append_quoted(std::string *out, std::string_view text) {
  *out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') *out += '\\';
    if (static_cast<uint8_t>(c) < ' ') {  // a line break would end the line
      char code[8];
      snprintf(code, sizeof(code), "\\x%02x", static_cast<unsigned>(c));
      *out += code;
    } else {
      *out += c;
    }
  }
  *out += '"';
}

void append_cache_flags(std::string *out, uint8_t flags) {
  const char *separator = ", ";
  for (const words::FlagWord &word : words::kCacheFlags) {
    if (!(flags & word.flag)) continue;
    *out += separator;
    *out += word.word;
    separator = " | ";
  }
  if (flags & kCtor) *out += ", ctor";
}

void append_operand(std::string *out, char letter, const Program &program, const Operation &op) {
  switch (letter) {
    case 'c': append_number(out, 'c', op.cache); break;
    case 'p': append_number(out, 'p', op.cache); break;
    case 'o': append_number(out, 'o', op.slot); break;
    case 'd': append_number(out, '\0', op.arg); break;
    case 'n': append_quoted(out, program.names[op.slot].view()); break;
    case 'f': append_cache_flags(out, op.flags); break;
    default: assert(false && "unknown letter in an operation pattern");
  }
}

// A name can stand in the text only if the parser reads it back as one word with this number.
bool is_printable_point(const char *name, uint16_t number) {
  if (name == nullptr || *name == '\0' || point_name_hash(name) != number) return false;
  if (name[0] == '0') return false;  // would read as a number
  for (const char *c = name; *c != '\0'; ++c) {
    if (*c <= ' ' || *c > '~' || *c == '#') return false;
  }
  return true;
}

void append_header(std::string *out, const Program &p) {
  if (p.names != kDefaultNames) {
    for (const CacheName &name : p.names) {
      *out += "name ";
      append_quoted(out, name.view());
      *out += '\n';
    }
  }
  *out += "boot destroy=";
  *out += words::kDestroy[static_cast<unsigned>(p.destroy)];
  *out += p.sheaves ? " sheaves=1" : " sheaves=0";
  *out += " slots=" + std::to_string(p.slots);
  *out += " sheaf_capacity=" + std::to_string(p.sheaf_capacity);
  *out += " threads=" + std::to_string(p.threads);
  if (p.slab_nomerge) *out += " slab_nomerge";
  if (p.store_buffers) *out += " store_buffers";
  *out += "\nstrategy ";
  *out += words::kStrategy[static_cast<unsigned>(p.strategy)];
  if (p.strategy == StrategyKind::kRandom) *out += " seed=" + std::to_string(p.seed);
  *out += '\n';
}

}  // namespace

std::string print_operation(const Program &program, const Operation &op) {
  const OperationInfo &info = operation_info(op.code);
  bool zeroed = info.zeroed_text != nullptr && (op.flags & kZeroedAlloc);
  std::string out;
  append_number(&out, 't', op.thread + 1u);
  out += ": ";
  for (const char *c = zeroed ? info.zeroed_text : info.text; *c != '\0'; ++c) {
    if (*c == '%') append_operand(&out, *++c, program, op);
    else out += *c;
  }
  if (op.fail_nth != 0) out += " [fail_nth=" + std::to_string(op.fail_nth) + "]";
  return out;
}

std::string print_record(const Program &program, const ScheduleRecord &record, PointNamer namer) {
  assert(program.strategy != StrategyKind::kRandom);
  if (program.strategy == StrategyKind::kBytes) {
    return "after " + std::to_string(record.operation) + " -> pick " + std::to_string(record.to);
  }
  std::string out = "preempt " + target_name(record.thread);
  const char *kind = point_kind_name(record.kind);
  if (record.operation != kOutsideOperations) out += " op" + std::to_string(record.operation);
  out += ' ';
  out += kind;
  const char *name = namer != nullptr ? namer(record.name) : nullptr;
  if (record.name == point_name_hash(kind)) {
    // A point outside every function is named after its kind.
  } else if (is_printable_point(name, record.name)) {
    out += '@';
    out += name;
  } else {
    char number[8];
    snprintf(number, sizeof(number), "@0x%04x", record.name);
    out += number;
  }
  return out + " #" + std::to_string(record.occurrence) + " -> " + target_name(record.to);
}

std::string print_text(const TextProgram &text, PointNamer namer) {
  Program p = text.program;
  normalize(&p);
  std::string out(words::kTitle);
  out += std::to_string(kFormatVersion) + '\n';
  for (const std::string &line : text.story) out += line.empty() ? "#\n" : "# " + line + '\n';
  append_header(&out, p);
  if (!text.expect.empty()) out += "expect " + text.expect + '\n';
  for (const std::string &report : text.expect_report) {
    out += "expect-report ";
    append_quoted(&out, report);
    out += '\n';
  }
  for (const Operation &op : p.operations) out += print_operation(p, op) + '\n';
  if (p.schedule.empty()) return out;
  out += "schedule:\n";
  for (const ScheduleRecord &record : p.schedule) out += print_record(p, record, namer) + '\n';
  return out;
}

std::string print_program(const Program &program, PointNamer namer) {
  TextProgram text;
  text.program = program;
  return print_text(text, namer);
}

}  // namespace slabbed::fuzz
