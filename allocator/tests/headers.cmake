# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# The public headers as programs see them: strict C11, beside liburcu in both orders, and the two
# combinations that must not compile.
foreach(program slab_alone slab_first urcu_first rcupdate_kernel_style)
  slabbed_add_test(header_${program} SOURCES headers/${program}.c LIBS slabbed_lib LABELS unit
    NO_GTEST)
  set_target_properties(header_${program} PROPERTIES LINKER_LANGUAGE CXX C_EXTENSIONS OFF)
  set_tests_properties(header_${program} PROPERTIES
    ENVIRONMENT "${SLABBED_NATIVE_TEST_ENVIRONMENT}")
endforeach()
target_compile_options(header_slab_alone PRIVATE -Wpedantic -Werror)

set(include_flags -I${PROJECT_SOURCE_DIR}/allocator/include
  -I${PROJECT_SOURCE_DIR}/allocator/port/native)
foreach(program rcupdate_after_urcu rcupdate_before_urcu)
  add_test(NAME header_${program} COMMAND ${CMAKE_C_COMPILER} -std=gnu11 -fsyntax-only
    ${include_flags} ${CMAKE_CURRENT_SOURCE_DIR}/headers/${program}.c)
  set_tests_properties(header_${program} PROPERTIES LABELS unit)
endforeach()
set_tests_properties(header_rcupdate_after_urcu PROPERTIES
  PASS_REGULAR_EXPRESSION "slabbed/rcupdate.h and <urcu.h> both define the RCU names")
set_tests_properties(header_rcupdate_before_urcu PROPERTIES
  PASS_REGULAR_EXPRESSION "redefinition of .*rcu_head")
