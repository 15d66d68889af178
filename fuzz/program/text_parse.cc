// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// text_parse.cc - `.slab` text -> Program, line by line. Every refusal says what was expected and
// what stood there; nothing is guessed or reduced, as a person wrote the line and means it.
//
// An operation line is matched against every pattern of operation_table.h; if none fits, the one
// that came farthest gives the message.
#include <algorithm>
#include <cassert>

#include "fuzz/program/name_table.h"
#include "fuzz/program/normalize.h"
#include "fuzz/program/operation_table.h"
#include "fuzz/program/point_name.h"
#include "fuzz/program/step_name.h"
#include "fuzz/program/text.h"
#include "fuzz/program/text_cursor.h"
#include "fuzz/program/text_words.h"

namespace slabbed::fuzz {
namespace {

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Whether a line whose first word is `word` can be meant by `pattern`.
bool may_begin(const char *pattern, std::string_view word) {
  if (*pattern == '%') return word.size() > 1 && word[0] == pattern[1] && word[1] <= '9';
  size_t length = 0;
  while (is_word_character(pattern[length])) ++length;
  return word == std::string_view(pattern, length);
}

class Parser {
 public:
  explicit Parser(TextProgram *out) : out_(*out), program_(out->program), names_(&program_) {}

  bool line(std::string_view line, bool first);
  bool finish();
  const std::string &error() const { return error_; }

 private:
  bool statement(TextCursor *in);
  bool name_line(TextCursor *in);
  bool boot_line(TextCursor *in);
  bool boot_word(TextCursor *in);
  bool strategy_line(TextCursor *in);
  bool expect_line(TextCursor *in);
  bool expect_report_line(TextCursor *in);
  bool schedule_line(TextCursor *in);
  bool operation_line(TextCursor *in);
  bool preempt_line(TextCursor *in);
  bool after_line(TextCursor *in);

  bool check_name(TextCursor *in, std::string_view name);
  bool match(TextCursor *in, const char *pattern, Operation *op);
  bool operand(TextCursor *in, char letter, const OperationInfo &info, Operation *op);
  bool cache_flags(TextCursor *in, Operation *op);
  bool suffix(TextCursor *in, Operation *op);
  bool target(TextCursor *in, bool drains, uint8_t *number);
  bool point(TextCursor *in, ScheduleRecord *record);
  bool room_for_record(TextCursor *in);
  bool once(TextCursor *in, bool *seen, const char *what);

