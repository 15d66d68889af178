// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// c_parts.h - the helper functions that a printed C test may need, each with what it needs itself.
// A test contains the ones it uses and no other, so that it compiles without unused functions.
#ifndef SLABBED_FUZZ_PROGRAM_C_PARTS_H
#define SLABBED_FUZZ_PROGRAM_C_PARTS_H

#include <cstdint>
#include <string>

#include "fuzz/program/program.h"

namespace slabbed::fuzz {

using CParts = uint64_t;

// In the order in which they are printed.
enum CPart : unsigned {
  kPartLock, kPartDepth, kPartFail, kPartTurn, kPartHold, kPartEntries, kPartSetEntry,
  kPartClaimEntry, kPartHoldEntry, kPartModules, kPartConstructor, kPartPlaces, kPartClaim,
  kPartBorrow, kPartPublished, kPartFill, kPartGfp, kPartHead, kPartCheck, kPartOwnerCheck,
  kPartRelease, kPartCreate, kPartDestroy, kPartShrink, kPartAlloc, kPartAllocBulk, kPartKmalloc,
  kPartFree, kPartFreeBulk, kPartKfreeRcuNow, kPartKfreeRcu, kPartCheckOperation, kPartPublish,
  kPartRetire, kPartReplace, kPartReaders, kPartReadLock, kPartDereference, kPartBlocking,
  kPartBarrierOnCache, kPartUnload, kPartSleep, kPartCount
};
static_assert(kPartCount <= 64);
constexpr CParts part(CPart part) { return CParts{1} << part; }

// What performing `code` needs directly.
CParts parts_of(OpCode code);
// Everything `parts` need, themselves included.
CParts with_needs(CParts parts);
// The text of `parts` and of everything they need.
std::string print_parts(CParts parts);

}  // namespace slabbed::fuzz
#endif  // SLABBED_FUZZ_PROGRAM_C_PARTS_H
