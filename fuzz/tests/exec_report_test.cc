// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// exec_report_test.cc - the words of a finding: every part that a reader needs, objects by the
// operations that made them, and a signature that tells findings apart but not their sizes.
#include "fuzz/exec/sim_run.h"
#include "fuzz/tests/exec_bed.h"

namespace slabbed::fuzz {
namespace {

constexpr char kLeak[] = "t1: c0 = kmem_cache_create(\"gone\", 64, SLAB_NO_MERGE)\n"
                         "t1: o0 = kmem_cache_alloc(c0)\n"
                         "t1: o7 = kmem_cache_alloc(c0)\n"
                         "t1: kmem_cache_destroy(c0)\n";

// The run with a verdict that the judge did not give: about the last event of operation `op`.
RunResult blamed(const RunResult &clean, conf::Rule rule, uint32_t op) {
  RunResult result = clean;
  result.verdict.rule = rule;
  result.verdict.explanation = "Something happened.";
  for (size_t i = 0; i < result.trace.events.size(); ++i) {
    if (result.trace.events[i].op == op) result.verdict.event = i;
  }
  return result;
}

TEST(Report, HasEveryPartAndNamesTheAllocationOfEachLeakedObject) {
  SimRunner runner;
  Program program = program_of(kLeak);
  RunResult result = blamed(runner.run(program), conf::Rule::kDestroyFalseLeak, 3);
  std::string report = finding_report(program, result, "sim", "./run replay x.slab");
  EXPECT_EQ(report.find("slabbed: DESTROY-3 broken in the sim world\nrule       "), 0u) << report;
  for (const char *part : {"\nhappened   Something happened.\n",
                           "\nleaked     allocated by op1 t1: o0 = kmem_cache_alloc(c0)\n",
                           "\nleaked     allocated by op2 t1: o7 = kmem_cache_alloc(c0)\n",
                           "Objects remaining on __kmem_cache_shutdown()", "\nexpect DESTROY-3\n",
                           "\nt1: kmem_cache_destroy(c0)\n",
                           "\nreplay     ./run replay x.slab\n"}) {
    EXPECT_NE(report.find(part), std::string::npos) << part << "\n" << report;
  }
}

TEST(Report, TheProgramInItIsAProgram) {
  SimRunner runner;
  Program program = program_of(kLeak);
  RunResult result = blamed(runner.run(program), conf::Rule::kDestroyFalseLeak, 3);
  std::string report = finding_report(program, result, "sim", "");
  std::string text = report.substr(report.find("# slabbed program"));
  TextProgram parsed;
  std::string error;
  ASSERT_TRUE(parse_text(text, "report", &parsed, &error)) << error;
  EXPECT_EQ(parsed.program, program);
  EXPECT_EQ(parsed.expect, "DESTROY-3");
}

TEST(Report, SignatureSaysRuleEventAndOperationButNoNumbers) {
  SimRunner runner;
  Program program = program_of(kLeak);
  RunResult clean = runner.run(program);
  EXPECT_EQ(signature(program, clean), "clean");
  EXPECT_EQ(signature(program, blamed(clean, conf::Rule::kDestroyFalseLeak, 3)),
            "DESTROY-3 return in kmem_cache_destroy");
  EXPECT_EQ(signature(program, blamed(clean, conf::Rule::kAllocDisjoint, 2)),
            signature(program, blamed(clean, conf::Rule::kAllocDisjoint, 1)));
  EXPECT_NE(signature(program, blamed(clean, conf::Rule::kAllocDisjoint, 2)),
            signature(program, blamed(clean, conf::Rule::kAllocAligned, 2)));
}

TEST(Report, ShortHashTellsProgramsApart) {
  Program program = program_of(kLeak);
  std::string hash = short_hash(program);
  EXPECT_EQ(hash.size(), 8u);
  EXPECT_EQ(hash, short_hash(program));
  program.operations[1].slot = 5;
  EXPECT_NE(hash, short_hash(program));
}

}  // namespace
}  // namespace slabbed::fuzz
