// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// print.cc - see format.h for the shape of a line.
#include "conformance/trace/print.h"

#include <cinttypes>
#include <cstdio>

#include "conformance/trace/format.h"

namespace slabbed::conf {

namespace {
void put_number(std::string &out, const char *key, uint64_t value) {
  if (value == 0) return;
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, " %s=%" PRIu64, key, value);
  out += buffer;
}

void put_value(std::string &out, const char *name, const char *fallback, uint64_t value) {
  put_number(out, name != nullptr ? name : fallback, value);
}

void put_object(std::string &out, const Event &event, const ObjectNames *names) {
  if (event.object == 0) return;
  char buffer[64];
  ObjectName name = names != nullptr ? names->of(event) : ObjectName{};
  if (names == nullptr) {
    std::snprintf(buffer, sizeof buffer, " object=0x%" PRIx64, event.object);
  } else if (!name.known) {
    std::snprintf(buffer, sizeof buffer, " object=unknown");
  } else if (name.op == kNoOperation) {
    std::snprintf(buffer, sizeof buffer, " object=slab%u", name.index);
  } else {
    std::snprintf(buffer, sizeof buffer, " object=%u.%u", name.op, name.index);
  }
  out += buffer;
}

// `a` of the kinds whose value is a word; false: print it as a number.
bool put_word(std::string &out, const Event &event) {
  const char *word = nullptr;
  if (event.kind == EventKind::kInvoke || event.kind == EventKind::kReturn) {
    word = op_type_name(event.a);
  } else if (event.kind == EventKind::kQuiescent) {
    word = quiescence_name(event.a);
  }
  if (word == nullptr) return false;
  out += ' ';
  out += kind_format(event.kind).a;
  out += '=';
  out += word;
  return true;
}

void put_flags(std::string &out, uint16_t flags) {
  const char *separator = " flags=";
  for (const FlagFormat &flag : kFlagFormats) {
    if ((flags & flag.bit) == 0) continue;
    out += separator;
    out += flag.name;
    separator = ",";
  }
}

void put_text(std::string &out, const std::string &text) {
  out += " \"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  out += '"';
}
}  // namespace

void print_event(const Trace &trace, const Event &event, const ObjectNames *names,
                 std::string &out) {
  const KindFormat &format = kind_format(event.kind);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "t%u ", event.thread);
  out += buffer;
  if (event.op == kNoOperation) {
    out += "- ";
  } else {
    std::snprintf(buffer, sizeof buffer, "%u ", event.op);
    out += buffer;
  }
  out += format.name;
  put_object(out, event, names);
  put_number(out, "cache", event.cache);
  if (!put_word(out, event)) put_value(out, format.a, "a", event.a);
  put_value(out, format.b, "b", event.b);
  put_value(out, format.c, "c", event.c);
  put_value(out, format.d, "d", event.d);
  put_flags(out, event.flags);
  put_number(out, "time", event.time);
  if (event.text != 0 && event.text <= trace.texts.size()) {
    put_text(out, trace.texts[event.text - 1]);
  }
}

std::string print_trace(const Trace &trace, Objects objects) {
  std::string out = trace.sim ? "world sim\n" : "world native\n";
  out += trace.legacy_destroy  ? "destroy legacy\n"
         : trace.async_destroy ? "destroy async\n"
                               : "destroy sync\n";
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "drain %" PRIu64 "\n", trace.drain_jiffies);
  out += buffer;
  if (trace.truncated_at != 0) {
    std::snprintf(buffer, sizeof buffer, "truncated %" PRIu64 "\n", trace.truncated_at);
    out += buffer;
  }
  ObjectNames names;
  for (const Event &event : trace.events) {
    names.observe(event);
    print_event(trace, event, objects == Objects::kByName ? &names : nullptr, out);
    out += '\n';
  }
  return out;
}

}  // namespace slabbed::conf
