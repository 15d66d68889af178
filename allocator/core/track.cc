// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "core/track.h"

#include "port/check.h"
#include "port/thread.h"
#include "port/time.h"

namespace slabbed {
namespace {

Track *track_of(kmem_cache *s, const void *object, TrackItem item) {
  SLABBED_ASSERT(s->layout.track != 0);
  char *base = const_cast<char *>(static_cast<const char *>(object)) + s->layout.track;
  return reinterpret_cast<Track *>(base) + item;
}

void print_one(kmem_cache *s, const char *what, const Track *track) {
  if (!track->caller) return;
  Report &report = s->context->report;
  char symbol[256];
  uint64_t now = port::jiffies();
  report.line("%s in %s age=%llu cpu=%u pid=%u", what,
              report.name_of(track->caller, symbol, sizeof symbol),
              static_cast<unsigned long long>(now - track->when), track->cpu, track->pid);
  void *pcs[kStackDepthMax];
  bool complete = true;
  int depth = s->context->depot.fetch(track->stack, pcs, &complete);
  if (depth == 0) {
    report.line("object allocation/free stack trace missing");
  } else {
    report.stack(pcs, depth, complete);
  }
}

}  // namespace

void track_set(kmem_cache *s, void *object, TrackItem item, const void *caller) {
  Track *track = track_of(s, object, item);
  track->caller = caller;
  track->stack = s->context->depot.save_here(caller);
  track->cpu = port::this_slot();
  track->pid = port::thread_id();
  track->when = port::jiffies();
}

void track_clear(kmem_cache *s, void *object) {
  *track_of(s, object, kTrackAlloc) = Track{};
  *track_of(s, object, kTrackFree) = Track{};
}

void track_print(kmem_cache *s, const void *object) {
  print_one(s, "Allocated", track_of(s, object, kTrackAlloc));
  print_one(s, "Freed", track_of(s, object, kTrackFree));
}

}  // namespace slabbed
