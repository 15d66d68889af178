// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// check.cc - the end of a process whose assertion failed.
#include "port/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace slabbed::port {

void check_failed(const char *condition, const char *function, const char *file, int line) {
  const char *slash = strrchr(file, '/');
  fprintf(stderr, "slabbed: check failed: %s in %s() at %s:%d\n", condition, function,
          slash != nullptr ? slash + 1 : file, line);
  abort();
}

}  // namespace slabbed::port
