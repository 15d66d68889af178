// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// leak_report_test.cc - what kmem_cache_destroy() says about objects that remain: the exact text of
// each generation, each object once, where it was allocated, and who called destroy.
//
// Only what a run decides is replaced before comparing: addresses by ADDR, ages by N, offsets into
// functions and all stack lines but the first by nothing.
#include <slabbed/slab.h>
#include <unistd.h>

#include <algorithm>
#include <regex>

#include "allocator/tests/native_threads.h"
#include "allocator/tests/system_fixture.h"
#include "core/cache.h"
#include "port/thread.h"

// Exported and not inlined, so that reports can name them. The work after the call keeps it from
// becoming a jump, which would leave no return address.
extern "C" __attribute__((noinline, visibility("default"))) void *leak_alloc(kmem_cache *s) {
  void *object = kmem_cache_alloc(s, GFP_KERNEL);
  __asm__ volatile("" : "+r"(object)::"memory");
  return object;
}
extern "C" __attribute__((noinline, visibility("default"))) void leak_free(kmem_cache *s,
                                                                           void *object) {
  kmem_cache_free(s, object);
  __asm__ volatile("" ::: "memory");
}
extern "C" __attribute__((noinline, visibility("default"))) void leak_destroy(kmem_cache *s) {
  kmem_cache_destroy(s);
  __asm__ volatile("" ::: "memory");
}

namespace slabbed {
namespace {

using testing::Event;
using testing::format;
using testing::TestThread;
using Lines = std::vector<std::string>;

constexpr char kDouble[] =
    "=============================================================================";
constexpr char kSingle[] =
    "-----------------------------------------------------------------------------";
constexpr char kCut[] = "------------[ cut here ]------------";

class LeakReport : public testing::SystemTest {
 protected:
  void start(const char *mode, slab_flags_t flags = SLAB_STORE_USER) {
    boot(format("destroy=%s hz=1000 sheaf_capacity=4", mode).c_str());
    s = kmem_cache_create("c", 64, 0, flags, nullptr);
  }
  void destroy() {
    leak_destroy(s);
    flush_destroy_work();
  }
  static Lines normalised(const Lines &lines) {
    static const std::regex address("0x[0-9a-f]{6,}"), offset("\\+0x[0-9a-f]+"), age("age=[0-9]+");
    Lines result;
    bool in_stack = false;
    for (const std::string &line : lines) {
      bool stack_line = line.rfind("        ", 0) == 0;
      if (stack_line && in_stack) continue;
      in_stack = stack_line;
      std::string text = std::regex_replace(line, offset, "");
      text = std::regex_replace(text, address, "ADDR");
      result.push_back(std::regex_replace(text, age, "age=N"));
    }
    return result;
  }
  Lines report() { return normalised(take_lines()); }
  std::vector<const void *> leaked_objects() {
    std::vector<const void *> objects;
    for (const Event &event : events(SLABBED_EV_LEAKED_OBJECT)) objects.push_back(event.object);
    return objects;
  }
  static std::string who(unsigned slot, int pid) {
    return format("age=N cpu=%u pid=%d", slot, pid);
  }
  static std::string me() { return who(port::this_slot(), port::thread_id()); }

