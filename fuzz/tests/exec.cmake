# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# Tests of the executor, the fuzz targets and the command line, included by fuzz/CMakeLists.txt.
set(tests ${CMAKE_CURRENT_LIST_DIR})
foreach(name exec_operations_test exec_determinism_test exec_parts_test exec_report_test)
  slabbed_add_test(${name} SOURCES ${tests}/${name}.cc LIBS slabbed_exec LABELS unit)
endforeach()
slabbed_add_test(exec_native_test SOURCES ${tests}/exec_native_test.cc LIBS slabbed_exec_native
  LABELS unit)

add_executable(trace_hashes ${tests}/trace_hashes.cc)
target_link_libraries(trace_hashes PRIVATE slabbed_exec slabbed_instrument slabbed_warnings)
add_test(NAME trace_hashes_agree COMMAND ${tests}/hashes_agree.sh $<TARGET_FILE:trace_hashes>
  ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR})
set_tests_properties(trace_hashes_agree PROPERTIES LABELS determinism TIMEOUT 300)

# The command line, over the allocator and over one with a bug in it (plain builds have them).
set(planted partial_batch_missed_by_barrier)
set(environment SLABBED=$<TARGET_FILE:slabbed_cli>)
if(TARGET slabbed_exec_${planted})
  if(NOT TARGET slabbed_cli_${planted})
    slabbed_add_cli(slabbed_cli_${planted} sim slabbed_exec_${planted})
  endif()
  set(rejects ${PROJECT_SOURCE_DIR}/conformance/litmus/rejects)
  list(APPEND environment PLANTED=$<TARGET_FILE:slabbed_cli_${planted}>
    FINDING=${rejects}/${planted}.slab RULE=BATCH-2)
endif()
slabbed_add_shell_tests(cli ${tests}/cli_test.sh)
file(STRINGS ${tests}/cli_test.sh functions REGEX "^test_[a-z0-9_]+\\(\\)")
foreach(function IN LISTS functions)
  string(REGEX REPLACE "^test_([a-z0-9_]+).*" "\\1" behaviour "${function}")
  set_tests_properties(cli.${behaviour} PROPERTIES ENVIRONMENT "${environment}")
endforeach()
