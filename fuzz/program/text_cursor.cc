// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// text_cursor.cc - see text_cursor.h.
#include "fuzz/program/text_cursor.h"

#include <charconv>

namespace slabbed::fuzz {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

// The whole of `text` as a decimal or 0x number that fits.
bool to_number(std::string_view text, uint32_t *out) {
  int base = 10;
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    base = 16;
    text.remove_prefix(2);
  }
  const char *end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, *out, base);
  return error == std::errc() && rest == end && !text.empty();
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::string quote(std::string_view text) { return "'" + std::string(text) + "'"; }

}  // namespace

void TextCursor::skip_blanks() {
  while (at_ < line_.size() && is_blank(line_[at_])) ++at_;
}

bool TextCursor::at_end() {
  skip_blanks();
  if (at_ == line_.size()) return true;
  if (line_[at_] != '#') return false;
  return at_ == 0 || at_ + 1 == line_.size() || is_blank(line_[at_ + 1]);
}

std::string_view TextCursor::peek_word() {
  skip_blanks();
  size_t end = at_;
  while (end < line_.size() && is_word(line_[end])) ++end;
  return line_.substr(at_, end - at_);
}

std::string TextCursor::found() {
  if (at_end()) return "the end of the line";
  std::string_view word = peek_word();
  return quote(word.empty() ? line_.substr(at_, 1) : word);
}

bool TextCursor::fail_expected(std::string_view what) {
  return fail("expected " + std::string(what) + ", found " + found());
}

bool TextCursor::optional(std::string_view text) {
  skip_blanks();
  if (line_.substr(at_, text.size()) != text) return false;
  at_ += text.size();
  return true;
}

bool TextCursor::punctuation(std::string_view text) {
  return optional(text) || fail_expected(quote(text));
}

bool TextCursor::word(std::string_view *out, const char *what) {
  *out = peek_word();
  if (out->empty()) return fail_expected(what);
  at_ += out->size();
  return true;
}

bool TextCursor::run(std::string_view *out, const char *what, std::string_view stops) {
  if (at_end()) return fail_expected(what);
  size_t end = at_;
  while (end < line_.size() && !is_blank(line_[end]) &&
         stops.find(line_[end]) == std::string_view::npos) {
    ++end;
  }
  if (end == at_) return fail_expected(what);
  *out = line_.substr(at_, end - at_);
  at_ = end;
  return true;
}

bool TextCursor::quoted(std::string *out, const char *what) {
  skip_blanks();
  if (at_ == line_.size() || line_[at_] != '"') return fail_expected(what);
  out->clear();
  for (size_t i = at_ + 1; i < line_.size(); ++i) {
    char c = line_[i];
    if (c == '"') {
      at_ = i + 1;
      return true;
    }
    if (c == '\\' && i + 1 < line_.size()) {
      c = line_[++i];
      if (c == 'x' && i + 2 < line_.size() && hex_digit(line_[i + 1]) >= 0 &&
          hex_digit(line_[i + 2]) >= 0) {
        c = static_cast<char>(hex_digit(line_[i + 1]) * 16 + hex_digit(line_[i + 2]));
        i += 2;
      }
    }
    *out += c;
  }
  return fail("the string after " + quote(line_.substr(0, at_)) + " has no closing '\"'");
}

bool TextCursor::number(const char *what, uint32_t min, uint32_t max, uint32_t *out) {
  std::string_view text = peek_word();
  if (text.empty() || !is_digit(text[0])) return fail_expected(what);
  if (!to_number(text, out) || *out < min || *out > max) {
    return fail(std::string(what) + " " + std::string(text) + " is outside " +
                std::to_string(min) + ".." + std::to_string(max));
  }
  at_ += text.size();
  return true;
}

bool TextCursor::indexed(const char *what, std::string_view prefix, unsigned first, unsigned count,
                         unsigned *out) {
  std::string_view text = peek_word();
  std::string range = std::string(prefix) + std::to_string(first) + ".." + std::string(prefix) +
                      std::to_string(first + count - 1);
  uint32_t number = 0;
  bool fits = text.size() > prefix.size() && text.substr(0, prefix.size()) == prefix;
  if (!fits || !is_digit(text[prefix.size()]) || !to_number(text.substr(prefix.size()), &number)) {
    return fail_expected(std::string(what) + " (" + range + ")");
  }
  if (number < first || number >= first + count) {
    return fail(std::string(text) + " does not exist: " + what + " is one of " + range);
  }
  *out = number;
  at_ += text.size();
  return true;
}

bool TextCursor::end() { return at_end() || fail_expected("the end of the line"); }

}  // namespace slabbed::fuzz