  TextProgram &out_;
  Program &program_;
  NameTable names_;
  unsigned threads_mentioned_ = 1;
  bool statement_seen_ = false;
  bool boot_seen_ = false, threads_seen_ = false, strategy_seen_ = false, expect_seen_ = false;
  bool in_schedule_ = false;
  std::string error_;
};

bool Parser::line(std::string_view line, bool first) {
  while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (first && line.substr(0, words::kTitle.size()) == words::kTitle) {
    std::string_view version = line.substr(words::kTitle.size());
    if (version == std::to_string(kFormatVersion)) return true;
    error_ = "this is a program of version " + std::string(version) + "; known is version " +
             std::to_string(kFormatVersion);
    return false;
  }
  if (!line.empty() && line[0] == '#') {
    if (statement_seen_) return true;
    line.remove_prefix(1);
    if (!line.empty() && line[0] == ' ') line.remove_prefix(1);
    out_.story.emplace_back(line);
    return true;
  }
  TextCursor in(line);
  if (in.at_end()) return true;
  statement_seen_ = true;
  if (statement(&in) && in.end()) return true;
  error_ = in.error();
  return false;
}

bool Parser::statement(TextCursor *in) {
  std::string_view word = in->peek_word();
  // "t1" is followed by ":", and no other statement begins with a thread.
  if (word.size() >= 2 && word[0] == 't' && word[1] >= '0' && word[1] <= '9') {
    return operation_line(in);
  }
  static constexpr std::string_view kStatements[] = {"preempt", "after", "schedule", "expect",
                                                     "name", "boot", "strategy"};
  if (std::find(std::begin(kStatements), std::end(kStatements), word) == std::end(kStatements)) {
    return in->fail_expected("an operation (t1: ...), name, boot, strategy, expect, expect-report "
                             "or schedule:");
  }
  in->optional(word);
  if (word == "preempt") return preempt_line(in);
  if (word == "after") return after_line(in);
  if (word == "schedule") return schedule_line(in);
  if (word == "expect") return in->optional("-report") ? expect_report_line(in) : expect_line(in);
  if (in_schedule_ || !program_.operations.empty()) {
    return in->fail("'" + std::string(word) + "' must come before the first operation");
  }
  if (word == "name") return name_line(in);
  return word == "boot" ? boot_line(in) : strategy_line(in);
}

bool Parser::once(TextCursor *in, bool *seen, const char *what) {
  if (*seen) return in->fail(std::string("a second ") + what + " line");
  *seen = true;
  return true;
}

bool Parser::check_name(TextCursor *in, std::string_view name) {
  if (name.empty() || name.size() >= kCacheNameBytes) {
    return in->fail("cache name \"" + std::string(name) + "\" has " +
                    std::to_string(name.size()) + " characters, not 1.." +
                    std::to_string(kCacheNameBytes - 1));
  }
  bool dot = name[0] == '.';
  for (char c : name) {
    if (!dot && (is_word_character(c) || c == '-' || c == '.' || c == ':')) continue;
    return in->fail("cache name \"" + std::string(name) +
                    "\" may only have letters, digits, '_', '-', ':' and, not in front, '.'");
  }
  return true;
}

bool Parser::name_line(TextCursor *in) {
  std::string name;
  if (!in->quoted(&name, "a cache name in quotes") || !check_name(in, name)) return false;
  return names_.add(name) || in->fail("a program has at most 4 cache names");
}

bool Parser::boot_line(TextCursor *in) {
  if (!once(in, &boot_seen_, "boot")) return false;
  while (!in->at_end()) {
    if (!boot_word(in)) return false;
  }
  return true;
}

bool Parser::boot_word(TextCursor *in) {
  std::string_view word;
  uint32_t number = 0;
  if (!in->word(&word, "a boot parameter")) return false;
  if (word == "slab_nomerge") return program_.slab_nomerge = true;
  if (word == "store_buffers") return program_.store_buffers = true;
  if (word != "destroy" && word != "sheaves" && word != "slots" && word != "sheaf_capacity" &&
      word != "threads") {
    return in->fail("unknown boot parameter '" + std::string(word) + "'");
  }
  if (!in->punctuation("=")) return false;
  if (word == "destroy") {
    std::string_view mode;
    if (!in->word(&mode, "async, legacy or sync")) return false;
    for (unsigned i = 0; i < static_cast<unsigned>(DestroyMode::kCount); ++i) {
      if (mode != words::kDestroy[i]) continue;
      program_.destroy = static_cast<DestroyMode>(i);
      return true;
    }
    return in->fail("destroy= is async, legacy or sync, not '" + std::string(mode) + "'");
  }
  if (word == "sheaves") {
    if (!in->number("sheaves", 0, 1, &number)) return false;
    program_.sheaves = number != 0;
  } else if (word == "slots") {
    if (!in->number("slots", 1, kMaxThreadSlots, &number)) return false;
    program_.slots = static_cast<uint8_t>(number);
  } else if (word == "sheaf_capacity") {
    if (!in->number("sheaf_capacity", 1, kMaxSheafCapacity, &number)) return false;
    program_.sheaf_capacity = static_cast<uint8_t>(number);
  } else {
    if (!in->number("threads", 1, kMaxThreads, &number)) return false;
    program_.threads = static_cast<uint8_t>(number);
    threads_seen_ = true;
  }
  return true;
}

bool Parser::strategy_line(TextCursor *in) {
  std::string_view word;
  if (!once(in, &strategy_seen_, "strategy") || !in->word(&word, "explicit, bytes or random")) {
    return false;
  }
  if (word == words::kStrategy[0]) program_.strategy = StrategyKind::kExplicit;
  else if (word == words::kStrategy[1]) program_.strategy = StrategyKind::kBytes;
  else if (word == words::kStrategy[2]) program_.strategy = StrategyKind::kRandom;
  else return in->fail("strategy is explicit, bytes or random, not '" + std::string(word) + "'");
  if (program_.strategy != StrategyKind::kRandom) return true;
  return in->punctuation("seed") && in->punctuation("=") &&
         in->number("seed", 0, UINT32_MAX, &program_.seed);
}

bool Parser::expect_line(TextCursor *in) {
  std::string_view verdict;
  if (!once(in, &expect_seen_, "expect")) return false;
  if (!in->run(&verdict, "clean or a rule such as DESTROY-1")) return false;
  size_t dash = verdict.find('-');
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  auto capital = [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; };
  bool rule = dash != std::string_view::npos && dash > 0 && dash + 1 < verdict.size() &&
              std::all_of(verdict.begin(), verdict.begin() + dash, capital) &&
              std::all_of(verdict.begin() + dash + 1, verdict.end(), digit);
  if (verdict != "clean" && !rule) {
    return in->fail("expected clean or a rule such as DESTROY-1, found '" +
                    std::string(verdict) + "'");
  }
  out_.expect = verdict;
  return true;
}

bool Parser::expect_report_line(TextCursor *in) {
  out_.expect_report.emplace_back();
  return in->quoted(&out_.expect_report.back(), "the text of a report line in quotes");
}

bool Parser::schedule_line(TextCursor *in) {
  if (!in->punctuation(":") || !once(in, &in_schedule_, "schedule:")) return false;
  return program_.strategy != StrategyKind::kRandom || !strategy_seen_ ||
         in->fail("strategy random has no schedule");
}

// Matches the rest of the line; on failure `in` stands where it no longer fits.
bool Parser::match(TextCursor *in, const char *pattern, Operation *op) {
  const OperationInfo &info = operation_info(op->code);
  while (*pattern != '\0') {
    if (*pattern == ' ') {
      ++pattern;
    } else if (*pattern == '%') {
      if (!operand(in, pattern[1], info, op)) return false;
      pattern += 2;
    } else if (is_word_character(*pattern)) {
      const char *end = pattern;
      while (is_word_character(*end)) ++end;
      std::string_view word = in->peek_word();
      if (word.empty()) return in->fail_expected("an operation");
      if (word != std::string_view(pattern, static_cast<size_t>(end - pattern))) {
        return in->fail("unknown operation '" + std::string(word) + "'");
      }
      in->optional(word);
      pattern = end;
    } else {
      if (!in->punctuation(std::string_view(pattern, 1))) return false;
      ++pattern;
    }
  }
  return suffix(in, op) && in->end();
}

bool Parser::operand(TextCursor *in, char letter, const OperationInfo &info, Operation *op) {
  unsigned index = 0;
  switch (letter) {
    case 'c':
      if (!in->indexed("a cache", "c", 0, kMaxCaches, &index)) return false;
      op->cache = static_cast<uint8_t>(index);
      return true;
    case 'p':
      if (!in->indexed("a published pointer", "p", 0, kMaxPublished, &index)) return false;
      op->cache = static_cast<uint8_t>(index);
      return true;
    case 'o':
      if (!in->indexed("an object", "o", 0, kMaxSlots, &index)) return false;
      op->slot = static_cast<uint8_t>(index);
      return true;
    case 'd': {
      const char *what = op->code == OpCode::kSleep ? "number of jiffies"
                         : info.arg_max == kMaxBulk ? "count" : "size";
      if (!in->number(what, info.arg_min, info.arg_max, &index)) return false;
      op->arg = static_cast<uint16_t>(index);
      return true;
    }
    case 'n': {
      std::string name;
      if (!in->quoted(&name, "a cache name in quotes") || !check_name(in, name)) return false;
      return names_.find(name, &op->slot) || in->fail("a program has at most 4 cache names");
    }
    case 'f': return cache_flags(in, op);
    default: assert(false && "unknown letter in an operation pattern"); return false;
  }
}

// ", SLAB_A | SLAB_B" and ", ctor"; 0 and NULL stand for nothing, as in C.
bool Parser::cache_flags(TextCursor *in, Operation *op) {
  while (in->optional(",")) {
    do {
      std::string_view word = in->peek_word();
      uint8_t flag = word == "ctor" ? uint8_t{kCtor} : uint8_t{0};
      for (const words::FlagWord &known : words::kCacheFlags) {
        if (word == known.word) flag = known.flag;
      }
      if (flag == 0 && word != "0" && word != "NULL") return in->fail_expected("a cache flag");
      in->optional(word);
      op->flags = op->flags | flag;
    } while (in->optional("|"));
  }
  return true;
}

bool Parser::suffix(TextCursor *in, Operation *op) {
  uint32_t nth = 0;
  if (!in->optional("[")) return true;
  if (!in->punctuation("fail_nth") || !in->punctuation("=") ||
      !in->number("fail_nth", 1, kMaxFailNth, &nth) || !in->punctuation("]")) {
    return false;
  }
  op->fail_nth = static_cast<uint8_t>(nth);
  return true;
}

bool Parser::operation_line(TextCursor *in) {
  unsigned thread = 0;
  if (in_schedule_) return in->fail("an operation after 'schedule:'");
  if (program_.operations.size() == kMaxOperations) {
    return in->fail("more than " + std::to_string(kMaxOperations) + " operations");
  }
  if (!in->indexed("a thread", "t", 1, kMaxThreads, &thread) || !in->punctuation(":")) return false;
  threads_mentioned_ = std::max(threads_mentioned_, thread);
  const std::string_view first = in->peek_word();
  TextCursor farthest = *in;
  if (first.empty()) farthest.fail_expected("an operation");
  else farthest.fail("unknown operation '" + std::string(first) + "'");
  for (unsigned code = 0; code < static_cast<unsigned>(OpCode::kCount); ++code) {
    const OperationInfo &info = operation_info(static_cast<OpCode>(code));
    for (const char *pattern : {info.text, info.zeroed_text}) {
      if (pattern == nullptr || !may_begin(pattern, first)) continue;
      Operation op;
      op.code = static_cast<OpCode>(code);
      op.thread = static_cast<uint8_t>(thread - 1);
      if (pattern == info.zeroed_text) op.flags = kZeroedAlloc;
      TextCursor attempt = *in;
      if (match(&attempt, pattern, &op)) {
        program_.operations.push_back(op);
        *in = attempt;
        return true;
      }
      if (attempt.position() > farthest.position()) farthest = attempt;
    }
  }
  *in = farthest;
  return false;
}

bool Parser::target(TextCursor *in, bool drains, uint8_t *number) {
  std::string_view name;
  if (!in->run(&name, "a thread")) return false;
  if (parse_target(name, number) && (drains || is_thread(*number))) return true;
  return in->fail("unknown thread '" + std::string(name) +
                  "': t0..t8, w0..w15, callbacks, grace_period, clock" +
                  (drains ? " or drain(...) of one" : ""));
}

bool Parser::room_for_record(TextCursor *in) {
  if (!in_schedule_) return in->fail("a schedule record before 'schedule:'");
  return program_.schedule.size() < kMaxSchedule ||
         in->fail("more than " + std::to_string(kMaxSchedule) + " schedule records");
}

bool Parser::preempt_line(TextCursor *in) {
  ScheduleRecord record;
  unsigned operation = kOutsideOperations;
  uint32_t occurrence = 0;
  if (!room_for_record(in)) return false;
  if (strategy_seen_ && program_.strategy != StrategyKind::kExplicit) {
    return in->fail("preempt belongs to strategy explicit");
  }
  if (!target(in, false, &record.thread)) return false;
  std::string_view word = in->peek_word();
  if (word.size() > 2 && word.substr(0, 2) == "op" && word[2] >= '0' && word[2] <= '9' &&
      !in->indexed("an operation", "op", 0, kOutsideOperations, &operation)) {
    return false;
  }
  if (!point(in, &record)) return false;
  if (in->optional("#") && !in->number("occurrence", 0, UINT16_MAX, &occurrence)) return false;
  if (!in->punctuation("->") || !target(in, true, &record.to)) return false;
  record.operation = static_cast<uint16_t>(operation);
  record.occurrence = static_cast<uint16_t>(occurrence);
  program_.schedule.push_back(record);
  return true;
}

// "store@function", "store@0x1a2b" or, for a point outside every function, "operation".
bool Parser::point(TextCursor *in, ScheduleRecord *record) {
  std::string_view kind, function;
  uint32_t number = 0;
  if (!in->word(&kind, "a kind of yield point")) return false;
  if (!parse_point_kind(kind, &record->kind)) {
    return in->fail("unknown kind of yield point '" + std::string(kind) + "'");
  }
  record->name = point_name_hash(kind);
  if (!in->optional("@")) return true;
  if (in->peek_word().substr(0, 2) == "0x") {
    if (!in->number("number of a function", 0, UINT16_MAX, &number)) return false;
    record->name = static_cast<uint16_t>(number);
    return true;
  }
  if (!in->run(&function, "a function")) return false;
  record->name = point_name_hash(function);
  return true;
}

bool Parser::after_line(TextCursor *in) {
  uint32_t gap = 0, pick = 0;
  if (!room_for_record(in)) return false;
  if (!strategy_seen_ || program_.strategy != StrategyKind::kBytes) {
    return in->fail("after belongs to strategy bytes");
  }
  if (!in->number("number of yield points", 0, kMaxScheduleOperation, &gap) ||
      !in->punctuation("->") || !in->punctuation("pick") ||
      !in->number("pick", 0, kMaxPick, &pick)) {
    return false;
  }
  program_.schedule.push_back(ScheduleRecord{.operation = static_cast<uint16_t>(gap),
                                             .to = static_cast<uint8_t>(pick)});
  return true;
}

bool Parser::finish() {
  if (!strategy_seen_) program_.strategy = StrategyKind::kExplicit;
  if (!threads_seen_) program_.threads = static_cast<uint8_t>(threads_mentioned_);
  if (threads_mentioned_ > program_.threads) {
    error_ = "thread t" + std::to_string(threads_mentioned_) + " is used, but boot says threads=" +
             std::to_string(program_.threads);
    return false;
  }
  normalize(&program_);
  return true;
}

}  // namespace

bool parse_text(std::string_view text, std::string_view file, TextProgram *out,
                std::string *error) {
  *out = TextProgram();
  Parser parser(out);
  size_t number = 0;
  bool good = true;
  while (good && !text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    good = parser.line(text.substr(0, end), ++number == 1);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (good) good = parser.finish();
  if (!good) {
    *error = std::string(file) + ":" + std::to_string(std::max(number, size_t{1})) + ": " +
             parser.error();
  }
  return good;
}

}  // namespace slabbed::fuzz
