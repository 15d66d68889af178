// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// release.cc - the one way a cache ends.
#include "lifecycle/lifecycle.h"
#include "port/check.h"

namespace slabbed {

void release_cache(System *system, kmem_cache *s) {
  SLABBED_CHECK(s->refcount == 0);
  SLABBED_ASSERT(cache_is_valid(s));
  system->report.event(SLABBED_EV_CACHE_RELEASED, s, nullptr);
  free_descriptor(s);
}

}  // namespace slabbed
