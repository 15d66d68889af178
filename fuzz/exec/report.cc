// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// report.cc - see report.h.
#include "fuzz/exec/report.h"

#include <cstdio>

#include "conformance/oracle/rule.h"
#include "conformance/trace/format.h"
#include "conformance/trace/hash.h"
#include "conformance/trace/names.h"
#include "fuzz/program/codec.h"
#include "fuzz/program/operation_table.h"
#include "fuzz/program/text.h"

namespace slabbed::fuzz {
namespace {

using conf::EventKind;

constexpr size_t kReportLinesMax = 60;

void section(std::string &out, const char *title, const std::string &text) {
  char label[16];
  std::snprintf(label, sizeof(label), "%-11s", title);
  out += label;
  out += text;
  out += '\n';
}

std::string operation_text(const Program &program, uint32_t op) {
  if (op >= program.operations.size()) return "nothing the program did";
  return "op" + std::to_string(op) + " " + print_operation(program, program.operations[op]);
}

// Each object that the allocator listed as leaked, by the operation that allocated it.
void add_leaks(std::string &out, const Program &program, const conf::Trace &trace) {
  conf::ObjectNames names;
  for (const conf::Event &event : trace.events) {
    names.observe(event);
    if (event.kind != EventKind::kLeakedObject) continue;
    conf::ObjectName name = names.of(event);
    section(out, "leaked",
            "allocated by " + (name.known ? operation_text(program, name.op)
                                          : std::string("nothing the program did")));
  }
}

void add_report_lines(std::string &out, const std::vector<std::string> &lines) {
  const char *title = "allocator";
  size_t shown = 0;
  for (const std::string &line : lines) {
    if (shown++ == kReportLinesMax) {
      section(out, "", "… " + std::to_string(lines.size() - kReportLinesMax) + " more lines");
      return;
    }
    section(out, title, line);
    title = "";
  }
}

// "t2: kmem_cache_free: check failed: x": everything but the thread.
std::string without_thread(const std::string &text) {
  size_t colon = text.find(": ");
  return text[0] == 't' && colon != std::string::npos ? text.substr(colon + 2) : text;
}

}  // namespace

std::string rule_name(const RunResult &result) { return conf::rule_id(result.verdict.rule); }

std::string signature(const Program &program, const RunResult &result) {
  std::string text = rule_name(result);
  if (result.clean() || result.verdict.event >= result.trace.events.size()) return text;
  const conf::Event &event = result.trace.events[result.verdict.event];
  text += ' ';
  text += conf::kind_format(event.kind).name;
  if (event.kind == EventKind::kCheckFailed && event.text != 0) {
    return text + ' ' + without_thread(result.trace.texts[event.text - 1]);
  }
  if (event.op < program.operations.size()) {
    text += " in ";
    std::string operation = operation_info(program.operations[event.op].code).text;
    size_t call = operation.rfind("= ");
    if (call != std::string::npos) operation.erase(0, call + 2);
    text += operation.substr(0, operation.find('('));
  }
  return text;
}

std::string short_hash(const Program &program) {
  conf::Hash64 hash;
  for (uint8_t byte : encode(program)) hash.word(byte);
  char digits[9];
  std::snprintf(digits, sizeof(digits), "%08x",
                static_cast<unsigned>(hash.value() >> 32 ^ hash.value()));
  return digits;
}

std::string finding_report(const Program &program, const RunResult &result, const char *world,
                           const std::string &replay) {
  std::string out = "slabbed: " + rule_name(result) + " broken in the " + world + " world\n";
  section(out, "rule", conf::rule_text(result.verdict.rule));
  section(out, "happened", result.verdict.explanation);
  add_leaks(out, program, result.trace);
  add_report_lines(out, result.report_lines);
  out += "program\n";
  TextProgram text;
  text.program = program;
  text.expect = rule_name(result);
  out += print_text(text);
  if (!replay.empty()) section(out, "replay", replay);
  return out;
}

}  // namespace slabbed::fuzz
