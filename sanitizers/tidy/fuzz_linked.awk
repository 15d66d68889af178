# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# fuzz_linked.awk - what must not be linked into a fuzz target: MemorySanitizer reports the insides
# of an uninstrumented C++ library as ours (maps, sets, streams, filesystem, libfmt), and our oldest
# compilers lack the rest.
BEGIN {
  word = "(^|[^A-Za-z0-9_])"
  forbidden = word "(std::(map|multimap|set|multiset|cout|cerr|cin|ostream|istream|fstream" \
    "|ifstream|ofstream|stringstream|ostringstream|istringstream|filesystem|regex|format|expected" \
    "|source_location)|fmt::[a-z_]+)"
  header = "^[ \t]*#[ \t]*include[ \t]*<(map|set|iostream|ostream|istream|fstream|sstream" \
    "|filesystem|regex|format|expected|source_location|fmt/[a-z]+\\.h)>"
}
{
  text = code($0)
  if (match(text, forbidden "([^A-Za-z0-9_]|$)")) {
    found = substr(text, RSTART, RLENGTH)
    gsub(/^[^A-Za-z0-9_]|[^A-Za-z0-9_]$/, "", found)
    complain("uses " found " in code that fuzz targets link")
  } else if (text ~ header) {
    sub(/^[^<]*/, "", text)
    complain("includes " text " in code that fuzz targets link")
  }
}
