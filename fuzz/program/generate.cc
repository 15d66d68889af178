// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// generate.cc - see generate.h.
#include "fuzz/program/generate.h"

#include <algorithm>
#include <cassert>

#include "fuzz/program/draw_schedule.h"
#include "fuzz/program/idioms.h"
#include "fuzz/program/normalize.h"
#include "fuzz/program/random.h"
#include "fuzz/program/sketch.h"

namespace slabbed::fuzz {
namespace {

void draw_boot(Random *random, Program *p) {
  constexpr uint8_t kThreads[] = {1, 2, 2, 2, 2, 3, 3, 4};
  constexpr uint8_t kCapacities[] = {1, 2, 2, 3, 4, 4, 8, 32};
  p->threads = kThreads[random->below(8)];
  p->sheaf_capacity = kCapacities[random->below(8)];
  p->slots = static_cast<uint8_t>(random->one_in(4) ? random->between(1, kMaxThreadSlots)
                                                    : kMaxThreadSlots);
  if (random->one_in(4)) {
    p->destroy = random->one_in(2) ? DestroyMode::kLegacy : DestroyMode::kSync;
  }
  p->sheaves = !random->one_in(8);
  p->slab_nomerge = random->one_in(4);
  p->store_buffers = random->one_in(8);
}

// Several sequences in one list, each in its own order: what happens to one object is interrupted
// by what happens to the others.
void weave(Random *random, const Program &p, OpSet allowed, unsigned count,
           std::vector<Operation> *out) {
  std::vector<std::vector<Operation>> strands(random->between(1, 3));
  std::vector<size_t> next(strands.size(), 0);
  for (auto &strand : strands) {
    strand = draw_idiom(random, random->below(idiom_count()), p.threads, allowed);
  }
  Sketch sketch(p.threads);
  for (const Operation &op : *out) sketch.apply(op);
  while (out->size() < count) {
    size_t i = random->below(static_cast<unsigned>(strands.size()));
    bool strand_over = next[i] == strands[i].size();
    if (strand_over && random->one_in(4)) break;
    Operation op = strand_over || random->one_in(6) ? sketch.draw(random, allowed)
                                                    : strands[i][next[i]++];
    sketch.apply(op);
    out->push_back(op);
  }
}

}  // namespace

Program generate(uint64_t seed, const GenerateOptions &options) {
  assert(options.max_operations <= kMaxOperations);
  Random random(seed);
  Program p;
  draw_boot(&random, &p);
  p.strategy = options.strategy;
  const OpSet allowed = draw_swarm(&random);
  unsigned count = options.max_operations / 4 + random.below(options.max_operations * 3 / 4 + 1);
  while (p.operations.size() < count) {
    size_t before = p.operations.size();
    weave(&random, p, allowed, count, &p.operations);
    if (p.operations.size() == before) break;
  }
  if (p.strategy == StrategyKind::kRandom) {
    p.seed = static_cast<uint32_t>(random.next());
  } else {
    for (unsigned n = random.skewed(48); n > 0; --n) p.schedule.push_back(draw_record(&random, p));
  }
  normalize(&p);
  return p;
}

}  // namespace slabbed::fuzz
