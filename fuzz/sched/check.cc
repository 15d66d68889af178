// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// check.cc - failed checks and misuse as verdicts, and the report of who waits for what.
#include "port/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/sched/machine.h"

SLABBED_SCHED_BEGIN
namespace slabbed::sched {
namespace {

char message[512];
char report[4096];
size_t report_length;

__attribute__((format(printf, 1, 2))) void append(const char *format, ...) {
  va_list args;
  va_start(args, format);
  size_t room = sizeof(report) - report_length;
  int n = vsnprintf(report + report_length, room, format, args);
  va_end(args);
  if (n > 0) report_length += static_cast<size_t>(n) < room ? static_cast<size_t>(n) : room - 1;
}

void append_wait(const Fiber *f) {
  switch (f->wait) {
    case Wait::kNothing: return append(" could go on");
    case Wait::kLock: {
      int holder = holder_of(f->wait_object);
      return append(" waits for lock %s held by %s", name_of_mutex(f->wait_object),
                    holder >= 0 ? fibers[holder].name : "nobody");
    }
    case Wait::kCondVar:
      append(" waits to be notified (lock %s)", name_of_mutex(f->wait_object));
      break;
    case Wait::kSleep: append(" sleeps"); break;
    case Wait::kReaders: {
      append(" waits for a grace period");
      const char *before = ", held back by readers of ";
      for (uint64_t rest = readers_waited_for(f->wait_number); rest; rest &= rest - 1) {
        append("%s%s", before, fibers[__builtin_ctzll(rest)].name);
        before = ", ";
      }
      break;
    }
    case Wait::kRcuBarrier: append(" waits for RCU callbacks"); break;
    case Wait::kJoin:
      append(" joins %s", static_cast<const Fiber *>(f->wait_object)->name);
      break;
    case Wait::kJoinAll: append(" waits for the program threads"); break;
    case Wait::kSlotUser: append(" waits for a thread that is leaving its slot"); break;
    case Wait::kSpin:
      append(" spins in %s", static_cast<const char *>(f->wait_object));
      break;
  }
  if (f->deadline != kNever) {
    append(" until jiffy %llu", static_cast<unsigned long long>(f->deadline));
  }
}

}  // namespace

void write_deadlock_report() {
  report_length = 0;
  report[0] = 0;
  if (machine.outcome != Outcome::kDeadlock && machine.outcome != Outcome::kStepBound) return;
  for (uint64_t rest = machine.used; rest; rest &= rest - 1) {
    const Fiber *f = &fibers[__builtin_ctzll(rest)];
    if (f->finished) continue;
    append("%s", f->name);
    append_wait(f);
    append("\n");
  }
}

const char *deadlock_report() { return report; }

void misuse(const char *what) {
  if (!machine.running || machine.current == &driver) {
    fprintf(stderr, "slabbed: outside of a run: %s\n", what);
    abort();
  }
  snprintf(message, sizeof(message), "%s: %s", machine.current->name, what);
  end_run(Outcome::kCheckFailed);
}

const char *check_message() {
  return machine.outcome == Outcome::kCheckFailed ? message : "";
}

}  // namespace slabbed::sched

namespace slabbed::port {

// The file and line stay out of the text: it is part of the finding's signature.
void check_failed(const char *condition, const char *function, const char *, int) {
  static char text[400];
  snprintf(text, sizeof(text), "%s: check failed: %s", function, condition);
  sched::misuse(text);
}

}  // namespace slabbed::port
SLABBED_SCHED_END
