// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// engine.h - one run of a fuzz target under libFuzzer: started, listened to, ended.
//
// What the engine prints is read line by line for its numbers; what was checked comes from the
// counters that the target shares through a mapped file (fuzz/targets/progress.h).
#ifndef SLABBED_FUZZ_CLI_ENGINE_H
#define SLABBED_FUZZ_CLI_ENGINE_H

#include <sys/types.h>

#include <string>
#include <vector>

#include "fuzz/targets/progress.h"

namespace slabbed::cli {

struct EngineOptions {
  std::string target;     // the fuzz target's executable
  std::string seeds;      // read only
  std::string work;       // new units go here
  std::string artifacts;  // prefix for the units that ended a run
  unsigned seconds = 60;
  unsigned seed = 0;      // 0: the engine chooses
};

struct EngineState {
  uint64_t coverage = 0, features = 0, corpus = 0;
  std::string artifact;   // the unit that ended the run
  std::string finding;    // what the target said of it, or the sanitizer's summary
  std::string tail;       // the last lines printed
};

class Engine {
 public:
  // Starts the target. Throws Failure.
  Engine(const EngineOptions &options, const std::string &progress_file);
  ~Engine();
  Engine(const Engine &) = delete;
  Engine &operator=(const Engine &) = delete;

  // Reads what there is, waits at most `milliseconds` for more. False: the target has ended.
  bool poll(int milliseconds);
  // SIGINT: the engine finishes the unit it runs and ends.
  void interrupt();
  // Valid once poll() was false: the exit status as waitpid() gives it.
  int status() const { return status_; }
  const EngineState &state() const { return state_; }

 private:
  void read_line(const std::string &line);

  pid_t child_ = 0;
  int errors_ = -1;
  int status_ = 0;
  std::string partial_;
  EngineState state_;
};

// The shared counters, created zeroed at `path`. Throws Failure.
class ProgressFile {
 public:
  explicit ProgressFile(const std::string &path);
  ~ProgressFile();
  ProgressFile(const ProgressFile &) = delete;
  ProgressFile &operator=(const ProgressFile &) = delete;
  fuzz::Progress read() const;
  const std::string &path() const { return path_; }

 private:
  std::string path_;
  const volatile fuzz::Progress *shared_ = nullptr;
};

}  // namespace slabbed::cli
#endif  // SLABBED_FUZZ_CLI_ENGINE_H
