# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# The executor, compiled once per world and once per planted copy of the allocator.
set(SLABBED_EXEC_DIR ${CMAKE_CURRENT_LIST_DIR})
set(SLABBED_EXEC_SOURCES boot_text.cc cache_ops.cc content.cc object_ops.cc operations.cc
  plain_text.cc rcu_ops.cc report.cc run_state.cc
  thread.cc turns.cc unit.cc)
set(SLABBED_EXEC_SIM_SOURCES sim_run.cc sim/epilogue.cc sim/trace_feed.cc sim/world.cc)
set(SLABBED_EXEC_NATIVE_SOURCES native_run.cc native/native_feed.cc)

# slabbed_add_exec(name sim|native libraries…): `libraries` give the headers and code of the world.
function(slabbed_add_exec name world)
  string(TOUPPER ${world} WORLD)
  set(sources ${SLABBED_EXEC_SOURCES} ${SLABBED_EXEC_${WORLD}_SOURCES})
  list(TRANSFORM sources PREPEND ${SLABBED_EXEC_DIR}/)
  add_library(${name} STATIC ${sources})
  # World headers come first and are chosen by path, like allocator/port.
  target_include_directories(${name} BEFORE PUBLIC ${SLABBED_EXEC_DIR}/${world}
    ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARGN} slabbed_program slabbed_oracle slabbed_instrument
    PRIVATE slabbed_warnings)
endfunction()

# slabbed_add_sim_stack(suffix root): a whole sim world - allocator, scheduler, executor - compiled
# from the allocator tree at `root`, as the library slabbed_exec<suffix>, which stands in for
# slabbed_exec. Everything that includes a header of the allocator is compiled anew: objects of two
# trees are never mixed in one program. Unity builds, since a tree is compiled for every planted
# bug.
function(slabbed_add_sim_stack suffix root)
  find_package(Boost REQUIRED COMPONENTS context)  # of slabbed_sched; imported targets are local
  get_target_property(allocator slabbed_sim SOURCES)
  list(TRANSFORM allocator REPLACE "^${PROJECT_SOURCE_DIR}/allocator/" "${root}/")
  get_target_property(sched slabbed_sched SOURCES)
  get_target_property(sched_dir slabbed_sched SOURCE_DIR)
  get_target_property(sched_libraries slabbed_sched LINK_LIBRARIES)
  get_target_property(sched_options slabbed_sched COMPILE_OPTIONS)
  get_target_property(sched_definitions slabbed_sched COMPILE_DEFINITIONS)
  list(TRANSFORM sched PREPEND ${sched_dir}/)
  set(exec ${SLABBED_EXEC_SOURCES} ${SLABBED_EXEC_SIM_SOURCES})
  list(TRANSFORM exec PREPEND ${SLABBED_EXEC_DIR}/)

  add_library(slabbed_sched${suffix} STATIC ${sched})
  target_compile_definitions(slabbed_sched${suffix} PRIVATE ${sched_definitions})
  if(sched_options)
    target_compile_options(slabbed_sched${suffix} PRIVATE ${sched_options})
  endif()
  target_link_libraries(slabbed_sched${suffix} PUBLIC ${sched_libraries})
  add_library(slabbed_exec${suffix} STATIC ${allocator} ${exec})
  target_link_libraries(slabbed_exec${suffix} PUBLIC slabbed_sched${suffix} slabbed_program
    slabbed_oracle ${CMAKE_DL_LIBS} slabbed_instrument)
  foreach(library slabbed_sched${suffix} slabbed_exec${suffix})
    # A bug may well break a lock annotation or leave something unused.
    set_target_properties(${library} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0
      COMPILE_WARNING_AS_ERROR OFF)
    target_include_directories(${library} BEFORE PUBLIC ${SLABBED_EXEC_DIR}/sim
      ${root}/include ${root}/port/sim ${root} ${PROJECT_SOURCE_DIR})
    target_compile_definitions(${library} PUBLIC SLABBED_PORT_SIM=1)
    target_compile_options(${library} PRIVATE -ffile-prefix-map=${root}=allocator)
  endforeach()
endfunction()
