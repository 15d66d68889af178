// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// program_c_printer_test.cc - goal: every program prints as C that a strict compiler takes, and a
// schedule between operations keeps its order. Method: compile generated programs and each
// operation alone with -Wall -Wextra -Werror; compare orders worked out by hand.
#include "fuzz/program/c_printer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "fuzz/program/generate.h"
#include "fuzz/program/normalize.h"
#include "fuzz/program/operation_table.h"

namespace slabbed::fuzz {
namespace {

// Compiles all of `sources` in one run and gives the compiler's words, "" if it has none.
std::string compile(const std::vector<std::string> &sources) {
  std::string folder = testing::TempDir() + "/program_c_printer_test.XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return "no temporary folder";
  std::string files;
  for (size_t i = 0; i < sources.size(); ++i) {
    std::string path = folder + "/" + std::to_string(i) + ".c";
    FILE *file = fopen(path.c_str(), "w");
    if (file == nullptr) return "cannot write " + path;
    fwrite(sources[i].data(), 1, sources[i].size(), file);
    fclose(file);
    files += " " + path;
  }
  std::string command = std::string(SLABBED_TEST_CC) +
                        " -std=gnu11 -Wall -Wextra -Werror -fsyntax-only " +
                        SLABBED_TEST_INCLUDES + files + " 2>&1";
  std::string output;
  FILE *pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return "cannot run " + command;
  char buffer[4096];
  while (size_t n = fread(buffer, 1, sizeof(buffer), pipe)) output.append(buffer, n);
  int status = pclose(pipe);
  for (size_t i = 0; i < sources.size(); ++i) {
    unlink((folder + "/" + std::to_string(i) + ".c").c_str());
  }
  rmdir(folder.c_str());
  return status == 0 ? "" : output + "\nstatus " + std::to_string(status);
}

TextProgram text_of(const Program &program) {
  TextProgram text;
  text.program = program;
  return text;
}

TEST(CPrinter, GeneratedProgramsCompileWithoutWarnings) {
  std::vector<std::string> sources;
  for (unsigned seed = 0; seed < 24; ++seed) {
    GenerateOptions options;
    options.strategy = static_cast<StrategyKind>(seed % 3);
    sources.push_back(print_c(text_of(generate(seed, options))));
  }
  EXPECT_EQ(compile(sources), "");
}

TEST(CPrinter, EveryOperationAloneAndTheEmptyProgramCompile) {
  std::vector<std::string> sources = {print_c(TextProgram())};
  for (unsigned code = 0; code < static_cast<unsigned>(OpCode::kCount); ++code) {
    Operation op;
    op.code = static_cast<OpCode>(code);
    Program p;
    p.operations = {op};
    normalize(&p);
    sources.push_back(print_c(text_of(p)));
    op.flags = 0xff;  // all that the operation knows, on two threads that take turns
    p.threads = 2;
    p.operations = {op, op};
    p.operations[1].thread = 1;
    normalize(&p);
    sources.push_back(print_c(text_of(p)));
  }
  EXPECT_EQ(compile(sources), "");
}

TEST(CPrinter, StoryCannotBreakOutOfItsComment) {
  TextProgram text;
  text.story = {"ends in a backslash \\", "*/ int x = ; /*", "trigraph ?" "?/", ""};
  text.expect_report = {"back\\"};
  EXPECT_EQ(compile({print_c(text)}), "");
}

TEST(CPrinter, StatementsNameTheOperationTheyStandFor) {
  TextProgram text;
  std::string error;
  ASSERT_TRUE(parse_text("boot destroy=legacy slab_nomerge slots=2\n"
                         "t1: c0 = kmem_cache_create(\"batman_tt\", 64, SLAB_NO_MERGE, ctor)\n"
                         "t1: o3 = kmem_cache_zalloc(c0) [fail_nth=1]\n"
                         "t2: kfree_rcu(o3)\n",
                         "x", &text, &error))
      << error;
  std::string c = print_c(text);
  for (const char *part : {
           "// The threads take turns, in the order of the schedule.\n",
           "// Only the simulator knows slots= and store_buffers.\n",
           "// Only the simulator makes requests fail: fail_nth is left out.\n",
           "  // c0 = kmem_cache_create(\"batman_tt\", 64, SLAB_NO_MERGE, ctor)\n  begin_turn(0);\n"
           "  do_create(0, &caches[0], \"batman_tt\", 64, SLAB_NO_MERGE, constructor);\n"
           "  end_turn();\n",
           "  do_alloc(3, 0, &records[0], 1);\n",
           "  // kfree_rcu(o3)\n  begin_turn(2);\n  do_kfree_rcu(3, 0);\n  end_turn();\n",
           "slabbed_system_boot(\"destroy=legacy sheaves=1 sheaf_capacity=8 slab_nomerge\"",
           "functions[])(void *) = {t1, t2};"}) {
    EXPECT_NE(c.find(part), std::string::npos) << "missing:\n" << part << "in:\n" << c;
  }
}

TEST(CPrinter, ThreadsRunFreelyUnderASchedulePointsInsideOperations) {
  TextProgram text;
  std::string error;
  ASSERT_TRUE(parse_text("t1: o0 = kmalloc(8)\nt2: kfree(o0)\nschedule:\n"
                         "preempt t1 op0 store@kmalloc -> t2\n", "x", &text, &error));
  std::string c = print_c(text);
  EXPECT_EQ(c.find("begin_turn"), std::string::npos);
  EXPECT_NE(c.find("// Only the simulator repeats this schedule"), std::string::npos);
}

TEST(CPrinter, WhatWaitsForReadersGivesItsTurnAwayFirst) {
  TextProgram text;
  std::string error;
  ASSERT_TRUE(parse_text("t1: synchronize_rcu()\nt2: rcu_read_lock()\n", "x", &text, &error));
  std::string c = print_c(text);
  EXPECT_NE(c.find("  begin_turn(0);\n  end_turn();\n  do_wait(synchronize_rcu);\n"),
            std::string::npos);
  EXPECT_NE(c.find("  begin_turn(1);\n  do_read_lock();\n  end_turn();\n"), std::string::npos);
}

std::vector<unsigned> order_of(std::string_view text) {
  TextProgram out;
  std::string error;
  EXPECT_TRUE(parse_text(text, "x", &out, &error)) << error;
  return operation_order(out.program);
}

TEST(OperationOrder, WithoutPreemptionsThreadsRunOneAfterAnother) {
  EXPECT_EQ(order_of("t2: nop()\nt1: nop()\nt3: nop()\nt1: nop()"),
            (std::vector<unsigned>{1, 3, 0, 2}));
  EXPECT_EQ(order_of(""), std::vector<unsigned>());
}

TEST(OperationOrder, PreemptionsSwitchBeforeTheirOperation) {
  constexpr char kProgram[] = "t1: nop()\nt1: nop()\nt2: nop()\nt2: nop()\nschedule:\n";
  auto with = [&](const char *schedule) { return order_of(std::string(kProgram) + schedule); };
  EXPECT_EQ(with("preempt t1 op1 operation -> t2"), (std::vector<unsigned>{0, 2, 3, 1}));
  EXPECT_EQ(with("preempt t1 op0 operation -> t2\npreempt t2 op3 operation -> t1"),
            (std::vector<unsigned>{2, 0, 1, 3}));
  // To a thread without operations, or back and forth over the same point: nothing is lost.
  EXPECT_EQ(with("preempt t1 op0 operation -> t3"), (std::vector<unsigned>{0, 1, 2, 3}));
  EXPECT_EQ(with("preempt t1 op0 operation -> t2\npreempt t2 op2 operation -> t1"),
            (std::vector<unsigned>{0, 1, 2, 3}));
}

TEST(OperationOrder, OtherSchedulesHaveNone) {
  constexpr char kProgram[] = "t1: nop()\nt2: nop()\nschedule:\n";
  EXPECT_TRUE(order_of(std::string(kProgram) + "preempt t1 op0 load@f -> t2").empty());
  EXPECT_TRUE(order_of(std::string(kProgram) + "preempt t1 op0 operation -> grace_period").empty());
  EXPECT_TRUE(order_of("strategy random seed=3\nt1: nop()").empty());
  EXPECT_FALSE(order_of("strategy bytes\nt1: nop()").empty());
}

}  // namespace
}  // namespace slabbed::fuzz
