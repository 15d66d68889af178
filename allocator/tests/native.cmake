# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# Tests of the native world. The port's tests link the port alone, so that they judge it without the
# allocator above; those of the whole link slabbed_lib.
if(NOT SLABBED_BUILD_TESTS)
  return()
endif()

add_library(slabbed_native_port STATIC)
foreach(source IN LISTS SLABBED_NATIVE_PORT_SOURCES)
  target_sources(slabbed_native_port PRIVATE ${PROJECT_SOURCE_DIR}/allocator/${source})
endforeach()
target_include_directories(slabbed_native_port PUBLIC ${PROJECT_SOURCE_DIR}/allocator/port/native
  ${PROJECT_SOURCE_DIR}/allocator/include ${PROJECT_SOURCE_DIR}/allocator)
target_link_libraries(slabbed_native_port PUBLIC ${SLABBED_NATIVE_PORT_LIBRARIES} slabbed_instrument
  PRIVATE slabbed_warnings)

function(slabbed_add_native_test name)
  cmake_parse_arguments(arg "" "" "LIBS" ${ARGN})
  slabbed_add_test(${name} SOURCES ${PROJECT_SOURCE_DIR}/allocator/tests/${name}.cc
    LIBS ${arg_LIBS} LABELS unit native)
endfunction()

slabbed_add_native_test(native_slot_test LIBS slabbed_native_port)
slabbed_add_native_test(native_barrier_test LIBS slabbed_native_port)
slabbed_add_native_test(native_mutex_test LIBS slabbed_native_port)
slabbed_add_native_test(native_memory_test LIBS slabbed_native_port)
slabbed_add_native_test(native_fork_test LIBS slabbed_native_port)
slabbed_add_native_test(native_race_test LIBS slabbed_native_port)

# Every flavour, though the library itself links only the default one.
pkg_check_modules(SLABBED_URCU_FLAVOURS REQUIRED IMPORTED_TARGET liburcu-mb liburcu-bp liburcu-qsbr)
slabbed_add_native_test(native_rcu_test
  LIBS slabbed_native_port PkgConfig::SLABBED_URCU_FLAVOURS)

if(SLABBED_SANITIZER MATCHES "thread")
  # A suppression that is not needed any more must go. Every executable that links
  # slabbed_instrument carries it; so this one brings its own flags, and must be reported.
  set(sources ${SLABBED_NATIVE_PORT_SOURCES})
  list(TRANSFORM sources PREPEND ${PROJECT_SOURCE_DIR}/allocator/)
  add_executable(native_rcu_unsuppressed native_rcu_test.cc ${sources})
  target_include_directories(native_rcu_unsuppressed PRIVATE ${PROJECT_SOURCE_DIR}
    $<TARGET_PROPERTY:slabbed_native_port,INTERFACE_INCLUDE_DIRECTORIES>)
  target_compile_options(native_rcu_unsuppressed PRIVATE -fsanitize=${SLABBED_SANITIZER})
  target_link_options(native_rcu_unsuppressed PRIVATE -fsanitize=${SLABBED_SANITIZER})
  target_link_libraries(native_rcu_unsuppressed PRIVATE ${SLABBED_NATIVE_PORT_LIBRARIES}
    PkgConfig::SLABBED_URCU_FLAVOURS GTest::gtest GTest::gtest_main)
  add_test(NAME native_urcu_suppression_is_needed COMMAND native_rcu_unsuppressed)
  set_tests_properties(native_urcu_suppression_is_needed PROPERTIES
    PASS_REGULAR_EXPRESSION "data race.*liburcu-memb" LABELS "unit;native")
endif()

slabbed_add_native_test(native_system_test LIBS slabbed_lib)
slabbed_add_native_test(native_fork_system_test LIBS slabbed_lib)
slabbed_add_native_test(native_stress_test LIBS slabbed_lib)
foreach(test native_system_test native_fork_system_test native_stress_test)
  target_include_directories(${test} PRIVATE ${PROJECT_SOURCE_DIR}/allocator)
endforeach()
# ThreadSanitizer gives up by default when a forked child starts threads, and its deadlock detector
# when a thread holds more than 64 locks, as a System's fork hooks do.
set_tests_properties(native_fork_test native_fork_system_test PROPERTIES
  ENVIRONMENT "TSAN_OPTIONS=die_after_fork=0:detect_deadlocks=0")
