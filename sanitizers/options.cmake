# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# Build options and the two INTERFACE targets every target of ours links: slabbed_instrument
# (sanitizers, frame pointers, check level) and slabbed_warnings. Never put -fsanitize= into
# CMAKE_CXX_FLAGS: it would leak into dependencies and try_compile.
option(SLABBED_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(SLABBED_BUILD_FUZZERS "Build the fuzz targets and the CLI" ${PROJECT_IS_TOP_LEVEL})
set(SLABBED_SANITIZER "" CACHE STRING "Passed to -fsanitize=, e.g. address,undefined or thread")
set(SLABBED_FUZZ_ENGINE "$ENV{LIB_FUZZING_ENGINE}" CACHE STRING
    "Link arguments of a fuzzing engine; empty: the targets get a replay main")
set(SLABBED_CHECK_LEVEL 2 CACHE STRING "1: CHECK, 2: and ASSERT, 3: and EXPENSIVE structure walks")
option(SLABBED_WERROR "Treat warnings as errors" OFF)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS ON)  # __typeof__ and statement macros of the kernel's interface
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)  # ./run and the CLI look there
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
find_program(SLABBED_CCACHE ccache)
if(SLABBED_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${SLABBED_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SLABBED_CCACHE})
endif()

add_library(slabbed_instrument INTERFACE)
target_compile_options(slabbed_instrument INTERFACE -fno-omit-frame-pointer
  -mno-omit-leaf-frame-pointer)
target_compile_definitions(slabbed_instrument INTERFACE SLABBED_CHECK_LEVEL=${SLABBED_CHECK_LEVEL})
if(SLABBED_SANITIZER)
  target_compile_options(slabbed_instrument INTERFACE -fsanitize=${SLABBED_SANITIZER}
    $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize-recover=undefined>)
  target_link_options(slabbed_instrument INTERFACE -fsanitize=${SLABBED_SANITIZER})
endif()
if(SLABBED_FUZZ_ENGINE MATCHES "-fsanitize=fuzzer")
  # stack-depth coverage means nothing on fibers.
  target_compile_options(slabbed_instrument INTERFACE -fsanitize=fuzzer-no-link
    -fno-sanitize-coverage=stack-depth)
endif()

# Compiled without instrumentation (it runs before the runtimes do) and put into every executable
# that links slabbed_instrument, so that no program depends on somebody's ASAN_OPTIONS.
add_library(slabbed_sanitizer_options OBJECT ${PROJECT_SOURCE_DIR}/sanitizers/default_options.cc)
find_program(SLABBED_SYMBOLIZER NAMES llvm-symbolizer-19 llvm-symbolizer)
if(SLABBED_SYMBOLIZER)
  target_compile_definitions(slabbed_sanitizer_options PRIVATE
    SLABBED_SYMBOLIZER="${SLABBED_SYMBOLIZER}")
endif()
file(STRINGS ${PROJECT_SOURCE_DIR}/sanitizers/urcu.supp slabbed_suppressions REGEX "^[^#]")
list(JOIN slabbed_suppressions "\\n" slabbed_suppressions)
target_compile_definitions(slabbed_sanitizer_options PRIVATE
  SLABBED_TSAN_SUPPRESSIONS="${slabbed_suppressions}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/sanitizers/urcu.supp)
set(slabbed_is_executable $<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>)
target_link_libraries(slabbed_instrument INTERFACE
  $<${slabbed_is_executable}:$<TARGET_OBJECTS:slabbed_sanitizer_options>>)

add_library(slabbed_warnings INTERFACE)
target_compile_options(slabbed_warnings INTERFACE -Wall -Wextra -Wshadow
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
# A target property and not an option of slabbed_warnings: planted trees switch it off again.
set(CMAKE_COMPILE_WARNING_AS_ERROR ${SLABBED_WERROR})

enable_testing()
