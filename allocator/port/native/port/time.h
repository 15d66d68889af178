// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// time.h - the steady clock in jiffies; native world.
#ifndef SLABBED_PORT_TIME_H
#define SLABBED_PORT_TIME_H

#include <time.h>

#include <cstdint>

namespace slabbed::port {

// Jiffies since the process first asked. Never goes back as long as hz stays.
uint64_t jiffies(const char *site = __builtin_FUNCTION());
// Jiffies per second for the whole process; default 100. Waits under way keep their deadline.
void set_hz(unsigned n);
unsigned hz();
// When jiffies() becomes `jiffy`, on CLOCK_MONOTONIC (native only).
timespec time_of_jiffy(uint64_t jiffy);

}  // namespace slabbed::port
#endif  // SLABBED_PORT_TIME_H
