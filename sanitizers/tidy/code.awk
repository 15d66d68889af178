# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# code.awk - code(line): the line without comments, string and character literals, so that a check
# does not stumble over prose. Holds the state of /* … */ and R"(…)" across lines; call it once for
# each line.
function code(line,    at, open, rest, end) {
  if (FNR == 1) { in_comment = 0; raw_end = "" }
  if (raw_end != "") {
    if ((at = index(line, raw_end)) == 0) return ""
    line = substr(line, at + length(raw_end))
    raw_end = ""
  }
  if (in_comment) {
    if ((at = index(line, "*/")) == 0) return ""
    line = substr(line, at + 2)
    in_comment = 0
  }
  while (match(line, /R"[A-Za-z_]*\(/)) {
    open = RSTART
    end = ")" substr(line, RSTART + 2, RLENGTH - 3) "\""
    rest = substr(line, RSTART + RLENGTH)
    if ((at = index(rest, end)) == 0) { raw_end = end; line = substr(line, 1, open - 1); break }
    line = substr(line, 1, open - 1) substr(rest, at + length(end))
  }
  gsub(/\\["'\\]/, "", line)
  gsub(/"[^"]*"/, "\"\"", line)
  gsub(/'[^']*'/, "''", line)
  while ((open = index(line, "/*")) > 0) {
    at = index(substr(line, open), "*/")
    if (at == 0) { in_comment = 1; line = substr(line, 1, open - 1); break }
    line = substr(line, 1, open - 1) " " substr(line, open + at + 1)
  }
  sub(/\/\/.*/, "", line)
  return line
}

# complain(text): one finding in the form editors jump to.
function complain(text) { print FILENAME ":" FNR ": " text }
