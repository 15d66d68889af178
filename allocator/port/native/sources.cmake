# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# The native port's sources, relative to allocator/, and what they link: liburcu (the default
# flavour; programs bring any other themselves) and threads.
set(SLABBED_NATIVE_PORT_SOURCES
  port/native/barrier.cc
  port/native/check.cc
  port/native/fork.cc
  port/native/interval_clock.cc
  port/native/memory.cc
  port/native/mutex.cc
  port/native/rcu.cc
  port/native/slot.cc
  port/native/stack.cc
  port/native/thread.cc
  port/native/time.cc
)

find_package(PkgConfig REQUIRED)
pkg_check_modules(SLABBED_URCU REQUIRED IMPORTED_TARGET liburcu-memb)
find_package(Threads REQUIRED)
set(SLABBED_NATIVE_PORT_LIBRARIES PkgConfig::SLABBED_URCU Threads::Threads)
