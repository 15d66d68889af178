# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# Tests of the scheduler, included by fuzz/sched/CMakeLists.txt.
function(slabbed_add_sched_test name)
  slabbed_add_test(${name} SOURCES ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${name}.cc
    LIBS slabbed_sched LABELS unit ${ARGN})
endfunction()

slabbed_add_sched_test(sched_order_test)
slabbed_add_sched_test(sched_lock_test)
slabbed_add_sched_test(sched_rcu_test)
slabbed_add_sched_test(sched_memory_test)
slabbed_add_sched_test(sched_store_buffer_test)
slabbed_add_sched_test(sched_thread_test)
slabbed_add_sched_test(sched_abandon_test)
slabbed_add_sched_test(sched_determinism_test)
