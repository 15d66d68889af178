// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// RULES.md, the enum, the judge functions, the hand-written traces and the planted bugs agree.
// Method: read the document's tables and the folders, and compare with rule.h and the rule table.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "conformance/oracle/rule.h"
#include "conformance/oracle/rules.h"
#include "gtest/gtest.h"

namespace slabbed::conf {
namespace {

namespace fs = std::filesystem;
const fs::path kConformance = SLABBED_TEST_CONFORMANCE;

std::string read(const fs::path &path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

using Row = std::vector<std::string>;

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

// Rows of tables with `columns` columns, without their heads.
std::vector<Row> rows_of(size_t columns) {
  std::vector<Row> rows;
  std::istringstream document(read(kConformance / "RULES.md"));
  for (std::string line; std::getline(document, line);) {
    if (line.rfind("| ", 0) != 0) continue;
    Row row;
    std::istringstream cells(line.substr(1));
    for (std::string cell; std::getline(cells, cell, '|');) row.push_back(trimmed(cell));
    bool head = row[0] == "id" || row[0] == "planted bug";
    if (row.size() == columns && !head) rows.push_back(row);
  }
  return rows;
}

std::string plain(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '`'), text.end());
  return text;
}

bool has_trace(const char *folder, const std::string &id) {
  for (const auto &entry : fs::directory_iterator(kConformance / "tests/traces" / folder)) {
    std::string stem = entry.path().stem().string();
    if (stem == id) return true;
  }
  return false;
}

TEST(RulesDocument, ListsEveryRuleInTheOrderOfTheEnumWithItsSentence) {
  std::vector<Row> rows = rows_of(5);
  ASSERT_EQ(rows.size(), kRuleCount - 1);
  for (unsigned i = 1; i < kRuleCount; ++i) {
    EXPECT_EQ(rows[i - 1][0], rule_id(static_cast<Rule>(i)));
    EXPECT_EQ(plain(rows[i - 1][1]), rule_text(static_cast<Rule>(i)));
    EXPECT_GE(rows[i - 1][2].size(), 5u) << rows[i - 1][0] << " has no source";
  }
}

TEST(RulesDocument, NamesTheFunctionThatTheTableCalls) {
  std::string table = read(kConformance / "oracle/rules.cc");
  std::string header = read(kConformance / "oracle/rules.h");
  for (const Row &row : rows_of(5)) {
    std::string function = plain(row[3]);
    EXPECT_NE(header.find("bool " + function + "("), std::string::npos) << row[0];
    EXPECT_NE(table.find(", " + function + ","), std::string::npos) << row[0];
  }
}

TEST(RulesDocument, EveryRuleIsAskedAndEveryRowOfOneRuleCallsOneFunction) {
  size_t count = 0;
  const RuleRow *rows = rule_rows(&count);
  std::vector<Check> function(kRuleCount, nullptr);
  for (size_t i = 0; i < count; ++i) {
    Check &known = function[static_cast<unsigned>(rows[i].rule)];
    EXPECT_TRUE(known == nullptr || known == rows[i].check) << rule_id(rows[i].rule);
    known = rows[i].check;
  }
  for (unsigned i = 1; i < kRuleCount; ++i) {
    EXPECT_NE(function[i], nullptr) << rule_id(static_cast<Rule>(i)) << " is never asked";
  }
}

TEST(RulesDocument, EveryRuleHasAnAcceptedAndARejectedTrace) {
  for (unsigned i = 1; i < kRuleCount; ++i) {
    std::string id = rule_id(static_cast<Rule>(i));
    EXPECT_TRUE(has_trace("accepts", id)) << id;
    EXPECT_TRUE(has_trace("rejects", id)) << id;
  }
}

TEST(RulesDocument, IdsAreUniqueAndFoundByName) {
  std::set<std::string> ids;
  for (unsigned i = 1; i < kRuleCount; ++i) {
    auto rule = static_cast<Rule>(i);
    EXPECT_TRUE(ids.insert(rule_id(rule)).second) << rule_id(rule);
    EXPECT_EQ(rule_from_id(rule_id(rule)), rule);
  }
  EXPECT_EQ(rule_from_id("RCU-99"), Rule::kCount);
}

// Every planted bug stands in the document's second table, and asks for rules that exist.
TEST(RulesDocument, CoversThePlantedBugs) {
  std::set<std::string> documented;
  for (const Row &row : rows_of(3)) documented.insert(row[0]);
  EXPECT_GE(documented.size(), 14u);
  if (!fs::exists(kConformance / "planted")) return;
  for (const auto &entry : fs::directory_iterator(kConformance / "planted")) {
    if (entry.path().extension() != ".planted") continue;
    EXPECT_EQ(documented.count(entry.path().stem().string()), 1u) << entry.path().stem();
    std::istringstream lines(read(entry.path()));
    for (std::string line; std::getline(lines, line);) {
      if (line.rfind("rule ", 0) != 0) continue;
      std::istringstream words(line.substr(5));
      for (std::string id; words >> id;) {
        EXPECT_NE(rule_from_id(id), Rule::kCount) << entry.path().stem() << " asks for " << id;
      }
    }
  }
}

}  // namespace
}  // namespace slabbed::conf
