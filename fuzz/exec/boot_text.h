// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// boot_text.h - the boot parameters of a program's System, as slabbed_system_boot() reads them.
#ifndef SLABBED_FUZZ_EXEC_BOOT_TEXT_H
#define SLABBED_FUZZ_EXEC_BOOT_TEXT_H

#include <cstddef>

#include "fuzz/program/program.h"

namespace slabbed::fuzz {

inline constexpr size_t kBootTextBytes = 160;

// `symbols`: code addresses in reports get their names, which under a sanitizer takes longer than
// the whole run.
void write_boot_text(const Program &program, unsigned hz, unsigned drain_jiffies, bool symbols,
                     char (&out)[kBootTextBytes]);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_EXEC_BOOT_TEXT_H
