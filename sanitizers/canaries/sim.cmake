# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# Canaries of the simulator under ThreadSanitizer: each wrong case of sim_canary.cc must end with
# status 66 and a report that names its function; its correct twin must end with status 0, silently.
# In builds without TSan all of them must simply survive.
add_executable(sim_canary ${CMAKE_CURRENT_LIST_DIR}/sim_canary.cc)
target_link_libraries(sim_canary PRIVATE slabbed_sched slabbed_instrument slabbed_warnings)
find_program(SLABBED_BASH bash REQUIRED)
string(REPLACE "," ";" slabbed_active_sanitizers "${SLABBED_SANITIZER}")

function(slabbed_add_sim_canary name function)
  set(expect ${SLABBED_BASH} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/sim_expect.sh)
  set(command $<TARGET_FILE:sim_canary>)
  if("thread" IN_LIST slabbed_active_sanitizers)
    set(report "ThreadSanitizer: data race.*${function}")
    add_test(NAME canary.sim_${name} COMMAND ${expect} 66 ${report} ${command} ${name})
  else()
    add_test(NAME canary.sim_${name} COMMAND ${expect} 0 survived ${command} ${name})
  endif()
  add_test(NAME canary.sim_${name}_correct
    COMMAND ${expect} 0 survived ${command} ${name}_correct)
  set_tests_properties(canary.sim_${name} canary.sim_${name}_correct PROPERTIES
    LABELS canary TIMEOUT 60)
endfunction()

slabbed_add_sim_canary(exited_thread race_write)
slabbed_add_sim_canary(relaxed_publication race_read)
slabbed_add_sim_canary(second_section race_second_section)
slabbed_add_sim_canary(no_reader race_no_reader)
slabbed_add_sim_canary(worker_not_joined race_does_not_join)
slabbed_add_sim_canary(freed_metadata race_uses_freed)
slabbed_add_sim_canary(wrong_slot race_wrong_slot)
slabbed_add_sim_canary(hand_over race_takes_over)
