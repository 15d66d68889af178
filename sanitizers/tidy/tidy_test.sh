#!/usr/bin/env bash
# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# Goal: each tidy check fails where it must and stays silent where it must. Method: a scratch tree
# with one good or one bad file, and the exact complaint. `bash tidy_test.sh <behaviour>` runs one.
set -u

tidy=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/tidy.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/sanitizers/tidy"
: >"$tree/sanitizers/tidy/exceptions.txt"

# file PATH: its text comes from stdin.
file() { mkdir -p "$(dirname "$tree/$1")" && cat >"$tree/$1"; }
die() { printf 'FAILED: %s\n--- output\n%s\n' "$1" "$output" >&2; exit 1; }
rejects() {  # rejects CHECK COMPLAINT
  output=$(bash "$tidy" "$1" "$tree") && die "$1 did not fail"
  grep -qF -- "$2" <<<"$output" || die "expected: $2"
}
accepts() { output=$(bash "$tidy" "$1" "$tree") || die "$1 failed"; }
repeat() { local i; for ((i = 0; i < $1; ++i)); do printf '%s\n' "$2"; done; }

test_layering_rejects_an_upward_include() {
  file allocator/api/kmalloc.h <<<''
  file allocator/core/node.cc <<<'#include "api/kmalloc.h"'
  rejects layering \
    'allocator/core/node.cc:1: allocator/core may not include allocator/api ("api/kmalloc.h")'
}
test_layering_accepts_what_lies_below_at_any_depth() {
  file allocator/core/node.h <<<'#include "port/atomic.h"'
  file allocator/port/native/port/atomic.h <<<'#include <slabbed/slab.h>'
  file allocator/include/slabbed/slab.h <<<'#include <stddef.h>'
  file allocator/api/kmalloc.cc <<<'#include "core/node.h"'
  accepts layering
}
test_layering_keeps_the_oracle_away_from_the_allocator() {
  file conformance/oracle/judge.cc <<<'#include <slabbed/slab.h>'
  rejects layering 'conformance/oracle may not include allocator/include ("slabbed/slab.h")'
}
test_layering_keeps_the_program_format_alone() {
  file fuzz/sched/simulation.h <<<''
  file fuzz/program/codec.cc <<<'#include "fuzz/sched/simulation.h"'
  rejects layering 'fuzz/program may not include fuzz/sched'
}
test_layering_keeps_liburcu_in_the_port() {
  file allocator/port/native/rcu.cc <<<'#include <urcu/urcu-memb.h>'
  accepts layering
  file allocator/core/node.cc <<<'#include <urcu/urcu-memb.h>'
  rejects layering 'allocator/core may not include <urcu/urcu-memb.h>'
}
test_layering_rejects_a_file_that_is_not_there() {
  file fuzz/exec/run.cc <<<'#include "fuzz/exec/gone.h"'
  rejects layering 'includes "fuzz/exec/gone.h", which is no file of this tree'
}
test_layering_rejects_a_folder_without_a_layer() {
  file allocator/attic/old.cc <<<'int x;'
  rejects layering 'allocator/attic/old.cc:1: belongs to no layer'
}
test_layering_does_not_read_comments_and_raw_strings() {
  file fuzz/program/printer.cc <<'CODE'
// #include "core/node.h"
/*
#include "core/node.h"
*/
const char *text = R"(
#include "core/node.h"
)";
CODE
  accepts layering
}

test_licence_rejects_a_file_without_it() {
  file allocator/core/node.cc <<<'int x;'
  rejects licence 'allocator/core/node.cc:1: does not open with the licence header'
}
test_licence_rejects_the_last_file_too() {
  head -n 9 "$tidy" | file a.sh
  file z.slab <<<'program'
  rejects licence 'z.slab:1: does not open'
}
test_licence_accepts_a_file_with_it() {
  head -n 9 "$tidy" | file allocator/core/node.sh
  accepts licence
}

