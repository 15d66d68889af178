// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// stack.h - return addresses of the callers, by frame pointers; native world.
#ifndef SLABBED_PORT_STACK_H
#define SLABBED_PORT_STACK_H

namespace slabbed::port {

// Fills pcs[0..n) with return addresses, the one into the caller of capture_stack() first. Return:
// n <= max. Every frame is checked to lie on the current thread's stack, above the one before, so
// code without frame pointers ends the walk early but never makes it read elsewhere.
int capture_stack(void **pcs, int max);

}  // namespace slabbed::port
#endif  // SLABBED_PORT_STACK_H
