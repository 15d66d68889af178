// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// Hand-written traces: everything in traces/accepts is clean, and everything in traces/rejects
// breaks the rule its file is named after, with its last event and no other.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "conformance/oracle/judge.h"
#include "conformance/trace/parse.h"
#include "conformance/trace/print.h"
#include "gtest/gtest.h"

namespace slabbed::conf {
namespace {

std::vector<std::string> files_in(const std::string &folder) {
  std::vector<std::string> names;
  for (const auto &entry :
       std::filesystem::directory_iterator(std::string(SLABBED_TEST_TRACES) + "/" + folder)) {
    names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());  // total order
  return names;
}

Trace load(const std::string &folder, const std::string &name) {
  std::ifstream file(std::string(SLABBED_TEST_TRACES) + "/" + folder + "/" + name + ".trace");
  std::stringstream text;
  text << file.rdbuf();
  Trace trace;
  std::string error;
  EXPECT_TRUE(parse_trace(text.str(), trace, &error)) << name << ".trace: " << error;
  EXPECT_FALSE(trace.events.empty()) << name;
  return trace;
}

std::string rule_in(const std::string &name) { return name.substr(0, name.find('_')); }

class Accepts : public testing::TestWithParam<std::string> {};
class Rejects : public testing::TestWithParam<std::string> {};

TEST_P(Accepts, IsClean) {
  Trace trace = load("accepts", GetParam());
  ASSERT_NE(rule_from_id(rule_in(GetParam())), Rule::kCount) << "named after no rule";
  Verdict verdict = judge(trace);
  EXPECT_TRUE(verdict.clean()) << rule_id(verdict.rule) << " at event " << verdict.event << ": "
                               << verdict.explanation;
}

TEST_P(Rejects, BreaksItsRuleWithItsLastEvent) {
  Trace trace = load("rejects", GetParam());
  Verdict verdict = judge(trace);
  EXPECT_EQ(rule_id(verdict.rule), rule_in(GetParam())) << verdict.explanation;
  EXPECT_EQ(verdict.event, trace.events.size() - 1);
  EXPECT_EQ(verdict.explanation.find("0x"), std::string::npos) << verdict.explanation;
  EXPECT_GT(verdict.explanation.size(), 20u);
  EXPECT_EQ(verdict.explanation.back() == '.' || trace.events.back().text != 0, true)
      << verdict.explanation;
}

// The offending event is what makes the difference.
TEST_P(Rejects, IsCleanWithoutItsLastEvent) {
  Trace trace = load("rejects", GetParam());
  trace.events.pop_back();
  Verdict verdict = judge(trace);
  EXPECT_TRUE(verdict.clean()) << rule_id(verdict.rule) << ": " << verdict.explanation;
}

// The text form loses nothing: what was parsed prints back to the same events.
TEST_P(Rejects, PrintsAndParsesBack) {
  Trace trace = load("rejects", GetParam());
  Trace again;
  std::string error;
  ASSERT_TRUE(parse_trace(print_trace(trace), again, &error)) << error;
  EXPECT_EQ(again.events, trace.events);
  EXPECT_EQ(again.texts, trace.texts);
  EXPECT_EQ(again.legacy_destroy, trace.legacy_destroy);
  EXPECT_EQ(again.async_destroy, trace.async_destroy);
}

std::string test_name(const testing::TestParamInfo<std::string> &info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Traces, Accepts, testing::ValuesIn(files_in("accepts")), test_name);
INSTANTIATE_TEST_SUITE_P(Traces, Rejects, testing::ValuesIn(files_in("rejects")), test_name);

}  // namespace
}  // namespace slabbed::conf
