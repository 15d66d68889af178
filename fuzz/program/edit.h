// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// edit.h - changes of a program's shape that keep the rest of it meaning the same: when operations
// or threads move, the explicit schedule's references to them move along, and records that refer to
// something that is gone go too. A bytes schedule counts yield points and has no references.
//
// All functions take and leave a normalized program.
#ifndef SLABBED_FUZZ_PROGRAM_EDIT_H
#define SLABBED_FUZZ_PROGRAM_EDIT_H

#include <cstddef>
#include <vector>

#include "fuzz/program/program.h"

namespace slabbed::fuzz {

// keep.size() == operations.size(); keeps operation i iff keep[i].
void keep_operations(Program *program, const std::vector<bool> &keep);
void erase_operation(Program *program, size_t index);
// `index` <= operations.size(). Does nothing when the program is full.
void insert_operation(Program *program, size_t index, const Operation &operation);
// Swaps two operations; records stay with the operation, not with the place.
void swap_operations(Program *program, size_t a, size_t b);
// Removes a thread (0-based) with its operations; later threads move down. Needs threads > 1.
void erase_thread(Program *program, unsigned thread);
// Gives the operations of `from` to `to`, then removes `from`.
void merge_threads(Program *program, unsigned from, unsigned to);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_EDIT_H
