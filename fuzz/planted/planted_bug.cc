// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// planted_bug.cc - see planted_bug.h. Strict, as a misspelt word would quietly hunt for something
// else.
#include "fuzz/planted/planted_bug.h"

#include <algorithm>

namespace slabbed::fuzz {
namespace {

// Takes the next word off the front of `line`.
std::string_view take_word(std::string_view *line) {
  size_t begin = std::min(line->find_first_not_of(' '), line->size());
  size_t end = std::min(line->find(' ', begin), line->size());
  std::string_view word = line->substr(begin, end - begin);
  line->remove_prefix(end);
  return word;
}

bool parse_number(std::string_view word, unsigned max, unsigned *number) {
  unsigned value = 0;
  if (word.empty() || word.size() > 9) return false;
  for (char c : word) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  *number = value;
  return value <= max;
}

class Parser {
 public:
  explicit Parser(PlantedBug *out) : out_(*out) {}

  // Return: "" or what is wrong with the line.
  std::string line(std::string_view line);
  std::string missing() const;

 private:
  std::string statement(std::string_view word, std::string_view rest);
  std::string hunt(std::string_view rest);
  std::string strategy(std::string_view word, Hunt *hunt);

  PlantedBug &out_;
  bool lane_seen_ = false, depth_seen_ = false, file_seen_ = false;
};

std::string Parser::line(std::string_view line) {
  if (!line.empty() && line[0] == '#' && out_.id.empty()) {
    out_.head.emplace_back(line.substr(line.size() > 1 && line[1] == ' ' ? 2 : 1));
  }
  if (line.empty() || line[0] == '#') return "";
  if (line[0] == '-' || line[0] == '+') {
    return file_seen_ ? "" : "a substitution before any file line";
  }
  std::string_view rest = line;
  std::string_view word = take_word(&rest);
  if (!rest.empty()) rest.remove_prefix(1);
  if (rest.empty()) return "nothing behind '" + std::string(word) + "'";
  return statement(word, rest);
}

std::string Parser::statement(std::string_view word, std::string_view rest) {
  if (word == "planted") {
    out_.id = rest;
  } else if (word == "story") {
    out_.story.emplace_back(rest);
  } else if (word == "source") {
    out_.source = rest;
  } else if (word == "depth") {
    depth_seen_ = true;
    if (!parse_number(rest, 9, &out_.depth)) return "depth is a number 0..9";
  } else if (word == "rule") {
    for (word = take_word(&rest); !word.empty(); word = take_word(&rest)) {
      out_.rules.emplace_back(word);
    }
  } else if (word == "lane") {
    lane_seen_ = true;
    out_.needs_store_buffers = rest == "store_buffers";
    if (rest != "plain" && rest != "store_buffers") return "lane is plain or store_buffers";
  } else if (word == "hunt") {
    return hunt(rest);
  } else if (word == "file") {
    file_seen_ = true;
  } else {
    return "unknown word '" + std::string(word) + "'";
  }
  return "";
}

std::string Parser::hunt(std::string_view rest) {
  Hunt hunt;
  std::string_view where = take_word(&rest);
  if (where == "program") hunt.program = take_word(&rest);
  else if (where != "generated") return "hunt goes on with program FILE or generated";
  for (std::string_view word = take_word(&rest); !word.empty(); word = take_word(&rest)) {
    if (word == "store_buffers") {
      hunt.store_buffers = true;
    } else if (word == "strategy") {
      std::string_view name = take_word(&rest);
      std::string wrong = strategy(name, &hunt);
      if (!wrong.empty()) return wrong;
    } else if (word == "seeds") {
      if (!parse_number(take_word(&rest), 10000000, &hunt.seeds)) return "seeds is a number";
    } else {
      return "unknown word '" + std::string(word) + "' in hunt";
    }
  }
  if (hunt.seeds == 0) return "hunt without seeds";
  if (!hunt.program.empty() && hunt.store_buffers) {
    return "the program's boot line says store_buffers";
  }
  out_.hunts.push_back(hunt);
  return "";
}

std::string Parser::strategy(std::string_view word, Hunt *hunt) {
  if (word == "random") {
    hunt->strategy = StrategyKind::kRandom;
  } else if (word == "bytes" && hunt->program.empty()) {
    hunt->strategy = StrategyKind::kBytes;
  } else {
    return "strategy is random, or for generated programs bytes";
  }
  return "";
}

std::string Parser::missing() const {
  const struct {
    bool there;
    const char *what;
  } kParts[] = {{!out_.id.empty(), "planted"},   {!out_.story.empty(), "story"},
                {!out_.source.empty(), "source"}, {depth_seen_, "depth"},
                {!out_.rules.empty(), "rule"},    {lane_seen_, "lane"},
                {!out_.hunts.empty(), "hunt"},    {file_seen_, "file"}};
  for (const auto &part : kParts) {
    if (!part.there) return std::string("no ") + part.what + " line";
  }
  return "";
}

}  // namespace

bool parse_planted(std::string_view text, const std::string &file, PlantedBug *out,
                   std::string *error) {
  *out = PlantedBug();
  Parser parser(out);
  unsigned number = 0;
  std::string wrong;
  while (wrong.empty() && !text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    number++;
    wrong = parser.line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (wrong.empty()) wrong = parser.missing();
  if (wrong.empty()) return true;
  *error = file + ":" + std::to_string(number) + ": " + wrong;
  return false;
}

}  // namespace slabbed::fuzz
