// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// program_text_cursor_test.cc - goal: each step of the reader either moves on or says what is wrong
// and stays. Method: one step at a time on short lines.
#include "fuzz/program/text_cursor.h"

#include <gtest/gtest.h>

namespace slabbed::fuzz {
namespace {

TEST(TextCursor, AtEndSeesBlanksAndComments) {
  EXPECT_TRUE(TextCursor("").at_end());
  EXPECT_TRUE(TextCursor(" \t\r").at_end());
  EXPECT_TRUE(TextCursor("  # why").at_end());
  EXPECT_TRUE(TextCursor("#x").at_end());
  EXPECT_TRUE(TextCursor(" #").at_end());
  EXPECT_FALSE(TextCursor(" #2 -> t1").at_end());  // an occurrence, not a comment
  EXPECT_FALSE(TextCursor(" x").at_end());
}

TEST(TextCursor, PunctuationAndOptionalSkipBlanks) {
  TextCursor in("  -> (x");
  EXPECT_FALSE(in.optional("("));
  EXPECT_TRUE(in.punctuation("->"));
  EXPECT_TRUE(in.optional("("));
  EXPECT_FALSE(in.punctuation(")"));
  EXPECT_EQ(in.error(), "expected ')', found 'x'");
  EXPECT_EQ(in.position(), 6u);
}

TEST(TextCursor, WordsEndWhereAWordEnds) {
  TextCursor in("kmem_cache2(x");
  std::string_view word;
  EXPECT_TRUE(in.word(&word, "a word"));
  EXPECT_EQ(word, "kmem_cache2");
  EXPECT_FALSE(in.word(&word, "a word"));
  EXPECT_EQ(in.error(), "expected a word, found '('");
}

TEST(TextCursor, RunsEndAtBlanksOrStops) {
  TextCursor in("operator=(x) y");
  std::string_view run;
  EXPECT_TRUE(in.run(&run, "a function"));
  EXPECT_EQ(run, "operator=(x)");
  EXPECT_TRUE(in.run(&run, "a function"));
  EXPECT_EQ(run, "y");
  EXPECT_FALSE(in.run(&run, "a function"));
  EXPECT_EQ(in.error(), "expected a function, found the end of the line");
  TextCursor stops("a#b");
  EXPECT_TRUE(stops.run(&run, "a function", "#"));
  EXPECT_EQ(run, "a");
}

TEST(TextCursor, QuotedTextKnowsEscapes) {
  std::string text;
  TextCursor in(R"("a\"b\\c\x0a\x4" "open)");
  EXPECT_TRUE(in.quoted(&text, "a text"));
  EXPECT_EQ(text, "a\"b\\c\nx4");
  EXPECT_FALSE(in.quoted(&text, "a text"));
  EXPECT_NE(in.error().find("has no closing '\"'"), std::string::npos);
  TextCursor none("x");
  EXPECT_FALSE(none.quoted(&text, "a text"));
  EXPECT_EQ(none.error(), "expected a text, found 'x'");
  TextCursor backslash("\"\\");
  EXPECT_FALSE(backslash.quoted(&text, "a text"));
}

TEST(TextCursor, NumbersAreDecimalOrHexadecimalAndInRange) {
  uint32_t number = 0;
  TextCursor in("17 0x1F 0 4294967295 4294967296 12ab");
  EXPECT_TRUE(in.number("size", 1, 17, &number));
  EXPECT_EQ(number, 17u);
  EXPECT_TRUE(in.number("size", 0, 31, &number));
  EXPECT_EQ(number, 31u);
  EXPECT_FALSE(in.number("size", 1, 5, &number));
  EXPECT_EQ(in.error(), "size 0 is outside 1..5");
  EXPECT_TRUE(in.number("size", 0, 5, &number));
  EXPECT_TRUE(in.number("size", 0, UINT32_MAX, &number));
  EXPECT_FALSE(in.number("size", 0, UINT32_MAX, &number));
  EXPECT_EQ(in.error(), "size 4294967296 is outside 0..4294967295");
  EXPECT_TRUE(in.optional("4294967296"));
  EXPECT_FALSE(in.number("size", 0, 100, &number));
  EXPECT_EQ(in.error(), "size 12ab is outside 0..100");
}

TEST(TextCursor, IndexedWordsHaveTheirPrefixAndRange) {
  unsigned index = 0;
  TextCursor in("op12 o3 t0 tx o o99");
  EXPECT_TRUE(in.indexed("an operation", "op", 0, 100, &index));
  EXPECT_EQ(index, 12u);
  EXPECT_FALSE(in.indexed("an operation", "op", 0, 100, &index));
  EXPECT_EQ(in.error(), "expected an operation (op0..op99), found 'o3'");
  EXPECT_TRUE(in.indexed("an object", "o", 0, 32, &index));
  EXPECT_EQ(index, 3u);
  EXPECT_FALSE(in.indexed("a thread", "t", 1, 4, &index));
  EXPECT_EQ(in.error(), "t0 does not exist: a thread is one of t1..t4");
  EXPECT_TRUE(in.optional("t0"));
  EXPECT_FALSE(in.indexed("a thread", "t", 1, 4, &index));
  EXPECT_EQ(in.error(), "expected a thread (t1..t4), found 'tx'");
  EXPECT_TRUE(in.optional("tx"));
  EXPECT_FALSE(in.indexed("an object", "o", 0, 32, &index));
  EXPECT_EQ(in.error(), "expected an object (o0..o31), found 'o'");
}

TEST(TextCursor, FailedStepsLeaveThePlaceForAnotherTry) {
  TextCursor in("kfree(o0)");
  EXPECT_FALSE(in.punctuation("("));
  EXPECT_EQ(in.peek_word(), "kfree");
  EXPECT_TRUE(in.optional("kfree"));
  EXPECT_FALSE(in.end());
  EXPECT_EQ(in.error(), "expected the end of the line, found '('");
}

}  // namespace
}  // namespace slabbed::fuzz