test_limits_rejects_601_lines() {
  repeat 601 '// x' | file fuzz/long.cc
  rejects limits 'fuzz/long.cc:601: is 601 lines long, at most 600'
}
test_limits_accepts_600_lines_of_100_characters() {
  repeat 600 "// $(printf '→%.0s' {1..97})" | file fuzz/long.cc
  accepts limits
}
test_limits_rejects_101_columns() {
  file fuzz/wide.cc <<<"// $(printf 'x%.0s' {1..98})"
  rejects limits 'fuzz/wide.cc:1: is 101 columns wide, at most 100'
}
test_limits_rejects_a_function_of_71_lines() {
  { echo 'void f(int a,'; echo '       int b) {'; repeat 69 '  g();'; echo '}'; } | file fuzz/f.cc
  rejects limits 'fuzz/f.cc:72: ends a function of 71 lines, at most 70'
}
test_limits_accepts_a_function_of_70_lines_after_another() {
  { echo 'void f() {'; repeat 68 '  g();'; echo '}'; echo 'void h() {'; repeat 68 '  g();'
    echo '}'; } | file fuzz/f.cc
  accepts limits
}
test_limits_rejects_a_long_method_and_a_long_shell_function() {
  { echo 'struct S {'; echo '  void f() {'; repeat 70 '    g();'; echo '  }'; echo '};'; } |
    file fuzz/f.h
  { echo 'f() {'; repeat 70 '  g'; echo '}'; } | file fuzz/f.sh
  rejects limits 'fuzz/f.h:73: ends a function of 72 lines'
  rejects limits 'fuzz/f.sh:72: ends a function of 72 lines'
}
test_limits_rejects_tabs_and_trailing_blanks() {
  printf 'int x; \n' | file fuzz/a.cc
  printf '\tint x;\n' | file fuzz/b.cc
  rejects limits 'fuzz/a.cc:1: ends in a blank'
  rejects limits 'fuzz/b.cc:1: has a tab'
}

test_seam_rejects_every_way_around_the_port() {
  local line
  for line in 'std::atomic<int> a;' 'std::mutex m;' 'std::thread t(f);' 'pthread_create(&t);' \
    'void *p = mmap(nullptr, 1);' 'clock_gettime(c, &t);' 'auto t = std::chrono::seconds(1);' \
    'int i = rand();' 'std::shuffle(b, e, g);' 'std::hash<int> h;' '#include <atomic>' \
    '#include <thread>' 'std::sort(a, b);' 'atomic_thread_fence(o);'; do
    file fuzz/exec/run.cc <<<"$line"
    rejects seam 'fuzz/exec/run.cc:1: '
  done
}
test_seam_accepts_prose_names_of_ours_and_a_declared_total_order() {
  file fuzz/exec/run.cc <<'CODE'
// std::atomic would be wrong here, and so would mmap(…).
const char *text = "std::mutex";  /* std::thread */
const char *program = R"C(
pthread_mutex_t lock;
)C";
int x = unmapped(1) + region.mmap_count;
std::sort(a, b);  // total order: the index breaks ties
CODE
  accepts seam
}
test_seam_knows_its_exceptions_and_their_end() {
  echo 'seam allocator/port: is the seam' >"$tree/sanitizers/tidy/exceptions.txt"
  file allocator/port/native/thread.cc <<<'std::thread t;'
  accepts seam
  file allocator/port/native/thread.cc <<<'int t;'
  rejects seam '"seam allocator/port" excuses nothing any more'
}

test_fuzz_linked_rejects_what_targets_cannot_bear() {
  local line
  for line in 'std::map<int, int> m;' 'std::set<int> s;' '#include <iostream>' 'std::cout << 1;' \
    '#include <filesystem>' 'fmt::print("");' 'std::ostringstream s;' '#include <source_location>'
  do
    file conformance/oracle/model.cc <<<"$line"
    rejects fuzz_linked 'conformance/oracle/model.cc:1: '
  done
}
test_fuzz_linked_leaves_tests_and_the_cli_alone() {
  file conformance/oracle/model.cc <<<'std::unordered_map<int, int> m; int map; std::setjmp(b);'
  file allocator/tests/a_test.cc <<<'std::map<int, int> m;'
  file fuzz/cli/main.cc <<<'fmt::print("");'
  accepts fuzz_linked
}

test_an_unknown_check_prints_usage_and_exits_2() {
  output=$(bash "$tidy" nonsense 2>&1)
  [ $? = 2 ] || die 'expected status 2'
  grep -q 'layering     who includes whom' <<<"$output" || die 'expected usage'
}

"test_$1"
printf 'passed: %s\n' "$1"
