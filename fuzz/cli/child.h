// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// child.h - runs a function in a forked process, so that a crash, a sanitizer's abort or a hang of
// one program ends that program only.
#ifndef SLABBED_FUZZ_CLI_CHILD_H
#define SLABBED_FUZZ_CLI_CHILD_H

#include <functional>
#include <string>

namespace slabbed::cli {

struct ChildResult {
  std::string output;     // what the function returned, if it returned
  std::string errors;     // what the process wrote to stderr
  bool returned = false;
  bool timed_out = false;
  int status = 0;         // as waitpid() gives it
  // "killed by SIGSEGV", "exit status 66", "no answer within 60 s"; "" if it returned.
  std::string end() const;
};

// Runs `work` in a child and waits at most `seconds`. Throws Failure{kInternal} if there is no
// child to be had.
ChildResult in_child(const std::function<std::string()> &work, double seconds);

// What a sanitizer said in its SUMMARY line, without the path: "AddressSanitizer:
// heap-use-after-free in f". "" if there is none.
std::string sanitizer_summary(const std::string &errors);

}  // namespace slabbed::cli
#endif  // SLABBED_FUZZ_CLI_CHILD_H
