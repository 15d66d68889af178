#!/usr/bin/env bash
# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# fixture.sh - the world in which ./run is tested.
#
# A scratch tree holds a copy of ./run and nothing to build. PATH has one folder: links to the few
# basic tools ./run may use, and fakes of everything it starts. Every fake writes its command line
# to $SCRATCH/calls and then sources $SCRATCH/hook.<name>, so a test states in one line what its
# cmake, ctest, apt-get or slabbed does. Without root, network, compilers or time.
#
# A test is a function test_<behaviour>; `bash <file> <behaviour>` runs one, ctest registers each.
# Exit 77 is "cannot be tried here", with the reason.
# shellcheck disable=SC2016 # hooks are scripts: their variables are expanded later
set -u

# What ./run may rely on: bash, and the essential packages of Debian.
readonly basic_tools=(bash env cat grep sed awk mkdir dirname basename df find sort paste tail head
  nproc rm sleep touch ln chmod flock)

SCRATCH=$(mktemp -d)
export SCRATCH
tree="$SCRATCH/a tree"
out=$SCRATCH/out
err=$SCRATCH/err
trap 'kill_marked; rm -rf "$SCRATCH"' EXIT

die() {
  printf 'FAILED: %s\n' "$1" >&2
  local file
  printf -- '--- status %s\n' "${status:-?}" >&2
  for file in "$out" "$err" "$SCRATCH/calls"; do
    [ ! -e "$file" ] || { printf -- '--- %s\n' "${file##*/}"; cat "$file"; } >&2
  done
  exit 1
}
cannot() { printf 'skipped: %s\n' "$1"; exit 77; }

# hook NAME SCRIPT: what the fake NAME does with its arguments.
hook() { printf '%s\n' "$2" >"$SCRATCH/hook.$1"; }
fake() { ln -sf fake "$SCRATCH/bin/$1"; }

set_up() {
  local tool path
  mkdir -p "$tree/corpus" "$SCRATCH/bin"
  cp "$(dirname "${BASH_SOURCE[0]}")/../../run" "$tree/run"
  touch -d '2020-01-01' "$tree/CMakePresets.json"
  for tool in "${basic_tools[@]}"; do
    path=$(type -P "$tool") || die "this machine has no $tool"
    ln -s "$path" "$SCRATCH/bin/$tool"
  done
  cat >"$SCRATCH/bin/fake" <<'FAKE'
#!/bin/bash
name=${0##*/}
printf '%s %s\n' "$name" "$*" >>"$SCRATCH/calls"
hook=$SCRATCH/hook.$name
case "$name $*" in "ctest "*" -N") hook=$SCRATCH/hook.lane ;; esac
if [ -e "$hook" ]; then . "$hook"; fi
FAKE
  chmod +x "$SCRATCH/bin/fake"
  for tool in cmake ctest apt-get dpkg-query id clang++-19 llvm-symbolizer-19 g++ ninja ccache \
    pkg-config git; do fake "$tool"; done
  : >"$SCRATCH/calls"
  hook id 'echo 0'
  # Everything is installed: echo the names that were asked for.
  hook dpkg-query 'shift 3; printf "installed %s\n" "$@"'
  hook cmake '
    if [ "$*" = "--build $2 --target build.ninja" ]; then
      if [ -e "$SCRATCH/hook.regenerate" ]; then . "$SCRATCH/hook.regenerate"; fi
    elif [ "$1" = --build ]; then
      mkdir -p "$2/bin"
      for program in sanitizer_probe slabbed ops_sim_fuzzer fuzz_rate_bench; do
        ln -sf "$SCRATCH/bin/fake" "$2/bin/$program"
      done
      if [ -e "$SCRATCH/hook.build" ]; then . "$SCRATCH/hook.build"; fi
    else
      mkdir -p "$2/build/$4" && : >"$2/build/$4/build.ninja" || exit 1
      if [ -e "$SCRATCH/hook.configure" ]; then . "$SCRATCH/hook.configure"; fi
    fi'
  # What a lane's tests are is asked with -N, and answered by hook.lane.
  hook ctest 'test_line 1 alpha "  Passed  "; test_line 2 beta "  Passed  "'
  # test_line NUMBER NAME RESULT: a line of ctest.
  cat >>"$SCRATCH/bin/lines" <<'LINES'
test_line() { printf '%d/3 Test #%d: %s .....%s  0.01 sec\n' "$1" "$1" "$2" "$3"; }
LINES
  sed -i '3i . "$SCRATCH/bin/lines"' "$SCRATCH/bin/fake"
}

# run_it ARGS…: ./run in the scratch tree, in an empty environment.
run_it() {
  clean_env bash "$tree/run" "$@" >"$out" 2>"$err"
  status=$?
}
clean_env() { (exec_clean "$@"); }
exec_clean() {
  exec env -i PATH="$SCRATCH/bin" HOME="$SCRATCH" SCRATCH="$SCRATCH" RUN_MARK="$SCRATCH" \
    ${extra_env[@]+"${extra_env[@]}"} "$@"
}
extra_env=()

# start_it ARGS…: the same in the background, as $pid. Without job control bash would start it with
# SIGINT ignored, which no shell script can undo.
start_it() {
  set -m
  exec_clean bash "$tree/run" "$@" >"$out" 2>"$err" &
  # shellcheck disable=SC2034 # for the tests
  pid=$!
  set +m
}
wait_for() {  # wait_for FILE TEXT: at most a minute, since a busy machine is no failure
  local i
  for ((i = 0; i < 600; ++i)); do grep -qs -- "$2" "$1" && return; sleep 0.1; done
  die "never saw '$2' in ${1##*/}"
}

expect_status() { [ "$status" = "$1" ] || die "expected status $1"; }
expect_out() { grep -q -- "$1" "$out" || die "expected on stdout: $1"; }
expect_err() { grep -q -- "$1" "$err" || die "expected on stderr: $1"; }
expect_call() { grep -q -- "$1" "$SCRATCH/calls" || die "expected a call: $1"; }
expect_no_call() { grep -q -- "$1" "$SCRATCH/calls" && die "unexpected call: $1"; return 0; }
# One clear line: nothing else of ours on stderr.
expect_one_line() {
  [ "$(grep -c '^run: ' "$err")/$(wc -l <"$err")" = 1/1 ] || die "expected one line"
}
expect_last_out() { [ "$(tail -n 1 "$out")" = "$1" ] || die "expected as last line: $1"; }
# The processes ./run started: clean_env marks them all, and only those.
marked() {
  grep -lsaF "RUN_MARK=$SCRATCH" /proc/[0-9]*/environ 2>/dev/null |
    sed 's,/proc/\([0-9]*\)/environ,\1,'
}
kill_marked() {
  local process
  for process in $(marked); do kill -KILL "$process" 2>/dev/null; done
}
expect_nothing_left() {
  local i left
  for ((i = 0; i < 100; ++i)); do
    left=$(marked)
    [ -z "$left" ] && return
    sleep 0.1
  done
  die "left running: $(for process in $left; do tr '\0' ' ' <"/proc/$process/cmdline"; done)"
}

main() {
  set_up
  "test_$1"
  printf 'passed: %s\n' "$1"
}
