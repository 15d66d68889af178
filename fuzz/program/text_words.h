// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// text_words.h - the words that the printer and the parser of `.slab` text must agree on.
#ifndef SLABBED_FUZZ_PROGRAM_TEXT_WORDS_H
#define SLABBED_FUZZ_PROGRAM_TEXT_WORDS_H

#include <string_view>

#include "fuzz/program/program.h"

namespace slabbed::fuzz::words {

inline constexpr std::string_view kTitle = "# slabbed program v";
inline constexpr const char *kStrategy[] = {"explicit", "bytes", "random"};
inline constexpr const char *kDestroy[] = {"async", "legacy", "sync"};
static_assert(sizeof(kStrategy) / sizeof(kStrategy[0]) ==
              static_cast<size_t>(StrategyKind::kCount));
static_assert(sizeof(kDestroy) / sizeof(kDestroy[0]) == static_cast<size_t>(DestroyMode::kCount));

struct FlagWord {
  uint8_t flag;
  const char *word;
};
// kCtor is not among them: in C it is an argument of its own, and so it is here.
inline constexpr FlagWord kCacheFlags[] = {{kTypesafe, "SLAB_TYPESAFE_BY_RCU"},
                                           {kStoreUser, "SLAB_STORE_USER"},
                                           {kNoMerge, "SLAB_NO_MERGE"},
                                           {kHwcacheAlign, "SLAB_HWCACHE_ALIGN"}};

}  // namespace slabbed::fuzz::words
#endif  // SLABBED_FUZZ_PROGRAM_TEXT_WORDS_H
