// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// native_run.h - runs the same programs in the native world: real threads, real liburcu, real time.
//
// The schedule of the program means nothing here, so a run proves nothing that the next must
// repeat; what it shows is that the code which the simulation explores also holds on a machine. The
// trace is judged by intervals only.
#ifndef SLABBED_FUZZ_EXEC_NATIVE_RUN_H
#define SLABBED_FUZZ_EXEC_NATIVE_RUN_H

#include <memory>

#include "fuzz/exec/run_result.h"

namespace slabbed::fuzz {

class NativeRunner final : public Runner {
 public:
  NativeRunner();
  ~NativeRunner() override;
  const RunResult &run(const Program &program) override;
  const char *world() const override { return "native"; }

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_NATIVE_RUN_H
