#!/usr/bin/env bash
# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# tidy.sh CHECK [ROOT]: the repository checks itself. Prints file:line: what for each finding and
# ends with their number. Needs bash, an awk and, where there is one, git; nothing to install.
#
#   layering     who includes whom (layers.txt)
#   licence      every source, script and program text opens with the licence
#   limits       lines a file, columns a line, lines a function
#   seam         nothing nondeterministic outside allocator/port and fuzz/sched
#   fuzz_linked  nothing in a fuzz target that its sanitizers or compilers cannot bear
set -uo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
check=${1:-}
cd "${2:-$here/../..}" || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

# Tracked files and those about to be; without git, everything but build/.
if ! git -c safe.directory='*' ls-files -co --exclude-standard >"$work/all_files" 2>/dev/null ||
  [ ! -s "$work/all_files" ]; then
  find . -type f -not -path './build/*' -not -path './.git/*' | sed 's,^\./,,' >"$work/all_files"
fi
# A file deleted but not yet committed is still listed.
while IFS= read -r file; do [ -f "$file" ] && printf '%s\n' "$file"; done \
  <"$work/all_files" | sort -u >"$work/existing"
mv "$work/existing" "$work/all_files"

select_files() { grep -E "$1" "$work/all_files" | grep -vE "${2:-^$}"; }
readonly cxx='\.(h|hpp|c|cc|cpp)$'
readonly text='\.(h|hpp|c|cc|cpp|cmake|sh|awk|slab|py)$|(^|/)CMakeLists\.txt$|^run$|^\.ci/run$'

case $check in
  layering)
    select_files "^(allocator|conformance|fuzz|sanitizers)/.*$cxx" >"$work/files"
    scripts=(layering.awk) first=("$here/layers.txt" "$work/all_files") ;;
  licence) select_files "$text|^\.clang-(format|tidy)$" >"$work/files"; scripts=(licence.awk) ;;
  limits) select_files "$text" '\.slab$' >"$work/files"; scripts=(limits.awk) ;;
  seam)
    select_files "^(allocator|conformance|fuzz|sanitizers)/.*$cxx" >"$work/files"
    scripts=(seam.awk) ;;
  fuzz_linked)
    linked='^(allocator|fuzz/(program|sched|exec|targets)|conformance/(trace|oracle))/'
    select_files "$linked.*$cxx" '/tests/' >"$work/files"
    scripts=(fuzz_linked.awk) ;;
  *) sed -n 's/^# \{0,1\}//; /^tidy.sh/,/^$/p; /^  /p' "${BASH_SOURCE[0]}" | sed '/^set/,$d' >&2
     exit 2 ;;
esac
[ -s "$work/files" ] || { echo "$check: no file to look at"; exit 1; }

mapfile -t files <"$work/files"
awk_args=(-f "$here/code.awk")
for script in "${scripts[@]}"; do awk_args+=(-f "$here/$script"); done
awk "${awk_args[@]}" "${first[@]:-/dev/null}" "${files[@]}" >"$work/findings" || exit 2

# exceptions.txt takes findings away; one that takes none away is a finding.
exceptions=$here/exceptions.txt
[ -e sanitizers/tidy/exceptions.txt ] && exceptions=sanitizers/tidy/exceptions.txt
awk -v check="$check" '
  FILENAME == ARGV[1] {
    if ($1 == check) { sub(/:$/, "", $2); prefix[++count] = $2 }
    next
  }
  {
    file = $0
    sub(/:.*/, "", file)
    for (i = 1; i <= count; ++i)
      if (index(file, prefix[i]) == 1) { used[i] = 1; next }
    print
  }
  END {
    for (i = 1; i <= count; ++i)
      if (!used[i]) print "exceptions.txt: \"" check " " prefix[i] "\" excuses nothing any more"
  }' "$exceptions" "$work/findings" >"$work/left"

cat "$work/left"
echo "$check: ${#files[@]} files, $(wc -l <"$work/left") findings"
[ ! -s "$work/left" ]
