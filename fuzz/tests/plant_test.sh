#!/usr/bin/env bash
# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# plant.cmake: what is planted, and what is refused with which line. Each test works on a tree of
# its
# own: plant_test.sh BEHAVIOUR.
set -u
script=$(dirname "$(readlink -f "$0")")/../planted/plant.cmake
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cd "$tree" || exit 1
mkdir -p source/core
printf 'first;\nif (a[1] == "x;y") {\n  twice();\n}\ntwice();\n' > source/core/a.cc
printf '#define LAST "no line break at the end"' > source/core/b.h

plant() { cmake -DPLANTED=bug.planted -DSOURCE="$tree/source" "$@" -P "$script" > out 2>&1; }

fail() {
  printf '%s\n' "$*"
  cat out
  exit 1
}

# The step fails, says exactly this, and has made no copy.
refused() {
  plant -DCOPY="$tree/copy" && fail "planted, though it should be refused: $1"
  grep -qxF "$1" out || fail "did not say: $1"
  test ! -e copy || fail "made a copy all the same"
}

test_text_is_replaced_and_all_else_kept() {
  printf '%s\n' 'planted x' 'file core/a.cc' '- if (a[1] == "x;y") {' '-   twice();' '+ if (b) {' \
    '' '- first;' > bug.planted
  plant -DCOPY="$tree/copy" || fail "refused"
  printf '\nif (b) {\n}\ntwice();\n' | cmp - copy/core/a.cc || fail "wrong text"
  cmp source/core/b.h copy/core/b.h || fail "another file changed"
}

test_two_files_can_be_changed() {
  printf 'file core/a.cc\n- first\n+ second\nfile core/b.h\n- LAST\n+ LEAST\n' > bug.planted
  plant -DCOPY="$tree/copy" || fail "refused"
  grep -q '^second;' copy/core/a.cc || fail "a.cc"
  grep -q LEAST copy/core/b.h || fail "b.h"
}

test_unchanged_files_are_not_written_again() {
  printf 'file core/a.cc\n- first\n+ second\n' > bug.planted
  plant -DCOPY="$tree/copy" || fail "refused"
  touch -d '2001-01-01' copy/core/a.cc copy/core/b.h
  plant -DCOPY="$tree/copy" || fail "refused"
  test -z "$(find copy -type f -newermt '2002-01-01')" || fail "written again"
}

test_checking_makes_no_copy() {
  printf 'file core/a.cc\n- first\n+ second\n' > bug.planted
  plant -DCHECKED="$tree/checked" || fail "refused"
  test -e checked || fail "no stamp"
  test ! -e copy || fail "made a copy"
  printf 'file core/a.cc\n- third\n+ second\n' > bug.planted
  rm checked
  plant -DCHECKED="$tree/checked" && fail "does not fit, but was accepted"
  test ! -e checked || fail "stamped all the same"
}

test_anchor_that_is_gone_is_refused() {
  printf 'planted x\nfile core/a.cc\n- first;\n- second;\n+ third;\n' > bug.planted
  refused 'bug.planted:3: anchor not found in core/a.cc'
}

test_anchor_in_two_places_is_refused() {
  printf 'file core/a.cc\n- first\n+ second\n\n- twice();\n+ once();\n' > bug.planted
  refused 'bug.planted:5: anchor found more than once in core/a.cc'
}

test_file_that_is_gone_is_refused() {
  printf 'file core/c.cc\n- first\n' > bug.planted
  refused 'bug.planted:2: there is no file core/c.cc in the allocator'
}

test_replacement_without_anchor_is_refused() {
  printf 'file core/a.cc\n+ first\n' > bug.planted
  refused 'bug.planted:2: a replacement without an anchor'
}

test_anchor_without_file_is_refused() {
  printf 'planted x\n- first\n' > bug.planted
  refused 'bug.planted:2: an anchor before any file line'
}

test_file_without_substitution_is_refused() {
  printf 'planted x\nfile core/a.cc\n' > bug.planted
  refused 'bug.planted:1: no substitution'
}

"test_$1"
