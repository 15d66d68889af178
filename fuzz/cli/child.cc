// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "fuzz/cli/child.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>

#include "fuzz/cli/command.h"

namespace slabbed::cli {
namespace {

struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    int ends[2];
    if (pipe(ends) != 0) throw Failure{kInternal, "no pipe for a child process"};
    read = ends[0];
    write = ends[1];
  }
  ~Pipe() {
    close_end(read);
    close_end(write);
  }
  static void close_end(int &end) {
    if (end >= 0) close(end);
    end = -1;
  }
};

[[noreturn]] void child_main(const std::function<std::string()> &work, Pipe &output, Pipe &errors) {
  dup2(errors.write, STDERR_FILENO);
  std::string text;
  int status = kClean;
  try {
    text = work();
  } catch (const Failure &failure) {
    std::fprintf(stderr, "slabbed: %s\n", failure.line.c_str());
    std::fflush(stderr);
    _exit(failure.status);
  }
  for (size_t done = 0; done < text.size();) {
    ssize_t n = write(output.write, text.data() + done, text.size() - done);
    if (n <= 0) _exit(kInternal);
    done += static_cast<size_t>(n);
  }
  std::fflush(stderr);
  _exit(status);  // no destructors: they belong to the parent
}

// Reads both pipes until the child has closed them or time is up. False: time is up.
bool read_both(Pipe &output, Pipe &errors, ChildResult *result, double seconds) {
  using Clock = std::chrono::steady_clock;
  auto deadline = Clock::now() + std::chrono::duration<double>(seconds);
  pollfd ends[2] = {{output.read, POLLIN, 0}, {errors.read, POLLIN, 0}};
  std::string *texts[2] = {&result->output, &result->errors};
  int open_ends = 2;
  char buffer[8192];
  while (open_ends > 0) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return false;
    if (poll(ends, 2, static_cast<int>(left.count())) < 0 && errno != EINTR) return false;
    for (int i = 0; i < 2; ++i) {
      if (ends[i].fd < 0 || ends[i].revents == 0) continue;
      ssize_t n = read(ends[i].fd, buffer, sizeof(buffer));
      if (n > 0) {
        texts[i]->append(buffer, static_cast<size_t>(n));
      } else {
        ends[i].fd = -1;
        --open_ends;
      }
    }
  }
  return true;
}

}  // namespace

std::string ChildResult::end() const {
  if (timed_out) return "no answer in time";
  if (returned) return "";
  if (WIFSIGNALED(status)) return std::string("killed by SIG") + sigabbrev_np(WTERMSIG(status));
  return "exit status " + std::to_string(WEXITSTATUS(status));
}

ChildResult in_child(const std::function<std::string()> &work, double seconds) {
  Pipe output, errors;
  std::fflush(stdout);
  std::fflush(stderr);
  pid_t child = fork();
  if (child < 0) throw Failure{kInternal, "cannot fork a child process"};
  if (child == 0) child_main(work, output, errors);
  Pipe::close_end(output.write);
  Pipe::close_end(errors.write);
  ChildResult result;
  result.timed_out = !read_both(output, errors, &result, seconds);
  if (result.timed_out) kill(child, SIGKILL);
  while (waitpid(child, &result.status, 0) < 0 && errno == EINTR) {
  }
  result.returned = !result.timed_out && WIFEXITED(result.status) &&
                    WEXITSTATUS(result.status) == kClean;
  return result;
}

std::string sanitizer_summary(const std::string &errors) {
  size_t at = errors.find("SUMMARY: ");
  if (at == std::string::npos) return "";
  std::string line = errors.substr(at + 9, errors.find('\n', at) - at - 9);
  // "AddressSanitizer: kind path:line in function": the path is this machine's.
  size_t in = line.rfind(" in ");
  size_t kind = line.find(' ', line.find(": ") + 2);
  bool data_race = line.find("data race") != std::string::npos;
  if (data_race) kind = line.find(' ', kind + 1);
  if (in == std::string::npos || kind == std::string::npos || kind >= in) return line;
  return line.substr(0, kind) + line.substr(in);
}

}  // namespace slabbed::cli
