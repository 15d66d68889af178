// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// default_options.cc - what every sanitizer is told, compiled into every executable of ours: a
// program behaves the same when it is started by hand, by ctest or by a fuzzing service. The
// environment (ASAN_OPTIONS …) still overrides each single word.
//
// These functions run before the runtimes are set up. The file is therefore compiled without any
// sanitizer, returns string literals and touches nothing else but one access(2).
#include <unistd.h>

// Debian names the symbolizer llvm-symbolizer-19, which the runtimes do not look for. A binary that
// has moved to another machine falls back to their own search.
#ifdef SLABBED_SYMBOLIZER
#define SLABBED_SELECT(options)                                     \
  return access(SLABBED_SYMBOLIZER, X_OK) == 0                      \
             ? options ":external_symbolizer_path=" SLABBED_SYMBOLIZER \
             : options
#else
#define SLABBED_SELECT(options) return options
#endif

extern "C" {

// Leaks count; an abort of ours gets a stack as well; an impossible size returns NULL as the
// allocator under test would, instead of ending the run.
const char *__asan_default_options() {
  SLABBED_SELECT("detect_leaks=1:handle_abort=1:allocator_may_return_null=1:"
                 "strict_string_checks=1:check_initialization_order=1");
}

// Without halt_on_error a fuzzing engine goes on after the report and saves the wrong input. Fibers
// count as threads: with the default sleep at exit each of our short programs would take a second.
const char *__tsan_default_options() {
  SLABBED_SELECT("halt_on_error=1:second_deadlock_stack=1:history_size=4:atexit_sleep_ms=0");
}

// sanitizers/urcu.supp.
const char *__tsan_default_suppressions() { return SLABBED_TSAN_SUPPRESSIONS; }

const char *__ubsan_default_options() { SLABBED_SELECT("print_stacktrace=1:halt_on_error=1"); }

const char *__lsan_default_options() { return "print_suppressions=0"; }

}  // extern "C"
