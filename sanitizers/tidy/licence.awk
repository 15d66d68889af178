# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# licence.awk - every file that can carry a comment opens with the licence, within ten lines.
FNR == 1 { if (FILENAME != previous) { finish(); previous = FILENAME; name = url = 0 } }
FNR <= 10 && /Licensed under the Apache License, Version 2\.0/ { name = 1 }
FNR <= 10 && /http:\/\/www\.apache\.org\/licenses\/LICENSE-2\.0/ { url = 1 }
END { finish() }
function finish() {
  if (previous != "" && !(name && url)) print previous ":1: does not open with the licence header"
}
