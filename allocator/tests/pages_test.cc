// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// pages_test.cc - the page allocator: alignment, buddies, conservation, budget, chunks.
#include "core/pages.h"

#include <gtest/gtest.h>

#include <vector>

#include "allocator/tests/system_fixture.h"

namespace slabbed {
namespace {

using slabbed::testing::Faults;

// A chunk is 1024 pages, of which 16 + 48 * 1024 bytes, 13 pages, hold its own descriptors.
constexpr unsigned kReservedPages = 13;

class Pages : public ::testing::Test {
 protected:
  Pages() { testing::start_death_tests_anew(); }
  ~Pages() override { pages_.release_all(); }
  SlabPage *alloc(unsigned order) { return pages_.alloc(order, PageState::kLarge); }
  static uintptr_t address(const SlabPage *page) {
    return reinterpret_cast<uintptr_t>(page_address(page));
  }

  PageAllocator pages_;
};

TEST_F(Pages, BlockOfEveryOrderIsAlignedToItself) {
  for (unsigned order = 0; order <= kMaxPageOrder; order++) {
    SlabPage *page = alloc(order);
    ASSERT_NE(page, nullptr) << order;
    EXPECT_EQ(page->order, order);
    EXPECT_EQ(address(page) % (uintptr_t{kPageBytes} << order), 0u) << order;
  }
  EXPECT_EQ(pages_.pages_in_use(), (1ul << (kMaxPageOrder + 1)) - 1);
}

TEST_F(Pages, EveryAddressOfABlockLeadsToItsHead) {
  SlabPage *first = alloc(2);
  SlabPage *second = alloc(0);
  for (unsigned offset = 0; offset < 4 * kPageBytes; offset += 512) {
    EXPECT_EQ(page_of(reinterpret_cast<void *>(address(first) + offset)), first);
  }
  EXPECT_EQ(page_of(reinterpret_cast<void *>(address(first) + 4 * kPageBytes - 1)), first);
  EXPECT_EQ(page_of(reinterpret_cast<void *>(address(second) + 100)), second);
}

TEST_F(Pages, MemoryIsWritableFromEndToEnd) {
  SlabPage *page = alloc(3);
  char *bytes = static_cast<char *>(page_address(page));
  for (unsigned i = 0; i < 8 * kPageBytes; i += 511) bytes[i] = static_cast<char>(i);
  bytes[8 * kPageBytes - 1] = 1;
  EXPECT_EQ(bytes[511], static_cast<char>(511));
}

TEST_F(Pages, SplitBuddiesComeTogetherAgain) {
  SlabPage *big = alloc(9);  // the only block of its order in a chunk
  uintptr_t start = address(big);
  pages_.free(big);
  std::vector<SlabPage *> small;
  for (unsigned i = 0; i < 1024 - kReservedPages; i++) small.push_back(alloc(0));
  for (unsigned i = 0; i < small.size(); i += 2) pages_.free(small[i]);
  for (unsigned i = 1; i < small.size(); i += 2) pages_.free(small[i]);
  EXPECT_EQ(pages_.pages_in_use(), 0u);
  SlabPage *again = alloc(9);
  EXPECT_EQ(address(again), start);
}

TEST_F(Pages, EveryPageOfAChunkCanBeHandedOutOnce) {
  std::vector<bool> seen(kChunkPages);
  uintptr_t chunk = 0;
  for (unsigned i = 0; i < kChunkPages - kReservedPages; i++) {
    SlabPage *page = alloc(0);
    ASSERT_NE(page, nullptr);
    if (!chunk) chunk = address(page) & ~(kChunkBytes - 1);
    ASSERT_EQ(address(page) & ~(kChunkBytes - 1), chunk) << "second chunk after " << i;
    unsigned index = static_cast<unsigned>((address(page) - chunk) / kPageBytes);
    ASSERT_GE(index, kReservedPages);
    ASSERT_FALSE(seen[index]);
    seen[index] = true;
  }
  SlabPage *next = alloc(0);
  EXPECT_NE(address(next) & ~(kChunkBytes - 1), chunk);
}

TEST_F(Pages, FirstPagesAreTheLowest) {
  SlabPage *first = alloc(0);
  uintptr_t base = address(first) & ~(kChunkBytes - 1);
  EXPECT_EQ(address(first) - base, kReservedPages * kPageBytes);
}

// Random traffic against a map of who owns which page.
TEST_F(Pages, BlocksNeverOverlapAndNoneIsLost) {
  struct Block {
    SlabPage *page;
    unsigned order;
    unsigned char mark;
  };
  std::vector<Block> blocks;
  unsigned long expected = 0;
  uint32_t state = 12345;
  for (unsigned step = 0; step < 20000; step++) {
    state = state * 1664525 + 1013904223;
    unsigned dice = state >> 8;
    if (blocks.empty() || (dice % 16 < 9 && expected < 3000)) {
      unsigned order = (dice >> 4) % 12;
      if (order > 4) order = 0;
      SlabPage *page = alloc(order);
      ASSERT_NE(page, nullptr);
      auto mark = static_cast<unsigned char>(dice);
      for (unsigned i = 0; i < 1u << order; i++) {
        static_cast<unsigned char *>(page_address(page))[i * kPageBytes] = mark;
      }
      blocks.push_back({page, order, mark});
      expected += 1ul << order;
    } else {
      size_t pick = (dice >> 4) % blocks.size();
      Block block = blocks[pick];
      blocks[pick] = blocks.back();
      blocks.pop_back();
      for (unsigned i = 0; i < 1u << block.order; i++) {
        ASSERT_EQ(static_cast<unsigned char *>(page_address(block.page))[i * kPageBytes],
                  block.mark);
      }
      pages_.free(block.page);
      expected -= 1ul << block.order;
    }
    ASSERT_EQ(pages_.pages_in_use(), expected);
  }
  for (const Block &block : blocks) pages_.free(block.page);
  EXPECT_EQ(pages_.pages_in_use(), 0u);
  EXPECT_NE(alloc(9), nullptr);
}

TEST_F(Pages, BudgetRefusesWhatWouldExceedIt) {
  pages_.init(10);
  SlabPage *eight = alloc(3);
  ASSERT_NE(eight, nullptr);
  EXPECT_EQ(alloc(2), nullptr);
  SlabPage *two = alloc(1);
  ASSERT_NE(two, nullptr);
  EXPECT_EQ(alloc(0), nullptr);
  EXPECT_EQ(pages_.pages_in_use(), 10u);
  pages_.free(two);
  EXPECT_NE(alloc(0), nullptr);
}

TEST_F(Pages, FaultInjectorIsAskedOncePerRequest) {
  {
    Faults faults(Faults::kNth, 2);
    EXPECT_NE(alloc(0), nullptr);
    EXPECT_EQ(alloc(0), nullptr);
    EXPECT_NE(alloc(0), nullptr);
    EXPECT_EQ(faults.refused(), 1u);
  }
  EXPECT_EQ(pages_.pages_in_use(), 2u);
}

bool is_mapped(uintptr_t address) {
  FILE *maps = fopen("/proc/self/maps", "r");
  char line[512];
  bool found = false;
  while (maps && fgets(line, sizeof line, maps)) {
    unsigned long start = 0, end = 0;
    if (sscanf(line, "%lx-%lx", &start, &end) == 2) found |= start <= address && address < end;
  }
  if (maps) fclose(maps);
  return found;
}

TEST_F(Pages, EmptyChunkGoesBackToTheSystemUnlessItIsTheLast) {
  SlabPage *first = alloc(9);
  SlabPage *second = alloc(9);
  uintptr_t first_at = address(first), second_at = address(second);
  ASSERT_NE(first_at & ~(kChunkBytes - 1), second_at & ~(kChunkBytes - 1));
  pages_.free(first);
  EXPECT_FALSE(is_mapped(first_at));
  EXPECT_TRUE(is_mapped(second_at));
  pages_.free(second);
  EXPECT_TRUE(is_mapped(second_at));
  SlabPage *again = alloc(9);
  EXPECT_EQ(address(again), second_at);
}

TEST_F(Pages, ReleaseAllTakesBackWhatIsStillHandedOut) {
  uintptr_t at = address(alloc(4));
  alloc(9);
  pages_.release_all();
  EXPECT_FALSE(is_mapped(at));
  EXPECT_EQ(pages_.pages_in_use(), 0u);
}

using PagesDeathTest = Pages;

TEST_F(PagesDeathTest, FreeingABlockTwiceIsCaught) {
  SlabPage *page = alloc(0), *buddy = alloc(0);
  pages_.free(buddy);
  EXPECT_DEATH(pages_.free(buddy), "check failed: page->state == PageState::kSlab");
  pages_.free(page);  // the two are one free block now
  EXPECT_DEATH(pages_.free(page), "check failed: page->state == PageState::kSlab");
  EXPECT_DEATH(pages_.free(buddy), "check failed: page->state == PageState::kSlab");
}

}  // namespace
}  // namespace slabbed
