// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// finding.cc - see finding.h. C stdio only: this is linked into fuzz targets.
#include "fuzz/targets/finding.h"

#include <cstdio>
#include <cstdlib>

#include "fuzz/exec/report.h"

namespace slabbed::fuzz {

void die_of_finding(const Program &program, const RunResult &result, const char *world,
                    const std::string &why) {
  // The first line is for programs, the rest for people.
  std::fprintf(stderr, "%s%s\n", kFindingLine,
               result.clean() ? why.c_str() : signature(program, result).c_str());
  std::fputs(finding_report(program, result, world, "").c_str(), stderr);
  std::fflush(stderr);
  std::abort();
}

}  // namespace slabbed::fuzz
