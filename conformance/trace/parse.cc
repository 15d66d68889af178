// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// parse.cc - a cursor over one line at a time; every error names the line and the word.
#include "conformance/trace/parse.h"

#include "conformance/trace/format.h"

namespace slabbed::conf {

namespace {
// The rest of a line. Words are separated by blanks; a text in quotes ends the line.
struct Line {
  std::string_view rest;

  void skip_blanks() {
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
  }
  std::string_view word() {
    skip_blanks();
    size_t end = 0;
    while (end < rest.size() && rest[end] != ' ' && rest[end] != '\t') ++end;
    std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end);
    return word;
  }
};

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

bool parse_number(std::string_view text, uint64_t max, uint64_t &value) {
  unsigned base = 10;
  if (text.size() > 2 && text[0] == '0' && text[1] == 'x') {
    base = 16;
    text.remove_prefix(2);
  }
  if (text.empty()) return false;
  value = 0;
  for (char c : text) {
    auto digit = static_cast<unsigned>(digit_value(c));
    if (digit >= base || value > (max - digit) / base) return false;
    value = value * base + digit;
  }
  return value <= max;
}

bool parse_kind(std::string_view word, EventKind &kind) {
  for (unsigned i = 0; i < kEventKinds; ++i) {
    kind = static_cast<EventKind>(i);
    if (word == kind_format(kind).name) return true;
  }
  return false;
}

// Index of `word` among the names that `name_of` gives for 0, 1, …
bool parse_enum(const char *(*name_of)(uint64_t), std::string_view word, uint64_t &value) {
  for (value = 0; name_of(value) != nullptr; ++value) {
    if (word == name_of(value)) return true;
  }
  return false;
}

bool parse_a(EventKind kind, std::string_view text, uint64_t &value) {
  if (kind == EventKind::kInvoke || kind == EventKind::kReturn) {
    if (parse_enum(op_type_name, text, value)) return true;
  } else if (kind == EventKind::kQuiescent && parse_enum(quiescence_name, text, value)) {
    return true;
  }
  return parse_number(text, ~uint64_t{0}, value);
}

bool parse_flags(std::string_view text, uint16_t &flags) {
  while (!text.empty()) {
    std::string_view word = text.substr(0, text.find(','));
    text.remove_prefix(word.size() == text.size() ? word.size() : word.size() + 1);
    bool found = false;
    for (const FlagFormat &flag : kFlagFormats) {
      if (word != flag.name) continue;
      flags = static_cast<uint16_t>(flags | flag.bit);
      found = true;
    }
    if (!found) return false;
  }
  return true;
}

bool is_key(std::string_view key, const char *name, const char *fallback) {
  return key == fallback || (name != nullptr && key == name);
}

// Narrower fields are parsed wide and stored after the range check.
template <typename T>
bool parse_into(std::string_view text, T &field) {
  uint64_t value = 0;
  if (!parse_number(text, static_cast<T>(~T{0}), value)) return false;
  field = static_cast<T>(value);
  return true;
}

bool parse_field(std::string_view word, Event &event) {
  size_t equals = word.find('=');
  if (equals == std::string_view::npos) return false;
  std::string_view key = word.substr(0, equals);
  std::string_view value = word.substr(equals + 1);
  const KindFormat &format = kind_format(event.kind);
  if (key == "object") return parse_into(value, event.object);
  if (key == "cache") return parse_into(value, event.cache);
  if (key == "flags") return parse_flags(value, event.flags);
  if (key == "time") return parse_into(value, event.time);
  if (is_key(key, format.a, "a")) return parse_a(event.kind, value, event.a);
  if (is_key(key, format.b, "b")) return parse_into(value, event.b);
  if (is_key(key, format.c, "c")) return parse_into(value, event.c);
  if (is_key(key, format.d, "d")) return parse_into(value, event.d);
  return false;
}

// `rest` starts at the opening quote and must end at the closing one.
bool parse_text(std::string_view rest, std::string &text) {
  text.clear();
  for (size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') return rest.find_first_not_of(" \t\r", i + 1) == std::string_view::npos;
    if (rest[i] != '\\') {
      text += rest[i];
    } else if (++i < rest.size()) {
      text += rest[i] == 'n' ? '\n' : rest[i];
    }
  }
  return false;
}

bool parse_header(std::string_view word, Line line, Trace &trace, bool &known) {
  known = true;
  std::string_view value = line.word();
  if (word == "world") {
    trace.sim = value == "sim";
    return trace.sim || value == "native";
  }
  if (word == "destroy") {
    trace.async_destroy = value == "async";
    trace.legacy_destroy = value == "legacy";
    return trace.async_destroy || trace.legacy_destroy || value == "sync";
  }
  if (word == "drain") return parse_into(value, trace.drain_jiffies);
  if (word == "truncated") return parse_into(value, trace.truncated_at);
  known = false;
  return false;
}

bool parse_event(std::string_view thread, Line line, Trace &trace, std::string &what) {
  Event event;
  if (thread.size() < 2 || thread[0] != 't' || !parse_into(thread.substr(1), event.thread)) {
    what = "expected a thread (t1) or a header, found '" + std::string(thread) + "'";
    return false;
  }
  std::string_view op = line.word();
  event.op = kNoOperation;
  if (op != "-" && !parse_into(op, event.op)) {
    what = "expected an operation number or -, found '" + std::string(op) + "'";
    return false;
  }
  std::string_view kind = line.word();
  if (!parse_kind(kind, event.kind)) {
    what = "unknown event '" + std::string(kind) + "'";
    return false;
  }
  for (line.skip_blanks(); !line.rest.empty(); line.skip_blanks()) {
    if (line.rest.front() == '"') {
      std::string text;
      if (!parse_text(line.rest, text)) {
        what = "text does not end with a quote at the end of the line";
        return false;
      }
      trace.texts.push_back(std::move(text));
      event.text = static_cast<uint32_t>(trace.texts.size());
      break;
    }
    std::string_view field = line.word();
    if (!parse_field(field, event)) {
      what = "cannot read '" + std::string(field) + "' of " + std::string(kind);
      return false;
    }
  }
  trace.events.push_back(event);
  return true;
}

bool parse_line(std::string_view text, Trace &trace, std::string &what) {
  Line line{text};
  std::string_view first = line.word();
  if (first.empty() || first.front() == '#') return true;
  bool header = false;
  if (parse_header(first, line, trace, header)) return true;
  if (!header) return parse_event(first, line, trace, what);
  what = "cannot read the value of '" + std::string(first) + "'";
  return false;
}
}  // namespace

bool parse_trace(std::string_view text, Trace &trace, std::string *error) {
  trace = Trace{};
  for (size_t number = 1; !text.empty(); ++number) {
    size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    std::string what;
    if (parse_line(line, trace, what)) continue;
    if (error != nullptr) *error = "line " + std::to_string(number) + ": " + what;
    return false;
  }
  return true;
}

}  // namespace slabbed::conf
