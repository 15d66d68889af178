// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// crossover.cc - see crossover.h.
#include "fuzz/program/crossover.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "fuzz/program/edit.h"
#include "fuzz/program/normalize.h"
#include "fuzz/program/step_name.h"

namespace slabbed::fuzz {
namespace {

// Which operations come from where: for each of the child's, the parent and the number there.
struct Origin {
  unsigned parent;  // 0 or 1
  size_t index;
};

std::vector<Origin> join_at_cuts(const Program *const parents[2], Random *random) {
  std::vector<Origin> origins;
  size_t head = random->below(static_cast<unsigned>(parents[0]->operations.size()) + 1);
  size_t tail = random->below(static_cast<unsigned>(parents[1]->operations.size()) + 1);
  for (size_t i = 0; i < head; ++i) origins.push_back({0, i});
  for (size_t i = tail; i < parents[1]->operations.size(); ++i) origins.push_back({1, i});
  return origins;
}

// Runs of operations of both, in turns; with `mask`, parent k gives the threads in mask[k] only.
std::vector<Origin> interleave(const Program *const parents[2], const unsigned mask[2],
                               Random *random) {
  std::vector<Origin> origins;
  size_t next[2] = {0, 0};
  for (unsigned k = random->below(2); next[0] < parents[0]->operations.size() ||
                                      next[1] < parents[1]->operations.size(); k ^= 1) {
    for (unsigned run = 1 + random->skewed(15); run > 0; --run) {
      if (next[k] == parents[k]->operations.size()) break;
      size_t index = next[k]++;
      if (mask[k] >> parents[k]->operations[index].thread & 1) origins.push_back({k, index});
    }
  }
  return origins;
}

// Appends the parent's records whose operation is in the child, pointing to its place there.
void inherit_schedule(const Program &parent, unsigned k, const std::vector<Origin> &origins,
                      Program *child) {
  std::vector<bool> keep(parent.operations.size(), false);
  for (const Origin &origin : origins) {
    if (origin.parent == k) keep[origin.index] = true;
  }
  Program left = parent;
  keep_operations(&left, keep);  // now the n-th operation of `left` is the n-th with origin k
  std::vector<uint16_t> place;
  for (size_t i = 0; i < origins.size(); ++i) {
    if (origins[i].parent == k) place.push_back(static_cast<uint16_t>(i));
  }
  assert(place.size() == left.operations.size());
  const bool refers = parent.strategy == StrategyKind::kExplicit;
  for (ScheduleRecord record : left.schedule) {
    if (refers && record.operation != kOutsideOperations) {
      assert(record.operation < place.size());
      record.operation = place[record.operation];
    }
    child->schedule.push_back(record);
  }
}

}  // namespace

Program crossover(const Program &a, const Program &b, Random *random) {
  const bool swapped = random->one_in(2);
  const Program *const parents[2] = {swapped ? &b : &a, swapped ? &a : &b};
  Program child = *parents[0];
  child.threads = std::max(a.threads, b.threads);
  child.schedule.clear();
  unsigned mask[2] = {~0u, ~0u};
  if (random->one_in(2)) {
    mask[0] = random->below(1u << kMaxThreads);
    mask[1] = ~mask[0];
  }
  std::vector<Origin> origins = random->one_in(2) ? join_at_cuts(parents, random)
                                                  : interleave(parents, mask, random);
  if (origins.size() > kMaxOperations) origins.resize(kMaxOperations);
  child.operations.clear();
  for (const Origin &origin : origins) {
    child.operations.push_back(parents[origin.parent]->operations[origin.index]);
  }
  for (unsigned k = 0; k < 2; ++k) {
    if (parents[k]->strategy == child.strategy) inherit_schedule(*parents[k], k, origins, &child);
  }
  normalize(&child);
  return child;
}

}  // namespace slabbed::fuzz
