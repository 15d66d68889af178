#!/usr/bin/env bash
# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# Goal: every word of ./run starts the right programs with the right arguments, refuses wrong ones
# with usage and 2, and adds up what the lanes said. Method: fixture.sh; nothing is compiled.
# shellcheck disable=SC2016 # hooks are scripts: their variables are expanded later
. "$(dirname "${BASH_SOURCE[0]}")/fixture.sh"

test_without_a_word_prints_usage_and_exits_2() {
  run_it
  expect_status 2
  expect_err 'usage: ./run WORD'
  expect_no_call cmake
}

test_wrong_arguments_print_usage_and_exit_2() {
  local words
  for words in nonsense 'fuzz --time' 'fuzz --time soon' 'fuzz --time 0' 'fuzz 60' 'test dev' \
    'tsan now' replay 'bench coffee'; do
    # shellcheck disable=SC2086 # several words
    run_it $words
    expect_status 2
    expect_err '^run: .'
    expect_err 'usage: ./run WORD'
  done
  expect_no_call cmake
}

test_help_is_on_stdout_and_clean() {
  run_it help
  expect_status 0
  expect_out 'fuzz \[--time S\]'
  [ ! -s "$err" ] || die "help wrote to stderr"
}

test_fuzz_builds_the_fuzz_preset_and_starts_a_campaign() {
  run_it fuzz --time 7 --keep-going
  expect_status 0
  expect_call "^cmake -S $tree --preset fuzz$"
  expect_call "^cmake --build $tree/build/fuzz --target sanitizer_probe ops_sim_fuzzer slabbed_cli$"
  expect_call "^slabbed campaign --target $tree/build/fuzz/bin/ops_sim_fuzzer\
 --seeds $tree/corpus/ops_sim_fuzzer/seeds --work $tree/build/corpus/ops_sim_fuzzer\
 --findings $tree/build/findings --time 7 --keep-going$"
}

test_fuzz_takes_sixty_seconds_unless_told() {
  run_it fuzz
  expect_call '^slabbed campaign .* --time 60$'
}

test_fuzz_hands_on_the_status_of_a_finding() {
  hook slabbed 'echo "finding RCU-2"; exit 1'
  run_it fuzz
  expect_status 1
  expect_out 'finding RCU-2'
}

test_test_runs_four_lanes_and_adds_them_up() {
  hook ctest 'test_line 1 a "  Passed  "; test_line 2 b "***Failed"; exit 8'
  run_it test
  expect_status 1
  expect_last_out '4 passed, 4 failed'
  local preset
  for preset in dev asan tsan gcc; do expect_call "^ctest --preset $preset$"; done
}

test_a_clean_test_run_exits_0() {
  run_it test
  expect_status 0
  expect_last_out '8 passed, 0 failed'
}

test_a_skipped_test_is_neither_passed_nor_failed() {
  hook ctest 'test_line 1 a "  Passed  "; test_line 2 b "***Skipped";
    test_line 3 c "***Not Run (Disabled)"'
  run_it tsan
  expect_status 0
  expect_last_out '1 passed, 0 failed'
  expect_err 'tsan: 1 passed, 0 failed, 2 skipped'
}

test_a_lane_without_tests_fails() {
  hook ctest 'echo "No tests were found!!!"; exit 8'
  run_it tsan
  expect_status 1
  expect_last_out '0 passed, 1 failed'
}

test_no_test_at_all_is_not_success() {
  hook ctest ':'
  run_it tsan
  expect_status 1
  expect_last_out '0 passed, 0 failed'
}

test_a_build_that_fails_counts_and_ends_the_lanes() {
  hook build 'echo "x.cc:1: error: no"; exit 1'
  run_it test
  expect_status 1
  expect_err 'x.cc:1: error: no'
  expect_err 'building dev failed; all of its output: build/dev/build.log'
  expect_last_out '0 passed, 1 failed'
  expect_no_call '--preset asan'
}

test_a_configuration_that_fails_shows_why() {
  hook configure 'echo "CMake Error: no such thing"; rm "$2/build/$4/build.ninja"; exit 1'
  run_it tsan
  expect_status 1
  expect_err 'CMake Error: no such thing'
  expect_last_out '0 passed, 1 failed'
}

test_a_lane_builds_only_what_its_tests_start() {
  hook lane 'echo "  Test  #1: one"; echo "  Test #12: two"'
  hook configure '
    dir=$2/build/$4; mkdir -p "$dir/sub"
    echo "add_test([=[one]=] \"$dir/bin/one_test\" \"--cli=$dir/bin/slabbed\")
add_test([=[other]=] \"$dir/bin/other_test\")" >"$dir/CTestTestfile.cmake"
    echo "add_test([=[two]=] \"bash\" \"x\")
set_tests_properties([=[two]=] PROPERTIES ENVIRONMENT \"PROGRAM=$dir/bin/two-helper\")" \
      >"$dir/sub/CTestTestfile.cmake"'
  run_it tsan
  expect_call '--target sanitizer_probe bin/one_test bin/slabbed bin/two-helper$'
}

test_a_lane_builds_a_test_that_is_newer_than_its_build_folder() {
  hook lane 'echo "  Test #1: one"'
  run_it tsan
  hook regenerate 'echo "add_test([=[one]=] \"$2/bin/one_test\")" >"$2/CTestTestfile.cmake"'
  run_it tsan
  expect_call '--target sanitizer_probe bin/one_test$'
}

test_replay_finds_files_from_the_callers_directory() {
  hook slabbed 'echo "in $PWD"; exit 1'
  cd "$SCRATCH" || die "no scratch folder"
  run_it replay a.bin b
  expect_status 1
  expect_out "in $SCRATCH"
  expect_call '^slabbed replay a.bin b$'
}

test_slabbed_reads_its_callers_stdin_and_owns_stdout() {
  hook slabbed 'cat'
  hook build 'echo "[1/2] Building"'
  clean_env bash "$tree/run" slabbed print - <<<'program text' >"$out" 2>"$err"
  [ "$(cat "$out")" = 'program text' ] || die "stdout or stdin was not the tool's alone"
  expect_err '\[1/2\] Building'
}

test_bench_prints_a_line_per_build() {
  hook fuzz_rate_bench 'echo "1000 executions/s"'
  run_it bench fuzz
  expect_status 0
  expect_out '^release  *1000 executions/s'
  [ "$(wc -l <"$out")" = 3 ] || die "expected three lines"
}

test_configures_once_and_again_after_a_change_of_the_presets() {
  run_it slabbed
  run_it slabbed
  [ "$(grep -c -- '--preset dev' "$SCRATCH/calls")" = 1 ] || die "configured twice"
  touch -d '+1 minute' "$tree/CMakePresets.json"
  run_it slabbed
  [ "$(grep -c -- '--preset dev' "$SCRATCH/calls")" = 2 ] || die "did not configure again"
}

test_every_word_writes_only_under_build() {
  local before
  before=$(find "$tree" | sort)
  run_it test
  run_it fuzz
  run_it bench
  [ "$(find "$tree" | grep -v "^$tree/build" | sort)" = "$before" ] || die "wrote outside build/"
}

main "$1"
