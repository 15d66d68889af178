// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// progress_rules.cc - ends of a run that are verdicts in themselves; the events carry the story.
#include "conformance/oracle/rules.h"

namespace slabbed::conf {

bool progress_deadlock(const Model &m, const Event &e, Why &why) {
  return why("Nothing can run any more. ", m.text(e.text));
}

bool progress_step_bound(const Model &m, const Event &e, Why &why) {
  return why("The run does not end. ", m.text(e.text));
}

bool check_failed(const Model &m, const Event &e, Why &why) {
  return why("A check inside the allocator failed: ", m.text(e.text));
}

}  // namespace slabbed::conf