  kmem_cache *s = nullptr;
};

TEST_F(LeakReport, AsyncTellsObjectsThenSlabThenWhoCalledDestroy) {
  start("async");
  void *object = leak_alloc(s);
  destroy();
  EXPECT_EQ(leaked_objects(), std::vector<const void *>{object});
  EXPECT_EQ(report(),
            (Lines{kDouble, "BUG c (Not tainted): Objects remaining on __kmem_cache_shutdown()",
                   kSingle, "", "Object ADDR @offset=0", "Allocated in leak_alloc " + me(),
                   "        leak_alloc",
                   "Slab ADDR objects=32 used=1 fp=ADDR flags=0x200(slab|node=0|zone=0)", kCut,
                   "kmem_cache_destroy c: Slab cache still has objects",
                   "kmem_cache_destroy was called from leak_destroy", "        leak_destroy"}));
}

TEST_F(LeakReport, SyncNamesTheCallerInTheWarning) {
  start("sync");
  leak_alloc(s);
  destroy();
  EXPECT_EQ(report(),
            (Lines{kDouble, "BUG c (Not tainted): Objects remaining on __kmem_cache_shutdown()",
                   kSingle, "", "Object ADDR @offset=0", "Allocated in leak_alloc " + me(),
                   "        leak_alloc",
                   "Slab ADDR objects=32 used=1 fp=ADDR flags=0x200(slab|node=0|zone=0)", kCut,
                   "kmem_cache_destroy c: Slab cache still has objects when called from "
                   "leak_destroy"}));
}

TEST_F(LeakReport, LegacyPutsTheSlabFirstAndRepeatsTheName) {
  start("legacy");
  leak_alloc(s);
  destroy();
  EXPECT_EQ(report(),
            (Lines{kDouble,
                   "BUG c (Not tainted): Objects remaining in c on __kmem_cache_shutdown()",
                   kSingle, "",
                   "Slab ADDR objects=32 used=1 fp=ADDR flags=0x200(slab|node=0|zone=0)",
                   "Object ADDR @offset=0", "Allocated in leak_alloc " + me(),
                   "        leak_alloc", kCut,
                   "kmem_cache_destroy c: Slab cache still has objects when called from "
                   "leak_destroy"}));
}

TEST_F(LeakReport, AddressesAndOffsetsAreTheObjects) {
  start("sync");
  leak_free(s, leak_alloc(s));
  auto *first = static_cast<char *>(leak_alloc(s));
  auto *second = static_cast<char *>(leak_alloc(s));
  leak_free(s, first);
  destroy();
  Lines lines = take_lines();
  ASSERT_GE(lines.size(), 5u);
  EXPECT_EQ(second, first + 128);
  EXPECT_EQ(lines[4], format("Object %p @offset=128", static_cast<void *>(second)));
  auto slab = std::find_if(lines.begin(), lines.end(),
                           [](const std::string &line) { return line.rfind("Slab ", 0) == 0; });
  ASSERT_NE(slab, lines.end());
  EXPECT_EQ(*slab, format("Slab %p objects=32 used=1 fp=%p flags=0x200(slab|node=0|zone=0)",
                          static_cast<void *>(first), static_cast<void *>(first)));
}

TEST_F(LeakReport, ReusedObjectTellsWhoFreedItBefore) {
  start("sync");
  leak_free(s, leak_alloc(s));
  leak_alloc(s);
  destroy();
  Lines lines = report();
  ASSERT_GE(lines.size(), 9u);
  EXPECT_EQ(Lines(lines.begin() + 4, lines.begin() + 9),
            (Lines{"Object ADDR @offset=0", "Allocated in leak_alloc " + me(),
                   "        leak_alloc", "Freed in leak_free " + me(), "        leak_free"}));
}

TEST_F(LeakReport, OtherThreadIsNamedWithItsSlotAndId) {
  start("sync");
  unsigned slot = 0;
  int pid = 0;
  TestThread other([&] {
    leak_alloc(s);
    slot = port::this_slot();
    pid = port::thread_id();
  });
  other.join();
  destroy();
  Lines lines = report();
  ASSERT_GE(lines.size(), 6u);
  EXPECT_NE(slot, port::this_slot());
  EXPECT_EQ(lines[5], "Allocated in leak_alloc " + who(slot, pid));
}

TEST_F(LeakReport, AgeIsInJiffies) {
  start("sync");
  leak_alloc(s);
  usleep(30000);
  destroy();
  Lines lines = take_lines();
  std::smatch match;
  ASSERT_TRUE(std::regex_search(lines[5], match, std::regex("age=([0-9]+)")));
  EXPECT_GE(std::stoi(match[1]), 30);
  EXPECT_LT(std::stoi(match[1]), 30000);
}

TEST_F(LeakReport, WithoutStoreUserItSaysHowToLearnMore) {
  start("async", SLAB_NO_MERGE);
  leak_alloc(s);
  destroy();
  EXPECT_EQ(report(),
            (Lines{kDouble, "BUG c (Not tainted): Objects remaining on __kmem_cache_shutdown()",
                   kSingle, "", "Object ADDR @offset=192",  // the last of a sheaf of four
                   "Slab ADDR objects=64 used=1 fp=ADDR flags=0x200(slab|node=0|zone=0)", kCut,
                   "kmem_cache_destroy c: Slab cache still has objects",
                   "kmem_cache_destroy was called from leak_destroy",
                   "(create c with SLAB_STORE_USER to see where its objects were allocated)"}));
}

TEST_F(LeakReport, OffsetsAreMultiplesOfTheStride) {
  start("sync", SLAB_TYPESAFE_BY_RCU);
  leak_alloc(s);
  leak_alloc(s);
  destroy();
  Lines lines = report();
  ASSERT_GE(lines.size(), 7u);
  EXPECT_EQ(lines[4], "Object ADDR @offset=144");
  EXPECT_EQ(lines[5], "Object ADDR @offset=216");
  EXPECT_EQ(lines[6], "Slab ADDR objects=56 used=2 fp=ADDR flags=0x200(slab|node=0|zone=0)");
}

// Full slabs included (the kernel lists partial ones only), by address, whatever the lists' order.
TEST_F(LeakReport, EveryRemainingObjectIsListedOnceInAddressOrder) {
  for (const char *mode : {"legacy", "async", "sync"}) {
    start(mode, SLAB_NO_MERGE);
    std::vector<void *> objects;
    for (unsigned i = 0; i < 6 * 64; i++) objects.push_back(leak_alloc(s));
    std::sort(objects.begin(), objects.end());
    std::vector<const void *> remain;
    for (unsigned i = 0; i < objects.size(); i++) {
      unsigned slab = i / 64;
      bool whole = slab == 1 || slab == 4;
      bool stays = whole || (slab == 2 && i % 3 == 0) || (slab == 5 && i % 64 == 7);
      if (stays) remain.push_back(objects[i]);
      else leak_free(s, objects[i]);
    }
    destroy();
    EXPECT_EQ(leaked_objects(), remain) << mode;
    Lines objects_said, headers;
    for (const std::string &line : take_lines()) {
      if (line.rfind("Object ", 0) == 0) objects_said.push_back(line.substr(0, line.find(" @")));
      if (line.rfind("BUG ", 0) == 0) headers.push_back(line.substr(0, line.find("):")));
    }
    ASSERT_EQ(objects_said.size(), remain.size());
    for (size_t i = 0; i < remain.size(); i++) {
      EXPECT_EQ(objects_said[i], format("Object %p", remain[i]));
    }
    // One report per slab; from the second one on the System is tainted.
    EXPECT_EQ(headers, (Lines{"BUG c (Not tainted", "BUG c (Tainted: G    B",
                              "BUG c (Tainted: G    B", "BUG c (Tainted: G    B"}));
    std::vector<Event> leaked = events(SLABBED_EV_CACHE_LEAKED);
    ASSERT_EQ(leaked.size(), 1u);
    EXPECT_EQ(leaked[0].a, remain.size());
    shutdown();
    take_events();
  }
}

TEST_F(LeakReport, ObserverHearsEveryLineTheSinkGets) {
  start("sync");
  leak_alloc(s);
  destroy();
  Lines heard;
  for (const Event &event : events(SLABBED_EV_REPORT)) heard.push_back(event.text);
  EXPECT_EQ(heard, take_lines());
}

TEST_F(LeakReport, WithoutASinkLinesGoToStandardError) {
  start("sync", SLAB_NO_MERGE);
  leak_alloc(s);
  slabbed_system_set_report_sink(system_, nullptr, nullptr);
  ::testing::internal::CaptureStderr();
  destroy();
  std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(said.substr(0, 78), std::string(kDouble) + "\n");
  EXPECT_NE(said.find("\nkmem_cache_destroy c: Slab cache still has objects when called from "),
            std::string::npos);
  EXPECT_EQ(said.back(), '\n');
}

// A leak report reads tracks while the worker brings objects of the same slab home.
TEST_F(LeakReport, LegacyReportRunsBesideTheWorker) {
  struct Object {
    uint64_t payload[2];
    struct { void *next, *func; } head;
  };
  start("legacy");
  for (unsigned round = 0; round < 50; round++) {
    kmem_cache *each = kmem_cache_create(format("c%u", round).c_str(), 64, 0, SLAB_STORE_USER,
                                         nullptr);
    std::vector<void *> objects;
    for (unsigned i = 0; i < 40; i++) objects.push_back(leak_alloc(each));
    for (unsigned i = 0; i < 39; i++) {
      auto *object = static_cast<Object *>(objects[i]);
      kvfree_call_rcu(reinterpret_cast<rcu_head *>(&object->head), object);
    }
    TestThread barrier([] { kvfree_rcu_barrier(); });
    kmem_cache_destroy(each);
    barrier.join();
    EXPECT_EQ(info(each).objects, 1u);
  }
  EXPECT_EQ(count(SLABBED_EV_CACHE_LEAKED), 50u);
}

}  // namespace
}  // namespace slabbed
