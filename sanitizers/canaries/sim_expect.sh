#!/usr/bin/env bash
# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# sim_expect.sh STATUS REGEX PROGRAM ARG... - runs PROGRAM and passes iff it exits with STATUS and
# its output, taken as one line, matches REGEX; and iff no report came where none was due.
set -u
status=$1 regex=$2
shift 2
output=$("$@" 2>&1)
got=$?
line=${output//$'\n'/ }
fail() {
  printf '%s\n%s\n' "$1" "$output" >&2
  exit 1
}
[ "$got" -eq "$status" ] || fail "status $got instead of $status"
[[ $line =~ $regex ]] || fail "the output does not match $regex"
[ "$status" -ne 0 ] || [[ $line != *Sanitizer* ]] || fail "a report where none was due"
