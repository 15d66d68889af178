// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// boot_text.cc - see boot_text.h.
#include "fuzz/exec/boot_text.h"

#include <cstdio>

namespace slabbed::fuzz {
namespace {

const char *destroy_name(DestroyMode mode) {
  switch (mode) {
    case DestroyMode::kLegacy: return "legacy";
    case DestroyMode::kSync: return "sync";
    default: return "async";
  }
}

}  // namespace

void write_boot_text(const Program &program, unsigned hz, unsigned drain_jiffies, bool symbols,
                     char (&out)[kBootTextBytes]) {
  std::snprintf(out, sizeof(out),
                "destroy=%s sheaves=%d sheaf_capacity=%u hz=%u kfree_rcu_drain=%u symbols=%d%s",
                destroy_name(program.destroy), program.sheaves ? 1 : 0, program.sheaf_capacity, hz,
                drain_jiffies, symbols ? 1 : 0, program.slab_nomerge ? " slab_nomerge" : "");
}

}  // namespace slabbed::fuzz
