# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# Copies trace/ and oracle/ alone to WORK, configures a project around them and builds both
# libraries: a hidden include of anything else fails here. Run by ctest with -P.
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK}/conformance)
file(COPY ${SOURCE}/CMakeLists.txt ${SOURCE}/trace ${SOURCE}/oracle DESTINATION ${WORK}/conformance)
file(WRITE ${WORK}/CMakeLists.txt [[
cmake_minimum_required(VERSION 3.25)
project(oracle_alone LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
add_library(slabbed_instrument INTERFACE)
add_library(slabbed_warnings INTERFACE)
target_compile_options(slabbed_warnings INTERFACE -Wall -Wextra)
add_subdirectory(conformance)
]])
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE result
    OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGV} failed:\n${output}")
  endif()
endfunction()
run(${CMAKE_COMMAND} -S ${WORK} -B ${WORK}/build -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${CXX}
  -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER})
run(${CMAKE_COMMAND} --build ${WORK}/build)
