// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// minimize.cc - see minimize.h.
#include "fuzz/program/minimize.h"

#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

#include "fuzz/program/edit.h"
#include "fuzz/program/normalize.h"
#include "fuzz/program/operation_table.h"

namespace slabbed::fuzz {
namespace {

class Minimizer {
 public:
  Minimizer(Program program, const SameFinding &same, const MinimizeBudget &budget)
      : best_(std::move(program)), same_(same), budget_(budget) {}

  void run();
  const Program &best() const { return best_; }
  const MinimizeStats &stats() const { return stats_; }

 private:
  // Takes `candidate` if it is another program and still the finding.
  bool accept(Program candidate);

  void threads();
  void operations();
  void schedule();
  void faults();
  void boot();
  void arguments();
  void names();

  // Delta debugging: removes as many of `count` items as it can. without(keep) builds the
  // candidate.
  template <typename Without>
  void remove_items(size_t count, Without without);
  template <typename Change>
  bool try_change(Change change);
  // Sets *field(program) to the first of `plain` that works.
  template <typename Field>
  void simplify(Field field, std::vector<unsigned> plain);
  void renumber(unsigned use, uint8_t Operation::*field, unsigned count);

  Program best_;
  const SameFinding &same_;
  const MinimizeBudget &budget_;
  MinimizeStats stats_;
  bool exhausted_ = false;  // the budget has ended; nothing is tried any more
};

bool Minimizer::accept(Program candidate) {
  normalize(&candidate);
  if (exhausted_ || candidate == best_) return false;
  exhausted_ = stats_.tries == budget_.max_tries ||
               (budget_.out_of_time && budget_.out_of_time());
  if (exhausted_) return false;
  ++stats_.tries;
  if (!same_(candidate)) return false;
  ++stats_.successes;
  best_ = std::move(candidate);
  return true;
}

template <typename Change>
bool Minimizer::try_change(Change change) {
  Program candidate = best_;
  change(candidate);
  return accept(std::move(candidate));
}

template <typename Without>
void Minimizer::remove_items(size_t count, Without without) {
  for (size_t chunk = count; chunk > 0 && !exhausted_; chunk /= 2) {
    // From the end: what comes late seldom carries what comes before it.
    for (size_t end = count; end > 0;) {
      size_t first = end > chunk ? end - chunk : 0;
      std::vector<bool> keep(count, true);
      std::fill(keep.begin() + static_cast<ptrdiff_t>(first),
                keep.begin() + static_cast<ptrdiff_t>(end), false);
      if (accept(without(keep))) count -= end - first;
      end = first;
    }
  }
}

void Minimizer::threads() {
  for (unsigned thread = best_.threads; thread-- > 0 && best_.threads > 1;) {
    try_change([&](Program &p) { erase_thread(&p, thread); });
  }
  for (unsigned from = best_.threads; from-- > 1;) {
    for (unsigned to = 0; to < from; ++to) {
      if (try_change([&](Program &p) { merge_threads(&p, from, to); })) break;
    }
  }
}

void Minimizer::operations() {
  remove_items(best_.operations.size(), [&](const std::vector<bool> &keep) {
    Program candidate = best_;
    keep_operations(&candidate, keep);
    return candidate;
  });
}

void Minimizer::schedule() {
  remove_items(best_.schedule.size(), [&](const std::vector<bool> &keep) {
    Program candidate = best_;
    candidate.schedule.clear();
    for (size_t i = 0; i < keep.size(); ++i) {
      if (keep[i]) candidate.schedule.push_back(best_.schedule[i]);
    }
    return candidate;
  });
  if (best_.strategy == StrategyKind::kBytes && best_.schedule.empty()) {
    try_change([](Program &p) { p.strategy = StrategyKind::kExplicit; });  // the same, said plainly
  }
}

template <typename Field>
void Minimizer::simplify(Field field, std::vector<unsigned> plain) {
  for (unsigned value : plain) {
    if (*field(best_) == value) return;  // already as plain as it can be shown to get
    if (try_change([&](Program &p) {
          *field(p) = static_cast<std::decay_t<decltype(*field(p))>>(value);
        })) {
      return;
    }
  }
}

void Minimizer::faults() {
  for (size_t i = 0; i < best_.operations.size(); ++i) {
    simplify([i](Program &p) { return &p.operations[i].fail_nth; }, {0, 1, 2, 3});
  }
}

void Minimizer::boot() {
  const Program plain;
  try_change([](Program &p) { p.store_buffers = false; });
  try_change([](Program &p) { p.slab_nomerge = false; });
  try_change([&](Program &p) { p.sheaves = plain.sheaves; });
  try_change([&](Program &p) { p.destroy = plain.destroy; });
  simplify([](Program &p) { return &p.slots; }, {plain.slots});
  simplify([](Program &p) { return &p.sheaf_capacity; }, {plain.sheaf_capacity, 1, 2, 4});
  simplify([](Program &p) { return &p.seed; }, {0, 1, 2});
}

void Minimizer::arguments() {
  for (size_t i = 0; i < best_.operations.size(); ++i) {
    const Operation op = best_.operations[i];
    for (unsigned bit = 1; bit <= op.flags; bit <<= 1) {
      if (op.flags & bit) {
        try_change([&](Program &p) { p.operations[i].flags &= static_cast<uint8_t>(~bit); });
      }
    }
    auto arg = [i](Program &p) { return &p.operations[i].arg; };
    if (op.code == OpCode::kCacheCreate || op.code == OpCode::kKmalloc) simplify(arg, {64, 256});
    else if (op.code == OpCode::kSleep) simplify(arg, {0, 1, 600});
    else if (operation_info(op.code).uses & kUsesArg) simplify(arg, {1, 2, 4});
  }
  for (size_t i = 0; i < best_.schedule.size(); ++i) {
    if (best_.strategy != StrategyKind::kBytes) break;
    simplify([i](Program &p) { return &p.schedule[i].to; }, {0, 1, 2});
  }
}

// Gives the operands in use the lowest numbers, in order of appearance, in one try.
void Minimizer::renumber(unsigned use, uint8_t Operation::*field, unsigned count) {
  std::vector<unsigned> number(count, count);
  unsigned next = 0;
  Program candidate = best_;
  for (Operation &op : candidate.operations) {
    const OperationInfo &info = operation_info(op.code);
    if (!(info.uses & use)) continue;
    unsigned &given = number[op.*field];
    if (given == count) given = next++;
    // Bulk operations take neighbours, so their numbers cannot be chosen one by one.
    if (info.arg_max == kMaxBulk && (use & kUsesSlot)) return;
    op.*field = static_cast<uint8_t>(given);
  }
  accept(std::move(candidate));
}

void Minimizer::names() {
  renumber(kUsesCache, &Operation::cache, kMaxCaches);
  renumber(kUsesPublished, &Operation::cache, kMaxPublished);
  renumber(kUsesSlot, &Operation::slot, kMaxSlots);
  renumber(kUsesName, &Operation::slot, kCacheNames);
  try_change([](Program &p) { p.names = kDefaultNames; });
}

void Minimizer::run() {
  // Every accepted change of a round makes the program smaller or plainer by a fixed order, so
  // rounds end; one that accepted nothing has tried everything there is.
  for (unsigned successes = UINT32_MAX; successes != stats_.successes && !exhausted_;) {
    successes = stats_.successes;
    threads();
    operations();
    schedule();
    faults();
    boot();
    arguments();
    names();
  }
  stats_.complete = !exhausted_;
}

}  // namespace

Program minimize(const Program &program, const SameFinding &same, const MinimizeBudget &budget,
                 MinimizeStats *stats) {
  Program normal = program;
  normalize(&normal);
  Minimizer minimizer(std::move(normal), same, budget);
  minimizer.run();
  if (stats != nullptr) *stats = minimizer.stats();
  return minimizer.best();
}

}  // namespace slabbed::fuzz
