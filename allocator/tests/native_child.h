// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// native_child.h - runs something in a forked child and says how it ended.
#ifndef SLABBED_TESTS_NATIVE_CHILD_H
#define SLABBED_TESTS_NATIVE_CHILD_H

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <type_traits>

namespace slabbed::testing {

// The status of a child that exits with body(): a number, 0 for success, or whether it succeeded;
// 128 + signal if it was killed. One that hangs, be it in a fork hook, is killed after 30 seconds.
template <typename Body>
int status_of_child(Body body) {
  pid_t child = fork();
  if (child == 0) {
    if constexpr (std::is_same_v<decltype(body()), bool>) _exit(body() ? 0 : 1);
    else _exit(body());
  }
  int status = 0;
  for (int ms = 0; waitpid(child, &status, WNOHANG) == 0; ++ms) {
    if (ms == 30000) kill(child, SIGKILL);
    usleep(1000);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace slabbed::testing
#endif  // SLABBED_TESTS_NATIVE_CHILD_H
