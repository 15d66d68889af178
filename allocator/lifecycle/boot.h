// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// boot.h - the kernel-style parameter string of a System.
#ifndef SLABBED_LIFECYCLE_BOOT_H
#define SLABBED_LIFECYCLE_BOOT_H

#include "core/context.h"

namespace slabbed {

// Parses "name=value" words separated by blanks (the list is in <slabbed/system.h>).
// Return: nullptr, or one static line that says what is wrong.
const char *parse_boot_parameters(const char *text, BootParameters *boot);

}  // namespace slabbed
#endif  // SLABBED_LIFECYCLE_BOOT_H
