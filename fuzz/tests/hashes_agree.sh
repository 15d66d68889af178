#!/usr/bin/env bash
# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# hashes_agree.sh - the same programs give the same trace hashes in every build of one source tree.
#
#   hashes_agree.sh TRACE_HASHES BUILD SOURCE
#
# Runs TRACE_HASHES, keeps what it prints in BUILD/trace_hashes.txt under a digest of the sources,
# and compares it with the lists that builds beside BUILD have left for the same digest. The first
# build of a tree finds nobody to agree with; the last one has compared itself with all others.
set -euo pipefail
hashes=$1 build=$2 source=$3
programs=()
for folder in "$source"/corpus/ops_sim_fuzzer/{seeds,crashes} \
  "$source"/conformance/litmus/{accepts,rejects}; do
  [ -d "$folder" ] && programs+=("$folder")
done

digest=$(cd "$source" && find allocator conformance fuzz corpus -type f -print0 | sort -z |
  xargs -0 cat | sha256sum | cut -d' ' -f1)
list=$build/trace_hashes.txt
{ echo "sources $digest"; "$hashes" --generated 1000 "${programs[@]}"; } >"$list.new"
mv "$list.new" "$list"

status=0
compared=0
for other in "$build"/../*/trace_hashes.txt; do
  [ "$other" -ef "$list" ] && continue
  [ "$(head -n 1 "$other")" = "sources $digest" ] || continue
  compared=$((compared + 1))
  # Names that only one of the two knows are programs that only one of the two can run.
  # Two folders may hold programs of one name; they come in the same order everywhere.
  if ! awk 'FNR == 1 { next }
            { key = $3 " " ++count[FILENAME, $3] }
            NR == FNR { seen[key] = $0; next }
            key in seen && seen[key] != $0 { print "here  " seen[key]; print "there " $0; bad = 1 }
            key in seen { ++both }
            END { exit bad || both < 500 }' "$list" "$other"; then
    echo "$other: other hashes than $list"
    status=1
  fi
done
echo "$(($(wc -l <"$list") - 1)) programs, compared with $compared other builds"
exit $status
