# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# layering.awk - reads the #include lines and compares them with layers.txt.
# Arguments: layers.txt, the list of all files, then the C and C++ files.
BEGIN { third_party = "^(urcu|urcu\\.h|boost|gtest|gmock|CLI|fmt|nlohmann|benchmark)(/|$)" }
FILENAME ~ /layers\.txt$/ {
  sub(/#.*/, "")
  if ($0 !~ /:/) next
  layer = $1
  sub(/:$/, "", layer)
  layers[++layer_count] = layer
  for (i = 2; i <= NF; ++i) {
    if ($i ~ /^</) foreign[layer, substr($i, 2)] = 1
    else may[layer, $i] = 1
  }
  next
}
FILENAME ~ /all_files$/ {
  exists[$0] = 1
  name = $0
  sub(/.*\//, "", name)
  owner[layer_of($0), name] = 1
  next
}
FNR == 1 {
  if (!closed) close_table()
  from = layer_of(FILENAME)
  if (from == "") complain("belongs to no layer of layers.txt")
}
code($0) ~ /^[ \t]*#[ \t]*include[ \t]*["<]/ {
  line = $0
  sub(/^[^"<]*/, "", line)
  quoted = line ~ /^"/
  line = substr(line, 2)
  sub(/[">].*/, "", line)
  if (line ~ third_party || (!quoted && line !~ /^slabbed\//)) { check_foreign(line); next }
  to = target_of(line)
  if (to == "") complain("includes \"" line "\", which is no file of this tree")
  else if (from != "" && to != from && !((from, to) in may))
    complain(from " may not include " to " (\"" line "\")")
}

# The layer that holds what is written between the quotes.
function target_of(name,    first) {
  first = name
  sub(/\/.*/, "", first)
  if (name ~ /^slabbed\//) return "allocator/include"
  if (name !~ /\//) return (from, name) in owner ? from : ""  # a neighbour, of either world
  if (first == "port") return "allocator/port"                # of either world
  if (("allocator/" name) in exists) return layer_of("allocator/" name)
  return name in exists ? layer_of(name) : ""
}

function check_foreign(name,    first) {
  first = name
  sub(/\/.*/, "", first)
  if (name !~ third_party) return
  if (from != "" && !((from, first) in foreign)) complain(from " may not include <" name ">")
}

function layer_of(path,    i, best) {
  best = ""
  for (i = 1; i <= layer_count; ++i)
    if (index(path, layers[i] "/") == 1 && length(layers[i]) > length(best)) best = layers[i]
  return best
}

# What b may include, a may include if it may include b.
function close_table(    a, b, c, changed) {
  closed = 1
  do {
    changed = 0
    for (a = 1; a <= layer_count; ++a)
      for (b = 1; b <= layer_count; ++b) {
        if (!((layers[a], layers[b]) in may)) continue
        for (c = 1; c <= layer_count; ++c)
          if (((layers[b], layers[c]) in may) && !((layers[a], layers[c]) in may)) {
            may[layers[a], layers[c]] = 1
            changed = 1
          }
      }
  } while (changed)
}
