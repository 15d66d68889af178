// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "fuzz/cli/engine.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "fuzz/cli/child.h"
#include "fuzz/cli/command.h"
#include "fuzz/targets/finding.h"

namespace slabbed::cli {
namespace {

constexpr size_t kTailBytes = 16384;

// The number behind `word` in a line such as "#4 NEW cov: 12 ft: 34 corp: 5/6b exec/s: 0".
bool number_after(const std::string &line, const char *word, uint64_t *number) {
  size_t at = line.find(word);
  if (at == std::string::npos) return false;
  *number = std::strtoull(line.c_str() + at + std::strlen(word), nullptr, 10);
  return true;
}

[[noreturn]] void exec_target(const EngineOptions &o, const std::string &progress, int errors) {
  // -entropic and friends stay at their defaults; what must not vary is that units stay small
  // enough to read and that a unit which hangs is a finding long before a person loses patience.
  std::vector<std::string> words = {o.target, o.work, o.seeds,
                                    fmt::format("-max_total_time={}", o.seconds),
                                    "-artifact_prefix=" + o.artifacts,
                                    fmt::format("-seed={}", o.seed),
                                    "-max_len=1024", "-len_control=20", "-timeout=25",
                                    "-rss_limit_mb=4096", "-print_final_stats=0"};
  std::vector<char *> argv;
  for (std::string &word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  setenv(fuzz::kProgressVariable, progress.c_str(), 1);
  dup2(errors, STDERR_FILENO);
  dup2(errors, STDOUT_FILENO);
  execv(argv[0], argv.data());
  fmt::print(stderr, "cannot start {}: {}\n", o.target, std::strerror(errno));
  _exit(kInternal);
}

}  // namespace

Engine::Engine(const EngineOptions &options, const std::string &progress_file) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw Failure{kInternal, "no pipe for the fuzz target"};
  child_ = fork();
  if (child_ < 0) throw Failure{kInternal, "cannot fork the fuzz target"};
  if (child_ == 0) exec_target(options, progress_file, ends[1]);
  close(ends[1]);
  errors_ = ends[0];
}

Engine::~Engine() {
  if (child_ > 0) {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
  if (errors_ >= 0) close(errors_);
}

bool Engine::poll(int milliseconds) {
  pollfd end = {errors_, POLLIN, 0};
  if (::poll(&end, 1, milliseconds) <= 0) return true;
  char buffer[8192];
  ssize_t n = read(errors_, buffer, sizeof(buffer));
  if (n < 0 && errno == EINTR) return true;
  if (n <= 0) {
    while (waitpid(child_, &status_, 0) < 0 && errno == EINTR) {
    }
    child_ = 0;
    return false;
  }
  partial_.append(buffer, static_cast<size_t>(n));
  for (size_t end_of_line; (end_of_line = partial_.find('\n')) != std::string::npos;) {
    read_line(partial_.substr(0, end_of_line));
    partial_.erase(0, end_of_line + 1);
  }
  return true;
}

void Engine::read_line(const std::string &line) {
  static const std::string kArtifact = "Test unit written to ";
  number_after(line, " cov: ", &state_.coverage);
  number_after(line, " ft: ", &state_.features);
  number_after(line, " corp: ", &state_.corpus);
  size_t artifact = line.find(kArtifact);
  if (artifact != std::string::npos) state_.artifact = line.substr(artifact + kArtifact.size());
  if (line.rfind(fuzz::kFindingLine, 0) == 0) {
    state_.finding = line.substr(std::strlen(fuzz::kFindingLine));
  } else if (state_.finding.empty()) {
    state_.finding = sanitizer_summary(line + "\n");
  }
  // The engine's own progress lines are for us; everything else may matter to a person.
  if (line.rfind("#", 0) != 0) state_.tail += line + "\n";
  if (state_.tail.size() > kTailBytes) state_.tail.erase(0, state_.tail.size() - kTailBytes);
}

void Engine::interrupt() {
  if (child_ > 0) kill(child_, SIGINT);
}

ProgressFile::ProgressFile(const std::string &path) : path_(path) {
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  bool good = fd >= 0 && ftruncate(fd, sizeof(fuzz::Progress)) == 0;
  void *memory = good ? mmap(nullptr, sizeof(fuzz::Progress), PROT_READ, MAP_SHARED, fd, 0)
                      : MAP_FAILED;
  int error = errno;
  if (fd >= 0) close(fd);
  if (memory == MAP_FAILED) throw Failure{kInternal, path + ": " + std::strerror(error)};
  shared_ = static_cast<const volatile fuzz::Progress *>(memory);
}

ProgressFile::~ProgressFile() {
  munmap(const_cast<fuzz::Progress *>(shared_), sizeof(fuzz::Progress));
  unlink(path_.c_str());
}

fuzz::Progress ProgressFile::read() const {
  return {shared_->executions,  shared_->operations,    shared_->steps,   shared_->events,
          shared_->allocations, shared_->grace_periods, shared_->destroys};
}

}  // namespace slabbed::cli
