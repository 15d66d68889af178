# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# plant.cmake - copies allocator/ and plants one bug in the copy.
#
#   cmake -DPLANTED=<file.planted> -DSOURCE=<allocator> -DCOPY=<folder> -P plant.cmake
#   cmake -DPLANTED=<file.planted> -DSOURCE=<allocator> -DCHECKED=<file> -P plant.cmake
#
# The second form only tries whether everything fits and then touches CHECKED: as a build step of
# its own it fails with one line, where the step that makes all the files would name each of them.
#
# Reads the substitutions of a .planted file: after a line "file PATH", each run of "- " lines is an
# anchor and the run of "+ " lines behind it takes its place. An anchor must occur exactly once in
# its
# file: a bug that no longer fits, or fits in two places, is not planted by guess but refused.
# A file of the copy is written only if it differs, so that unchanged ones are not compiled again.
cmake_minimum_required(VERSION 3.25)

# Everything that goes wrong is one line "FILE:LINE: what", and the build stops there.
function(refuse what)
  message(NOTICE "${PLANTED}:${at_line}: ${what}")
  message(FATAL_ERROR "nothing planted")
endfunction()

# The text of file `path` of the copy as it stands: with the substitutions made so far.
function(text_of path result)
  if(NOT DEFINED "text_${path}")
    if(NOT EXISTS ${SOURCE}/${path})
      refuse("there is no file ${path} in the allocator")
    endif()
    file(READ ${SOURCE}/${path} text)
    set("text_${path}" "${text}" PARENT_SCOPE)
  else()
    set(text "${text_${path}}")
  endif()
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

# Puts `replacement` in the place of `anchor` in *text.
function(substitute path anchor replacement text_variable)
  set(text "${${text_variable}}")
  string(FIND "${text}" "${anchor}" first)
  string(FIND "${text}" "${anchor}" last REVERSE)
  if(first EQUAL -1)
    refuse("anchor not found in ${path}")
  elseif(NOT first EQUAL last)
    refuse("anchor found more than once in ${path}")
  endif()
  string(LENGTH "${anchor}" length)
  math(EXPR rest "${first} + ${length}")
  string(SUBSTRING "${text}" 0 ${first} before)
  string(SUBSTRING "${text}" ${rest} -1 after)
  set(${text_variable} "${before}${replacement}${after}" PARENT_SCOPE)
endfunction()

# The content of the line "- content", with the line break that ended the one before it.
macro(append_to variable)
  set(content "")
  if(NOT line MATCHES "^.$")
    string(SUBSTRING "${line}" 2 -1 content)
  endif()
  if("${${variable}}" STREQUAL "none")
    set(${variable} "${content}")
  else()
    string(APPEND ${variable} "\n${content}")
  endif()
endmacro()

# Ends a substitution, if one is open.
macro(finish_substitution)
  if(NOT anchor STREQUAL "none")
    if(replacement STREQUAL "none")
      set(replacement "")
    endif()
    text_of(${path} text)
    substitute(${path} "${anchor}" "${replacement}" text)
    set("text_${path}" "${text}")
    math(EXPR substitutions "${substitutions} + 1")
    set(anchor none)
    set(replacement none)
  endif()
endmacro()

file(READ ${PLANTED} rest)
set(path "")
set(anchor none)
set(replacement none)
set(substitutions 0)
set(line_number 0)
set(at_line 1)  # of what is being dealt with
while(NOT rest STREQUAL "")
  string(FIND "${rest}" "\n" end)
  string(SUBSTRING "${rest}" 0 ${end} line)
  math(EXPR line_number "${line_number} + 1")
  if(end EQUAL -1)
    set(rest "")
  else()
    math(EXPR next "${end} + 1")
    string(SUBSTRING "${rest}" ${next} -1 rest)
  endif()
  if(line MATCHES "^[-]( |$)")
    if(path STREQUAL "")
      set(at_line ${line_number})
      refuse("an anchor before any file line")
    endif()
    if(NOT replacement STREQUAL "none")
      finish_substitution()
    endif()
    if(anchor STREQUAL "none")
      set(at_line ${line_number})
    endif()
    append_to(anchor)
  elseif(line MATCHES "^[+]( |$)")
    if(anchor STREQUAL "none")
      set(at_line ${line_number})
      refuse("a replacement without an anchor")
    endif()
    append_to(replacement)
  else()
    finish_substitution()
    if(line MATCHES "^file (.+)$")
      set(path "${CMAKE_MATCH_1}")
    endif()
  endif()
endwhile()
finish_substitution()
if(substitutions EQUAL 0)
  refuse("no substitution")
endif()

if(CHECKED)
  file(TOUCH ${CHECKED})
  return()
endif()
file(GLOB_RECURSE paths RELATIVE ${SOURCE} ${SOURCE}/*)
foreach(path IN LISTS paths)
  if(DEFINED "text_${path}")
    set(old "")
    if(EXISTS ${COPY}/${path})
      file(READ ${COPY}/${path} old)
    endif()
    if(NOT "${text_${path}}" STREQUAL "${old}")
      file(WRITE ${COPY}/${path} "${text_${path}}")
    endif()
  else()
    get_filename_component(folder ${COPY}/${path} DIRECTORY)
    file(MAKE_DIRECTORY ${folder})
    file(COPY_FILE ${SOURCE}/${path} ${COPY}/${path} ONLY_IF_DIFFERENT)
  endif()
endforeach()
