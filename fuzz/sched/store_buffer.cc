// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// store_buffer.cc - stores that have happened for their fiber and not yet for the others.
//
// x86-TSO: each fiber has one FIFO; a relaxed or release store through the port goes to its end,
// and the oldest entry reaches memory when the schedule says so (kFirstDrain + fiber), when the
// buffer is full, or when its fiber does what drains it on the hardware: a read-modify-write, a
// lock operation, a grace-period request, its exit. heavy_barrier() drains all. Because FIFO order
// is kept, a release store never overtakes an older store, as C++ demands. Accesses outside the
// port are not delayed, which only makes them earlier than the hardware would.
//
// Never under TSan: it would see the release when the buffer drains, with the wrong fiber's clock.
#include <slabbed/port.h>

#include "fuzz/sched/machine.h"
#include "port/atomic.h"

SLABBED_SCHED_BEGIN
namespace slabbed::port::sim {
using namespace slabbed::sched;

bool buffering;

void at_load(const char *site) { point(PointKind::kLoad, site); }
void at_store(const char *site) { point(PointKind::kStore, site); }

void at_rmw(const char *site) {
  point(PointKind::kRmw, site);
  drain(machine.current);
}

void buffer_store(void *address, unsigned bytes, const void *value, const char *site) {
  Fiber *f = machine.current;
  if (f->stored == kStoreBufferEntries) drain_one(f);
  BufferedStore &entry = f->stores[(f->oldest + f->stored++) % kStoreBufferEntries];
  entry = {address, 0, site, bytes};
  __builtin_memcpy(&entry.value, value, bytes);
  machine.buffered |= bit(f->number);
}

bool buffered_load(const void *address, unsigned bytes, void *value) {
  Fiber *f = machine.current;
  const char *first = static_cast<const char *>(address);
  for (unsigned i = f->stored; i-- > 0;) {  // newest first
    const BufferedStore &entry = f->stores[(f->oldest + i) % kStoreBufferEntries];
    if (entry.address == address && entry.bytes == bytes) {
      __builtin_memcpy(value, &entry.value, bytes);
      return true;
    }
    const char *stored = static_cast<const char *>(entry.address);
    if (stored >= first + bytes || first >= stored + entry.bytes) continue;
    drain(f);  // overlaps in part: the hardware waits for memory, too
    return false;
  }
  return false;
}

}  // namespace slabbed::port::sim

namespace slabbed::sched {

void drain_one(Fiber *f) {
  if (f->stored == 0) return;
  BufferedStore entry = f->stores[f->oldest];
  f->oldest = (f->oldest + 1) % kStoreBufferEntries;
  if (--f->stored == 0) machine.buffered &= ~bit(f->number);
  if (asan_is_poisoned(entry.address, entry.bytes)) misuse("a buffered store hits freed memory");
  switch (entry.bytes) {
    case 1: *static_cast<volatile uint8_t *>(entry.address) = uint8_t(entry.value); break;
    case 2: *static_cast<volatile uint16_t *>(entry.address) = uint16_t(entry.value); break;
    case 4: *static_cast<volatile uint32_t *>(entry.address) = uint32_t(entry.value); break;
    default: *static_cast<volatile uint64_t *>(entry.address) = entry.value;
  }
}

void drain(Fiber *f) {
  while (f->stored) drain_one(f);
}

void drain_all() {
  for (uint64_t rest = machine.buffered; rest; rest &= rest - 1) {
    drain(&fibers[__builtin_ctzll(rest)]);
  }
}

bool store_buffers_ignored() {
#ifdef SLABBED_TSAN
  return true;
#else
  return false;
#endif
}

}  // namespace slabbed::sched

namespace slabbed::port {

void heavy_barrier(const char *site) {
  sched::point(sched::PointKind::kHeavyBarrier, site);
  sched::drain_all();
}

void spin_wait(const char *site) { sched::spin(site); }

}  // namespace slabbed::port
SLABBED_SCHED_END
