// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// world_sim.cc - `slabbed` links the simulated world.
#include "fuzz/cli/command.h"
#include "fuzz/exec/sim_run.h"

namespace slabbed::cli {

std::unique_ptr<fuzz::Runner> make_runner() { return std::make_unique<fuzz::SimRunner>(); }

}  // namespace slabbed::cli
