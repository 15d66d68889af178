// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// rcupdate_kernel_style.c - code written for the kernel, on slabbed's own RCU names.
#include <slabbed/rcupdate.h>
#include <slabbed/slab.h>
#include <slabbed/system.h>

struct item {
  int value;
  struct rcu_head rcu;
};

static struct item *current_item;
static int called;

static void count_call(struct rcu_head *head) {
  (void)head;
  called++;
}

int main(void) {
  struct rcu_head head;
  slabbed_rcu_register_thread();
  struct item *first = kmalloc(sizeof(struct item), GFP_KERNEL);
  struct item *second = kmalloc(sizeof(struct item), GFP_KERNEL);
  if (!first || !second) return 1;
  first->value = 1;
  second->value = 2;
  rcu_assign_pointer(current_item, first);
  rcu_read_lock();
  int seen = rcu_dereference(current_item)->value;
  rcu_read_unlock();
  rcu_assign_pointer(current_item, second);
  kfree_rcu(first, rcu);
  call_rcu(&head, count_call);
  rcu_barrier();
  synchronize_rcu();
  kvfree_rcu_barrier();
  int now = rcu_dereference(current_item)->value;
  kfree(second);
  slabbed_rcu_unregister_thread();
  slabbed_system_shutdown(slabbed_system_default());
  return !(seen == 1 && now == 2 && called == 1);
}
