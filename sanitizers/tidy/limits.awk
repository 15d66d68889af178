# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# limits.awk - at most 600 lines a file, 100 columns a line, 70 lines a function; no tabs, no
# trailing blanks. A function is recognised by its layout: a line at indentation 0 or 2 with a
# parameter list that ends in "{", up to the "}" at the same indentation.
FNR == 1 { finish(); previous = FILENAME; open0 = open2 = 0 }
{
  lines = FNR
  width = $0
  gsub(/[\200-\277]/, "", width)  # count characters, not the bytes of UTF-8
  if (length(width) > 100) complain("is " length(width) " columns wide, at most 100")
  if ($0 ~ /\t/) complain("has a tab")
  if ($0 ~ /[ \r]$/) complain("ends in a blank")
}
/^}/ && open0 { length_of(open0); open0 = 0 }
/^  }/ && open2 { length_of(open2); open2 = 0 }
/\{$/ && /\)/ {
  if ($0 ~ /^[^ \t}]/ || ($0 ~ /^    / && !open0 && !open2)) { open0 = FNR; open2 = 0 }
  else if ($0 ~ /^  [^ }]/ && !open0) open2 = FNR
}
END { finish() }

function length_of(start) {
  if (FNR - start + 1 > 70) complain("ends a function of " FNR - start + 1 " lines, at most 70")
}
function finish() {
  if (lines > 600) print previous ":" lines ": is " lines " lines long, at most 600"
  lines = 0
}
