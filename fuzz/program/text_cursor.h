// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// text_cursor.h - one line of `.slab` text being read: small steps forward, and the first thing
// that went wrong. A step that fails leaves the place where it failed, so that of several ways to
// read a line the one that came farthest gives the message.
#ifndef SLABBED_FUZZ_PROGRAM_TEXT_CURSOR_H
#define SLABBED_FUZZ_PROGRAM_TEXT_CURSOR_H

#include <cstdint>
#include <string>
#include <string_view>

namespace slabbed::fuzz {

class TextCursor {
 public:
  explicit TextCursor(std::string_view line) : line_(line) {}

  // Looking ahead; blanks before what is looked at are skipped.
  bool at_end();                     // nothing but a comment is left
  std::string_view peek_word();      // [A-Za-z0-9_]+, may be empty
  size_t position() const { return at_; }

  // Each is true and moves on, or is false and leaves at_ and error() at what is wrong.
  bool punctuation(std::string_view text);       // expected exactly
  bool optional(std::string_view text);          // no error if it is not there
  bool word(std::string_view *out, const char *what);
  // Up to the next blank or the first of `stops`.
  bool run(std::string_view *out, const char *what, std::string_view stops = "");
  bool quoted(std::string *out, const char *what);
  bool number(const char *what, uint32_t min, uint32_t max, uint32_t *out);
  // "<prefix><number>" with number in [first, first + count).
  bool indexed(const char *what, std::string_view prefix, unsigned first, unsigned count,
               unsigned *out);
  bool end();                                    // expects the end of the line

  bool fail(std::string message) {
    error_ = std::move(message);
    return false;
  }
  // "expected <what>, found <what is there>"
  bool fail_expected(std::string_view what);
  const std::string &error() const { return error_; }

 private:
  void skip_blanks();
  std::string found();  // the next word or character, quoted, or "the end of the line"

  std::string_view line_;
  size_t at_ = 0;  // <= line_.size()
  std::string error_;
};

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_TEXT_CURSOR_H
