// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// faults_test.cc - every single request for memory refused once, in a program that uses everything:
// calls may fail, but nothing is lost, reported or left behind.
//
// Each scenario runs with its 1st request refused, then its 2nd, and so on until a run has no such
// request any more.
#include <slabbed/rcupdate.h>
#include <slabbed/slab.h>
#include <string.h>

#include <functional>

#include "allocator/tests/system_fixture.h"
#include "core/cache.h"

namespace slabbed {
namespace {

using testing::Faults;

struct Object {
  uint64_t payload[2];
  struct rcu_head rcu;
  uint64_t tail[100];
};

void fill_x(void *object) { memset(object, 'x', sizeof(Object)); }

class EachFault : public testing::SystemTest, public ::testing::WithParamInterface<const char *> {
 protected:
  // Return: how many different requests the scenario makes.
  unsigned refuse_each(const std::function<void()> &scenario) {
    for (unsigned n = 1;; n++) {
      boot(testing::format("destroy=%s sheaf_capacity=4", GetParam()).c_str());
      unsigned refused;
      {
        Faults faults(Faults::kNth, n);
        scenario();
        refused = faults.refused();
      }
      kvfree_rcu_barrier();
      flush_destroy_work();
      EXPECT_EQ(pages(), 0u) << "request " << n;
      EXPECT_TRUE(slabinfo().empty()) << "request " << n;
      EXPECT_EQ(count(SLABBED_EV_CACHE_LEAKED), 0u) << "request " << n;
      EXPECT_EQ(count(SLABBED_EV_SLAB_NEW), count(SLABBED_EV_SLAB_FREE)) << "request " << n;
      shutdown();
      take_events();
      take_lines();
      if (!refused || HasFailure()) return n - 1;
    }
  }
  static kmem_cache *make(slab_flags_t flags, void (*ctor)(void *) = nullptr) {
    return kmem_cache_create("c", sizeof(Object), 0, flags, ctor);
  }
  static std::vector<Object *> take(kmem_cache *s, unsigned count) {
    std::vector<Object *> objects;
    for (unsigned i = 0; i < count; i++) {
      auto *object = static_cast<Object *>(kmem_cache_alloc(s, GFP_KERNEL));
      if (object) objects.push_back(object);
    }
    return objects;
  }
};
INSTANTIATE_TEST_SUITE_P(Modes, EachFault, ::testing::Values("legacy", "async", "sync"),
                         [](const auto &mode) { return std::string(mode.param); });

TEST_P(EachFault, AllocationAndFree) {
  for (slab_flags_t flags : {0u, SLAB_NO_MERGE, SLAB_TYPESAFE_BY_RCU, SLAB_STORE_USER}) {
    unsigned requests = refuse_each([&] {
      kmem_cache *s = make(flags);
      if (!s) return;
      std::vector<Object *> objects = take(s, 60);
      EXPECT_GE(objects.size(), 56u);  // a refused page costs one call, a refused sheaf none
      for (Object *object : objects) kmem_cache_free(s, object);
      EXPECT_TRUE(cache_is_valid(s));
      kmem_cache_destroy(s);
    });
    EXPECT_GE(requests, 6u);
  }
}

TEST_P(EachFault, ConstructedObjects) {
  refuse_each([] {
    kmem_cache *s = make(0, fill_x);
    if (!s) return;
    std::vector<Object *> objects = take(s, 20);
    for (Object *object : objects) EXPECT_EQ(object->tail[99], 0x7878787878787878u);
    for (Object *object : objects) kmem_cache_free(s, object);
    kmem_cache_destroy(s);
  });
}

TEST_P(EachFault, BulkIsAllOrNothing) {
  refuse_each([] {
    kmem_cache *s = make(SLAB_NO_MERGE);
    if (!s) return;
    void *objects[70];
    int got = kmem_cache_alloc_bulk(s, GFP_KERNEL, 70, objects);
    slabbed_cache_info i = info(s);
    EXPECT_TRUE(got == 70 || got == 0);
    EXPECT_EQ(i.objects - i.sheaf_objects, static_cast<unsigned long>(got));
    if (got) kmem_cache_free_bulk(s, 70, objects);
    kmem_cache_destroy(s);
  });
}

TEST_P(EachFault, KfreeRcuNeverFails) {
  for (slab_flags_t flags : {SLAB_NO_MERGE, SLAB_STORE_USER, SLAB_TYPESAFE_BY_RCU}) {
    unsigned requests = refuse_each([&] {
      kmem_cache *s = make(flags);
      if (!s) return;
      size_t handed_over = 0;
      for (unsigned round = 0; round < 5; round++) {
        std::vector<Object *> objects = take(s, 10);
        handed_over += objects.size();
        for (size_t i = 0; i < objects.size(); i++) {
          if (i % 4 == 3) kfree_rcu_mightsleep(objects[i]);
          else kfree_rcu(objects[i], rcu);
        }
      }
      kvfree_rcu_barrier();
      EXPECT_EQ(count(SLABBED_EV_OBJECT_RECLAIMED), handed_over);
      EXPECT_EQ(info(s).pending_rcu, 0u);
      kmem_cache_destroy(s);
    });
    EXPECT_GE(requests, 6u);
  }
}

TEST_P(EachFault, AliasesKeepTheirCount) {
  refuse_each([] {
    kmem_cache *caches[3];
    for (kmem_cache *&s : caches) s = make(0);
    for (kmem_cache *s : caches) {
      if (!s) continue;
      for (Object *object : take(s, 3)) kmem_cache_free(s, object);
    }
    for (kmem_cache *s : caches) kmem_cache_destroy(s);
  });
}

}  // namespace
}  // namespace slabbed
