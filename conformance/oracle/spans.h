// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// spans.h - which thing lies at an address: disjoint half-open ranges, sorted by their start.
//
// A run holds a few dozen objects and slabs at a time, so a sorted vector beats every tree; its
// memory is kept from run to run. Invariant: begin < end, and ranges never overlap (the rules
// that call overlapping() first are what guarantees it).
#ifndef SLABBED_CONFORMANCE_ORACLE_SPANS_H
#define SLABBED_CONFORMANCE_ORACLE_SPANS_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace slabbed::conf {

struct Span {
  uint64_t begin, end;
  uint32_t index;  // of the object or slab in the model's list
};

class Spans {
 public:
  static constexpr uint32_t kNone = 0xffffffff;

  void clear() { spans_.clear(); }
  void insert(uint64_t begin, uint64_t end, uint32_t index) {
    spans_.insert(spans_.begin() + static_cast<std::ptrdiff_t>(after(begin)), {begin, end, index});
  }
  void erase(uint64_t begin) {
    size_t i = after(begin);
    if (i == 0 || spans_[i - 1].begin != begin) return;
    spans_.erase(spans_.begin() + static_cast<std::ptrdiff_t>(i - 1));
  }
  // The range that shares at least one byte with [begin, end): the lowest one, or kNone.
  uint32_t overlapping(uint64_t begin, uint64_t end) const {
    size_t i = after(begin);
    if (i != 0 && spans_[i - 1].end > begin) return spans_[i - 1].index;
    return i < spans_.size() && spans_[i].begin < end ? spans_[i].index : kNone;
  }
  // The range that starts at `begin`, or kNone.
  uint32_t starting(uint64_t begin) const {
    size_t i = after(begin);
    return i != 0 && spans_[i - 1].begin == begin ? spans_[i - 1].index : kNone;
  }
  const std::vector<Span> &all() const { return spans_; }

 private:
  // The number of ranges that start at or before `begin`.
  size_t after(uint64_t begin) const {
    size_t low = 0, high = spans_.size();
    while (low < high) {
      size_t middle = (low + high) / 2;
      if (spans_[middle].begin <= begin) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  std::vector<Span> spans_;
};

}  // namespace slabbed::conf
#endif  // SLABBED_CONFORMANCE_ORACLE_SPANS_H
