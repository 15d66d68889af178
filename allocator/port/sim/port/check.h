// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// check.h - assertions in three levels; sim world.
//
//   SLABBED_CHECK      always: what a caller or another thread can get wrong
//   SLABBED_ASSERT     SLABBED_CHECK_LEVEL >= 2: what this code itself must keep true
//   SLABBED_EXPENSIVE  SLABBED_CHECK_LEVEL >= 3: walks over whole structures
//
// A failed one ends the run with Outcome::kCheckFailed; outside a run it prints the line and
// aborts. A level that is off still compiles its condition. No condition may contain a port
// operation that yields: levels must not change schedules.
#ifndef SLABBED_PORT_CHECK_H
#define SLABBED_PORT_CHECK_H

#ifndef SLABBED_CHECK_LEVEL
#define SLABBED_CHECK_LEVEL 1
#endif

namespace slabbed::port {

[[noreturn]] void check_failed(const char *condition, const char *function, const char *file,
                               int line);

}  // namespace slabbed::port

#define SLABBED_CHECK(c)                                                                       \
  (__builtin_expect(!!(c), 1)                                                                  \
       ? (void)0                                                                               \
       : ::slabbed::port::check_failed(#c, __FUNCTION__, __FILE__, __LINE__))
#define SLABBED_CHECK_OFF(c) ((void)sizeof(!(c)))

#if SLABBED_CHECK_LEVEL >= 2
#define SLABBED_ASSERT(c) SLABBED_CHECK(c)
#else
#define SLABBED_ASSERT(c) SLABBED_CHECK_OFF(c)
#endif

#if SLABBED_CHECK_LEVEL >= 3
#define SLABBED_EXPENSIVE(c) SLABBED_CHECK(c)
#else
#define SLABBED_EXPENSIVE(c) SLABBED_CHECK_OFF(c)
#endif

#endif  // SLABBED_PORT_CHECK_H
