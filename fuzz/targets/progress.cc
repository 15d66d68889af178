// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// progress.cc - see progress.h. Single writer; a reader that sees one execution too few is no harm.
#include "fuzz/targets/progress.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

namespace slabbed::fuzz {
namespace {

Progress *map_progress() {
  const char *path = std::getenv(kProgressVariable);
  if (path == nullptr) return nullptr;
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return nullptr;
  void *memory = mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  return memory == MAP_FAILED ? nullptr : static_cast<Progress *>(memory);
}

}  // namespace

void count_progress(const RunResult &result) {
  static Progress *const progress = map_progress();
  if (progress == nullptr) return;
  ++progress->executions;
  progress->steps += result.steps;
  progress->events += result.trace.events.size();
  for (const conf::Event &event : result.trace.events) {
    switch (event.kind) {
      case conf::EventKind::kInvoke: ++progress->operations; break;
      case conf::EventKind::kAlloc: ++progress->allocations; break;
      case conf::EventKind::kGpEnd: ++progress->grace_periods; break;
      case conf::EventKind::kCacheDestroyCall: ++progress->destroys; break;
      default: break;
    }
  }
}

}  // namespace slabbed::fuzz
