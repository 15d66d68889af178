// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// fork.h - there is no fork() in the sim world: hooks are accepted and never called.
#ifndef SLABBED_PORT_FORK_H
#define SLABBED_PORT_FORK_H

namespace slabbed::port {

struct ForkUser {
  void (*prepare)(ForkUser *self);
  void (*parent)(ForkUser *self);
  void (*child)(ForkUser *self);
  ForkUser *next = nullptr;
};

inline void fork_user_add(ForkUser *) {}
inline void fork_user_remove(ForkUser *) {}

}  // namespace slabbed::port
#endif  // SLABBED_PORT_FORK_H
