// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// status_line.h - progress of a long command: one line that is redrawn on a terminal, a plain line
// every few seconds elsewhere.
#ifndef SLABBED_FUZZ_CLI_STATUS_LINE_H
#define SLABBED_FUZZ_CLI_STATUS_LINE_H

#include <chrono>
#include <cstdint>
#include <string>

namespace slabbed::cli {

class StatusLine {
 public:
  StatusLine();
  // Shows `text` if it is time to. On stderr: stdout is for results.
  void show(const std::string &text);
  // Removes the line from a terminal, before other output.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  bool terminal_;
  Clock::time_point next_{};
};

// 1234567 -> "1,234,567".
std::string grouped(uint64_t number);

}  // namespace slabbed::cli
#endif  // SLABBED_FUZZ_CLI_STATUS_LINE_H
