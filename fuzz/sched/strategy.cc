// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "fuzz/sched/strategy.h"

namespace slabbed::sched {

uint16_t name_hash(const char *name) {
  uint32_t hash = 2166136261u;
  for (; *name && *name != '<'; name++) {
    hash = (hash ^ static_cast<uint8_t>(*name)) * 16777619u;
  }
  return static_cast<uint16_t>(hash ^ (hash >> 16));
}

Preemption identify(const Choice &choice, unsigned to) {
  return {static_cast<uint8_t>(choice.current), choice.operation,     choice.kind,
          name_hash(choice.name),               choice.occurrence(), static_cast<uint8_t>(to)};
}

}  // namespace slabbed::sched
