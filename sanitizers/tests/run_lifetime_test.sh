#!/usr/bin/env bash
# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# Goal: two ./run never mix their builds, and however ./run ends, nothing it started outlives it.
# Method: fakes that take long, signals, and processes counted in /proc.
# shellcheck disable=SC2016 # hooks are scripts: their variables are expanded later
. "$(dirname "${BASH_SOURCE[0]}")/fixture.sh"

readonly take_long='echo started; exec sleep 170'

test_a_second_run_waits_and_says_for_whom() {
  hook build '
    echo started
    while ! [ -e "$SCRATCH/go" ]; do sleep 0.1; done
    rm "$SCRATCH/hook.build"'
  start_it fuzz
  wait_for "$err" started
  clean_env bash "$tree/run" fuzz >"$SCRATCH/out2" 2>"$SCRATCH/err2" &
  local second=$!
  wait_for "$SCRATCH/err2" "waits for build/fuzz, in use by './run fuzz' (pid $pid)"
  [ "$(grep -c -- --build "$SCRATCH/calls")" = 1 ] || die "the second build did not wait"
  touch "$SCRATCH/go"
  wait "$pid" || die "the first failed"
  wait "$second" || die "the second failed"
}

test_no_wait_refuses_instead() {
  hook build "$take_long"
  start_it fuzz
  wait_for "$err" started
  clean_env bash "$tree/run" --no-wait fuzz >"$out" 2>"$SCRATCH/err2"
  status=$?
  expect_status 3
  grep -q "build/fuzz is in use by './run fuzz' (pid $pid)" "$SCRATCH/err2" || die "did not say who"
  kill -INT "$pid"
  wait "$pid"
}

test_another_preset_need_not_wait() {
  hook slabbed '[ "$1" != campaign ] || { echo started; sleep 60; }'
  start_it fuzz
  wait_for "$out" started
  clean_env bash "$tree/run" --no-wait replay x >"$SCRATCH/out2" 2>&1 || die "replay had to wait"
  kill -INT "$pid"
  wait "$pid"
}

test_two_replays_run_side_by_side_but_a_build_waits() {
  hook slabbed "$take_long"
  start_it replay x
  wait_for "$out" started
  hook slabbed ':'
  clean_env bash "$tree/run" --no-wait test >/dev/null 2>&1
  [ $? = 3 ] || die "a build was allowed under a running program"
  kill "$pid"
  expect_nothing_left
}

test_a_killed_run_keeps_its_lock_until_its_children_are_gone() {
  hook build "echo \$\$ >\"\$SCRATCH/child\"; $take_long"
  start_it fuzz
  wait_for "$err" started
  kill -KILL "$pid"
  wait "$pid" 2>/dev/null
  run_it --no-wait fuzz
  expect_status 3
  kill -KILL -- "-$(cat "$SCRATCH/child")"
}

test_an_interrupted_build_ends_with_130_and_leaves_nothing() {
  hook build "$take_long"
  start_it fuzz
  wait_for "$err" started
  kill -INT "$pid"
  wait "$pid"
  status=$?
  expect_status 130
  expect_nothing_left
}

test_an_interrupted_test_run_says_what_has_passed() {
  hook ctest 'test_line 1 a "  Passed  "; test_line 2 b "***Failed"; echo started; sleep 60'
  start_it tsan
  wait_for "$out" started
  kill -INT "$pid"
  wait "$pid"
  status=$?
  expect_status 130
  expect_last_out '1 passed, 1 failed'
  expect_err 'interrupted; so far'
  expect_nothing_left
}

test_an_interrupted_campaign_prints_its_own_summary() {
  hook slabbed '
    trap "echo summary of 7 executions; exit 130" INT
    echo started; while :; do sleep 0.1; done'
  start_it fuzz
  wait_for "$out" started
  kill -INT "$pid"
  wait "$pid"
  status=$?
  expect_status 130
  expect_last_out 'summary of 7 executions'
  expect_nothing_left
}

test_a_second_interrupt_insists() {
  hook slabbed 'trap "echo not yet" INT; echo started; while :; do sleep 0.1; done'
  start_it fuzz
  wait_for "$out" started
  kill -INT "$pid"
  wait_for "$out" 'not yet'
  kill -INT "$pid"
  wait "$pid"
  status=$?
  expect_status 130
  expect_nothing_left
}

test_ctrl_c_on_a_terminal_reaches_the_campaign() {
  command -v script >/dev/null || cannot "no script(1) here"
  hook slabbed '
    trap "echo summary; exit 130" INT
    echo started; while :; do sleep 0.1; done'
  ln -s "$(type -P script)" "$SCRATCH/bin/script"
  ln -s "$(type -P sh)" "$SCRATCH/bin/sh"
  # shellcheck disable=SC2094 # the terminal's user waits for what the terminal shows
  { wait_for "$out" started; printf '\003'; sleep 1; } |
    clean_env SHELL=/bin/bash TERM=dumb \
      script -qefc "bash '$tree/run' fuzz" /dev/null >"$out" 2>"$err"
  status=$?
  expect_status 130
  expect_out summary
  expect_nothing_left
}

test_a_closed_output_pipe_ends_the_tests_quietly() {
  hook ctest 'for i in 1 2 3 4 5 6; do test_line $i t$i "  Passed  "; sleep 0.2; done; sleep 60'
  : >"$out"
  clean_env bash "$tree/run" tsan 2>"$err" | head -n 1 >"$out"
  status=${PIPESTATUS[0]}
  expect_status 141
  expect_out 'Test #1: t1'
  grep -v '^run: configures build/tsan$' "$err" | grep -q . && die "not quiet"
  expect_nothing_left
}

test_a_closed_output_pipe_ends_the_campaign_and_its_children() {
  hook slabbed 'sleep 60 & while echo status; do sleep 0.1; done'
  clean_env bash "$tree/run" fuzz 2>"$err" | head -n 1 >"$out"
  expect_out status
  expect_nothing_left
}

test_what_a_program_leaves_behind_is_ended() {
  hook slabbed 'sleep 60 & exit 0'
  run_it fuzz
  expect_status 0
  expect_nothing_left
}

main "$1"
