// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// memory.cc - all memory of a run, at fixed addresses.
//
//   base                     +256 MiB               +384 MiB
//   | regions (pages) ...    | metadata blocks ...  | guard | stack | guard | stack | ...
//
// Fixed addresses make sanitizer reports repeat byte for byte. What is handed out depends on the
// order of requests only, and everything is as new at the start of a run:
//  * regions: bumped off the arena; when one goes back, or at the end of the run, its resident
//    pages (mincore knows) are zeroed, so the next run finds zeroes without a page fault.
//  * metadata: bumped, zeroed when handed out, with at least one unused byte behind each block.
//    Freed blocks wait in a FIFO per size; one is reused only when kQuarantine others wait.
// No memory, size or order depends on the sanitizer, which only poisons.
#include "port/memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fuzz/sched/machine.h"

SLABBED_SCHED_BEGIN
namespace slabbed::sched {
namespace {

constexpr uintptr_t kBase = 0x7e9000000000;
constexpr size_t kMiB = size_t{1} << 20;
constexpr size_t kRegionBytes = 256 * kMiB;
constexpr size_t kMetaOffset = 256 * kMiB, kMetaBytes = 128 * kMiB;
constexpr size_t kStackOffset = 384 * kMiB, kStackStride = 2 * kStackBytes;
constexpr size_t kTotalBytes = kStackOffset + kFibers * kStackStride;
constexpr size_t kPage = 4096;

constexpr unsigned kPiecesMax = 1024;
struct Piece {
  size_t offset, bytes;
  bool free;
  Token edge;  // from its last owner to the next: the kernel's own locks see to that
} pieces[kPiecesMax];
unsigned piece_count;
size_t region_top;
uint8_t resident[kRegionBytes / kPage];  // scratch of scrub()
uint64_t scrubbed[kRegionBytes / kPage / 64];  // pages that were zeroed and (ASan) poisoned

constexpr size_t kGranule = 64;
constexpr uint32_t kFreed = 1u << 31;
constexpr unsigned kClasses = 4096;      // by stride; larger blocks are not reused
constexpr unsigned kQuarantine = 4;
// By a block's first granule: its size (| kFreed), 0 where no block starts.
uint32_t block_bytes[kMetaBytes / kGranule];
uint32_t block_next[kMetaBytes / kGranule];   // in its class's FIFO
struct Class {
  unsigned run;
  uint32_t head, tail, count;
} classes[kClasses];
size_t meta_top;
size_t meta_live;
bool mapped;

char *at(size_t offset) { return reinterpret_cast<char *>(kBase) + offset; }

void die(const char *what) {
  fprintf(stderr, "slabbed: %s at %#zx: %s\n", what, static_cast<size_t>(kBase), strerror(errno));
  _exit(3);
}

// Zeroes what was written of a region, and poisons it until it is reserved again.
void scrub(const Piece &piece) {
  size_t pages = piece.bytes / kPage;
  // A raw system call: libc's is intercepted, and a region may go back on any fiber.
  if (syscall(SYS_mincore, at(piece.offset), piece.bytes, resident) != 0) {
    memset(resident, 1, pages);
  }
  for (size_t i = 0; i < pages;) {
    if (!(resident[i] & 1)) {
      i++;
      continue;
    }
    size_t first = i;
    for (; i < pages && (resident[i] & 1); i++) {
      size_t page = piece.offset / kPage + i;
      scrubbed[page / 64] |= bit(page % 64);
    }
    char *p = at(piece.offset + first * kPage);
    raw_fill(p, 0, (i - first) * kPage);
    msan_unpoison(p, (i - first) * kPage);
    asan_poison(p, (i - first) * kPage);
  }
}

void open_for_use(size_t offset, size_t bytes) {
#ifdef SLABBED_ASAN
  for (size_t page = offset / kPage; page < (offset + bytes) / kPage; page++) {
    if (!scrubbed[page / 64]) {
      page |= 63;
      continue;
    }
    if (!(scrubbed[page / 64] & bit(page % 64))) continue;
    scrubbed[page / 64] &= ~bit(page % 64);
    asan_unpoison(at(page * kPage), kPage);
  }
#endif
  (void)offset, (void)bytes;
}

Class &class_of(size_t stride) {
  Class &c = classes[stride / kGranule];
  if (c.run != machine.run) c = {machine.run, 0, 0, 0};
  return c;
}

size_t stride_of(size_t bytes) { return (bytes + kGranule) & ~(kGranule - 1); }

// Offset of a block for `stride` bytes in the metadata area, or kMetaBytes.
size_t take_block(size_t stride) {
  bool reusable = stride / kGranule < kClasses;
  bool room = meta_top + stride <= kMetaBytes;
  if (reusable) {
    Class &c = class_of(stride);
    if (c.count > kQuarantine || (!room && c.count)) {
      uint32_t first = c.head;
      c.head = block_next[first];
      c.count--;
      return size_t{first} * kGranule;
    }
  }
  if (!room) return kMetaBytes;
  size_t offset = meta_top;
  meta_top += stride;
  return offset;
}

void tsan_new_block([[maybe_unused]] void *p, [[maybe_unused]] size_t bytes) {
#ifdef SLABBED_TSAN
  __tsan_java_alloc(reinterpret_cast<unsigned long>(p), (bytes + 7) & ~size_t{7});
#endif
}

void tsan_gone_block([[maybe_unused]] void *p, [[maybe_unused]] size_t bytes) {
#ifdef SLABBED_TSAN
  __tsan_java_free(reinterpret_cast<unsigned long>(p), (bytes + 7) & ~size_t{7});
#endif
}

}  // namespace

void memory_init() {
  if (mapped) return;
  void *p = mmap(at(0), kTotalBytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (p == MAP_FAILED) die("cannot map the simulator's memory");
  if (p != at(0)) {  // a kernel that does not know MAP_FIXED_NOREPLACE takes it for a hint
    errno = EEXIST;
    die("cannot map the simulator's memory");
  }
  madvise(p, kTotalBytes, MADV_NOHUGEPAGE);  // residency is asked for by page
  for (unsigned i = 0; i < kFibers; i++) {
    if (mprotect(stack_of(i) - kStackBytes, kStackBytes, PROT_NONE)) die("cannot guard a stack");
  }
  asan_poison(at(kMetaOffset), kMetaBytes);
#ifdef SLABBED_TSAN
  __tsan_java_init(kBase + kMetaOffset, kMetaBytes);
#endif
  mapped = true;
}

char *stack_of(unsigned number) { return at(kStackOffset + number * kStackStride + kStackBytes); }

void memory_end() {
  for (unsigned i = 0; i < piece_count; i++) {
    if (!pieces[i].free) scrub(pieces[i]);
  }
  piece_count = 0;
  region_top = 0;
  if (meta_live) tsan_gone_block(at(kMetaOffset), meta_top);
  asan_poison(at(kMetaOffset), meta_top);
  raw_fill(block_bytes, 0, meta_top / kGranule * sizeof(block_bytes[0]));
  meta_top = meta_live = 0;
}

unsigned faults_seen() { return machine.current->requests; }

}  // namespace slabbed::sched

namespace slabbed::port {
using namespace slabbed::sched;

void *region_reserve(size_t bytes, size_t align, const char *) {
  memory_init();
  bytes = (bytes + kPage - 1) & ~(kPage - 1);
  for (unsigned i = 0; i < piece_count; i++) {
    Piece &piece = pieces[i];
    if (!piece.free || piece.bytes != bytes || piece.offset % align) continue;
    piece.free = false;
    tsan_acquire(&piece.edge);
    open_for_use(piece.offset, bytes);
    return at(piece.offset);
  }
  size_t offset = (region_top + align - 1) & ~(align - 1);
  if (offset + bytes > kRegionBytes || piece_count == kPiecesMax) return nullptr;
  region_top = offset + bytes;
  pieces[piece_count++] = {offset, bytes, false, 0};
  open_for_use(offset, bytes);
  return at(offset);
}

void region_release(void *p, size_t bytes, const char *site) {
  point(PointKind::kPageFree, site);
  drain(machine.current);
  bytes = (bytes + kPage - 1) & ~(kPage - 1);
  for (unsigned i = 0; i < piece_count; i++) {
    Piece &piece = pieces[i];
    if (at(piece.offset) != p) continue;
    if (piece.free || piece.bytes != bytes) misuse("region_release: not a region of this size");
    scrub(piece);
    tsan_release(&piece.edge);
    piece.free = true;
    return;
  }
  misuse("region_release: not a region");
}

void *meta_alloc(size_t bytes, const char *) {
  memory_init();
  if (bytes == 0 || bytes >= kFreed) return nullptr;
  size_t offset = take_block(stride_of(bytes));
  if (offset == kMetaBytes) return nullptr;
  char *p = at(kMetaOffset + offset);
  block_bytes[offset / kGranule] = static_cast<uint32_t>(bytes);
  meta_live += bytes;
  asan_unpoison(p, bytes);
  tsan_new_block(p, bytes);
  raw_fill(p, 0, bytes);
  msan_unpoison(p, bytes);
  return p;
}

bool should_fail(Fault kind, const char *site) {
  point(kind == Fault::kPage ? PointKind::kPageAlloc : PointKind::kMetaAlloc, site);
  Fiber *f = machine.current;
  return ++f->requests == f->fail_nth;
}

namespace sim {

void meta_release(void *p, size_t bytes, const char *site) {
  point(PointKind::kMetaFree, site);
  drain(machine.current);
  size_t offset = static_cast<size_t>(static_cast<char *>(p) - at(kMetaOffset));
  if (offset >= meta_top || offset % kGranule) misuse("meta_free: not a block");
  uint32_t *recorded = &block_bytes[offset / kGranule];
  if (*recorded & kFreed) misuse("meta_free: the block is free already");
  if (*recorded != bytes) misuse("meta_free: not a block of this size");
  *recorded |= kFreed;
  meta_live -= bytes;
  asan_poison(p, bytes);
  tsan_gone_block(p, bytes);
  size_t stride = stride_of(bytes);
  if (stride / kGranule >= kClasses) return;
  Class &c = class_of(stride);
  uint32_t first = static_cast<uint32_t>(offset / kGranule);
  block_next[first] = 0;
  if (c.count) block_next[c.tail] = first;
  else c.head = first;
  c.tail = first;
  c.count++;
}

}  // namespace sim
}  // namespace slabbed::port
SLABBED_SCHED_END
