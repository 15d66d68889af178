// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// typesafe_rules.cc - SLAB_TYPESAFE_BY_RCU: objects may be reused at once, their page may not go
// away under a reader (kernel: include/linux/slab.h, the comment on the flag).
#include "conformance/oracle/rules.h"

namespace slabbed::conf {

bool typesafe_page(const Model &m, const Event &e, Why &why) {
  const Slab *slab = m.slab_starting(e.object);
  if (slab == nullptr || !slab->typesafe || slab->last_release == 0) return false;
  // Whoever was a reader when the last object was freed may still hold a pointer to it.
  const Reader *reader = m.reader_older_than(slab->last_release);
  if (reader != nullptr) {
    return why("A slab page of TYPESAFE cache ", m.name(slab->cache), " goes back while ", *reader,
               ", open since before the last free on it, has not closed.");
  }
  if (m.ended_gp_start() > slab->last_release) return false;
  return why("A slab page of TYPESAFE cache ", m.name(slab->cache),
             " goes back without a grace period after the last free on it.");
}

bool typesafe_read(const Model &, const Event &e, Why &why) {
  if ((e.flags & kTypesafe) == 0 || e.b != 0) return false;
  return why("Reader section ", e.a,
             " finds something else where an object of a TYPESAFE cache "
             "was.");
}

}  // namespace slabbed::conf
