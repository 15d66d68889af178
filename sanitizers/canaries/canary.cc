// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// canary.cc - one deliberate mistake per watcher, chosen by argument. In the lane of its watcher it
// must be reported, at the named function: a lane that stays silent is asleep (wrong flags, options
// overridden, no symbolizer), and all its green tests say nothing.
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace {

// volatile: the compiler sees neither the value nor that the mistake is one.
volatile int sink;

[[gnu::noinline]] void use_after_free_canary() {
  auto *p = static_cast<volatile int *>(malloc(sizeof(int)));
  free(const_cast<int *>(p));
  sink = *p;
}

[[gnu::noinline]] void overflow_canary() {
  volatile int big = INT_MAX;
  sink = big + 1;
}

[[gnu::noinline]] void leak_canary() {
  auto *p = static_cast<volatile int *>(malloc(40));
  *p = 1;
  p = nullptr;
  sink = p == nullptr;
}

int shared;

[[gnu::noinline]] void race_canary() { shared = shared + 1; }

void race() {
  std::thread first(race_canary);
  std::thread second(race_canary);
  first.join();
  second.join();
  sink = shared;
}

}  // namespace

int main(int argc, char **argv) {
  const char *mistake = argc == 2 ? argv[1] : "";
  if (strcmp(mistake, "use_after_free") == 0) {
    use_after_free_canary();
  } else if (strcmp(mistake, "overflow") == 0) {
    overflow_canary();
  } else if (strcmp(mistake, "leak") == 0) {
    const char *options = getenv("ASAN_OPTIONS");
    if (options != nullptr && strstr(options, "detect_leaks=0") != nullptr) {
      puts("skipped: the leak check is off here");
      return 77;
    }
    leak_canary();
  } else if (strcmp(mistake, "race") == 0) {
    race();
  } else {
    fprintf(stderr, "usage: sanitizer_canary use_after_free|overflow|leak|race\n");
    return 2;
  }
  puts("survived");
  return 0;
}
