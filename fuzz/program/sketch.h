// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// sketch.h - a guess of what exists at one place of a program, made by walking the operations in
// list order as if no thread ever overtook another. It only steers random choices towards
// operations that do something; a wrong guess costs nothing, as an operation without its operand is
// skipped.
#ifndef SLABBED_FUZZ_PROGRAM_SKETCH_H
#define SLABBED_FUZZ_PROGRAM_SKETCH_H

#include <cstdint>

#include "fuzz/program/program.h"
#include "fuzz/program/random.h"

namespace slabbed::fuzz {

// A set of operation kinds: bit n is OpCode n. Swarm testing switches kinds off, because what is
// missing from a program (frees, say) lets other things happen that never come up otherwise.
using OpSet = uint32_t;
static_assert(static_cast<unsigned>(OpCode::kCount) <= 32);
inline constexpr OpSet kAllOperations = ~OpSet{0};
inline bool contains(OpSet set, OpCode code) { return set >> static_cast<unsigned>(code) & 1; }
// Half the time everything; else each kind is off with probability 1/4.
OpSet draw_swarm(Random *random);

class Sketch {
 public:
  // What exists after the first `count` operations of `program`.
  Sketch(const Program &program, size_t count);
  explicit Sketch(unsigned threads) : threads_(threads) {}

  void apply(const Operation &op);
  // An operation of a kind in `allowed` (kNop if none fits) that most likely does something here.
  Operation draw(Random *random, OpSet allowed) const;
  // The same kind and thread again with other operands.
  Operation redraw_operands(Random *random, const Operation &op) const;

 private:
  bool has_effect(OpCode code, unsigned thread) const;
  void draw_operands(Random *random, Operation *op) const;

  unsigned threads_;
  uint32_t caches_ = 0;      // bit n: cache n was created and not destroyed
  uint32_t objects_ = 0;     // bit n: place n holds an object
  uint32_t published_ = 0;   // bit n: pointer n is published
  uint8_t depth_[kMaxThreads] = {};  // readers open in each thread
};

// Sizes and jiffies with the boundaries that matter to an allocator over-represented.
uint16_t draw_object_size(Random *random);
uint16_t draw_jiffies(Random *random);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_SKETCH_H
