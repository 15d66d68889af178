// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// urcu_first.c - a liburcu program that includes <urcu.h> before <slabbed/slab.h>.
#include <urcu.h>
//
#include <slabbed/slab.h>
#include <slabbed/system.h>

struct item {
  int value;
  struct rcu_head rcu;
};

int main(void) {
  struct kmem_cache *items = kmem_cache_create("items", sizeof(struct item), 0, 0, NULL);
  struct item *item = kmem_cache_alloc(items, GFP_KERNEL);
  if (!item) return 1;
  item->value = 7;
  rcu_register_thread();
  rcu_read_lock();
  kfree_rcu(item, rcu);
  int value = item->value;
  rcu_read_unlock();
  rcu_unregister_thread();
  kvfree_rcu_barrier();
  kmem_cache_destroy(items);
  slabbed_system_shutdown(slabbed_system_default());
  return value != 7;
}
