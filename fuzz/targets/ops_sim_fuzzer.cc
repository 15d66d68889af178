// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// ops_sim_fuzzer.cc - fuzz input: a program, run in the sim world and judged.
//
// Bytes (fuzz/program/codec.h) or text; text may expect a finding, which then is none.
#include <cstddef>
#include <cstdint>

#include "fuzz/exec/sim_run.h"
#include "fuzz/exec/unit.h"
#include "fuzz/targets/finding.h"
#include "fuzz/targets/progress.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // Never destroyed: what a static destructor would free, a leak checker finds reachable.
  static auto *runner = new slabbed::fuzz::SimRunner;
  slabbed::fuzz::TextProgram unit = slabbed::fuzz::load_any_unit(data, size);
  const slabbed::fuzz::RunResult &result = runner->run(unit.program);
  slabbed::fuzz::count_progress(result);
  std::string why;
  if (!as_expected(unit, result, &why)) {
    runner->set_symbols(true);
    slabbed::fuzz::die_of_finding(unit.program, runner->run(unit.program), "sim", why);
  }
  return 0;
}
