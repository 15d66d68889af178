#!/usr/bin/env bash
# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# same_race_test.sh SLABBED PROGRAM - goal: a data race found under the scheduler is a replayable
# fact. Method: replays PROGRAM with SLABBED, whose allocator has a weakened memory order, ten times
# in ten processes. Each must end as a finding, and all reports must be the same, byte for byte, but
# for the process number.
set -u
slabbed=$1 program=$2
fail() {
  printf '%s\n' "$1" "${@:2}" >&2
  exit 1
}
first=
for run in 1 2 3 4 5 6 7 8 9 10; do
  report=$("$slabbed" replay "$program" 2>&1)
  status=$?
  report=$(sed 's/pid=[0-9]*/pid=*/; s/==[0-9]*==/==*==/' <<<"$report")
  [ "$status" = 1 ] || fail "run $run: exit status $status instead of 1" "$report"
  first=${first:-$report}
  [ "$report" = "$first" ] ||
    fail "run $run: another report" "$(diff <(echo "$first") <(echo "$report"))"
done
for words in 'data race' kmem_cache_free sheaf_flush; do
  [[ $first == *"$words"* ]] || fail "the report does not name $words" "$first"
done
echo "ten equal reports of $(grep -o 'SUMMARY: .*' <<<"$first" | sed 's, /[^ ]*,,')"
