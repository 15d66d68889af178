# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# slabbed_add_test(name SOURCES … LIBS … LABELS … [ARGS …] [NO_GTEST]): one executable, one ctest.
function(slabbed_add_test name)
  cmake_parse_arguments(arg "NO_GTEST" "TIMEOUT" "SOURCES;LIBS;LABELS;ARGS" ${ARGN})
  if(NOT SLABBED_BUILD_TESTS)
    return()
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${arg_LIBS} slabbed_instrument slabbed_warnings)
  if(NOT arg_NO_GTEST)
    find_package(GTest REQUIRED)
    target_link_libraries(${name} PRIVATE GTest::gtest GTest::gtest_main)
  endif()
  add_test(NAME ${name} COMMAND ${name} ${arg_ARGS})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
endfunction()

# slabbed_add_shell_tests(label path): one ctest <label>.<behaviour> for each function
# test_<behaviour> of a bash file, which runs the one it is told. Exit 77: cannot be tried here.
function(slabbed_add_shell_tests label path)
  find_program(SLABBED_BASH bash REQUIRED)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  file(STRINGS ${path} functions REGEX "^test_[a-z0-9_]+\\(\\)")
  foreach(function IN LISTS functions)
    string(REGEX REPLACE "^test_([a-z0-9_]+).*" "\\1" behaviour "${function}")
    add_test(NAME ${label}.${behaviour} COMMAND ${SLABBED_BASH} ${path} ${behaviour})
    set_tests_properties(${label}.${behaviour} PROPERTIES
      LABELS ${label} TIMEOUT 180 SKIP_RETURN_CODE 77)
  endforeach()
endfunction()
