// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// content.cc - patterns, keys and constructed words.
#include "fuzz/exec/content.h"

namespace slabbed::fuzz {
namespace {

constexpr uint64_t kConstructedWord = 0x636f6e7374727563;  // "construc"
constexpr uint64_t kWordStep = 0xd1342543de82ef95;
constexpr size_t kWord = sizeof(uint64_t);
// Smaller objects keep no content besides the head, so a use after free would not be seen.
constexpr size_t kHeadBytesMin = 32;

bool has(const ObjectRecord &record, CacheFlag flag) {
  return record.cache != nullptr && (record.cache->flags & flag) != 0;
}

bool is_aligned(const ObjectRecord &record) {
  return reinterpret_cast<uintptr_t>(record.object) % kWord == 0;
}

uint64_t *words(const ObjectRecord &record) { return static_cast<uint64_t *>(record.object); }

uint64_t pattern(const ObjectRecord &record, size_t word) { return record.tag + word * kWordStep; }

// The part of the object that the pattern covers, in words; tail bytes follow after `end` if the
// size is no multiple of a word. A misaligned object (the judge reports it) has no words.
struct Range {
  size_t begin, end;
};

size_t key_word(const ObjectRecord &record) { return has(record, kCtor) ? 1 : 0; }

bool has_key(const ObjectRecord &record) {
  return has(record, kTypesafe) && is_aligned(record) &&
         record.bytes >= (key_word(record) + 1) * kWord;
}

Range pattern_range(const ObjectRecord &record) {
  if (!is_aligned(record)) return {0, 0};
  size_t begin = has(record, kCtor) ? 1 : 0;
  if (has_key(record)) ++begin;
  size_t end = record.bytes / kWord;
  return {begin < end ? begin : end, end};
}

// The tail holds the low bytes of the word that would stand there. In an object smaller than a word
// that has a ctor, all of it is the ctor's.
bool has_tail(const ObjectRecord &record) {
  if (!is_aligned(record) || record.bytes % kWord == 0) return false;
  return record.bytes > kWord || !has(record, kCtor);
}

bool words_intact(const ObjectRecord &record, size_t begin, size_t end) {
  const uint64_t *word = words(record);
  uint64_t wrong = 0;
  for (size_t i = begin; i < end; ++i) wrong |= word[i] ^ pattern(record, i);
  return wrong == 0;
}

bool tail_intact(const ObjectRecord &record) {
  if (!has_tail(record)) return true;
  const auto *bytes = static_cast<const unsigned char *>(record.object);
  size_t start = record.bytes / kWord * kWord;
  uint64_t expected = pattern(record, start / kWord);
  for (size_t i = start; i < record.bytes; ++i, expected >>= 8) {
    if (bytes[i] != static_cast<unsigned char>(expected)) return false;
  }
  return true;
}

// Readers of the key race with its next owner by design, so both sides use the API's atomics; the
// words are pointers for them.
void **key_address(const ObjectRecord &record) {
  return reinterpret_cast<void **>(words(record) + key_word(record));
}

bool key_intact(const RunState &state, const ObjectRecord &record) {
  if (has(record, kCtor) && !is_constructed(record)) return false;
  if (!has_key(record)) return true;
  auto key = reinterpret_cast<uint64_t>(slabbed_load_acquire_ptr(key_address(record)));
  const ObjectRecord *owner = state.record_of_tag(key);
  return owner != nullptr && owner->object == record.object && owner->cache == record.cache;
}

}  // namespace

bool is_zero(const void *object, size_t bytes) {
  const auto *byte = static_cast<const unsigned char *>(object);
  uint64_t any = 0;
  size_t i = 0;
  if (reinterpret_cast<uintptr_t>(object) % kWord == 0) {
    const auto *word = static_cast<const uint64_t *>(object);
    for (; i + kWord <= bytes; i += kWord) any |= word[i / kWord];
  }
  for (; i < bytes; ++i) any |= byte[i];
  return any == 0;
}

void fill_content(const ObjectRecord &record) {
  Range range = pattern_range(record);
  uint64_t *word = words(record);
  for (size_t i = range.begin; i < range.end; ++i) word[i] = pattern(record, i);
  if (has_tail(record)) {
    auto *bytes = static_cast<unsigned char *>(record.object);
    size_t start = record.bytes / kWord * kWord;
    uint64_t value = pattern(record, start / kWord);
    for (size_t i = start; i < record.bytes; ++i, value >>= 8) {
      bytes[i] = static_cast<unsigned char>(value);
    }
  }
  // Release: a reader that sees the key sees a whole object; pairs with the load in key_intact().
  if (has_key(record)) {
    slabbed_store_release_ptr(key_address(record), reinterpret_cast<void *>(record.tag));
  }
}

bool owner_content_intact(const ObjectRecord &record) {
  Range range = pattern_range(record);
  if (!words_intact(record, range.begin, range.end) || !tail_intact(record)) return false;
  if (has(record, kCtor) && !is_constructed(record)) return false;
  return !has_key(record) ||
         slabbed_load_acquire_ptr(key_address(record)) == reinterpret_cast<void *>(record.tag);
}

bool reader_content_intact(const RunState &state, const ObjectRecord &record) {
  if (has(record, kTypesafe)) return key_intact(state, record);
  if (has(record, kCtor) && !is_constructed(record)) return false;
  Range range = pattern_range(record);
  if (head_inside(record) == nullptr) {
    return words_intact(record, range.begin, range.end) && tail_intact(record);
  }
  size_t head = (record.bytes - sizeof(rcu_head)) / kWord;
  return words_intact(record, range.begin, head < range.end ? head : range.end);
}

void construct(void *object, size_t bytes) {
  auto *to = static_cast<unsigned char *>(object);
  uint64_t value = kConstructedWord;
  for (size_t i = 0; i < kWord && i < bytes; ++i, value >>= 8) {
    to[i] = static_cast<unsigned char>(value);
  }
}

bool is_constructed(const ObjectRecord &record) {
  const auto *byte = static_cast<const unsigned char *>(record.object);
  uint64_t value = kConstructedWord;
  for (size_t i = 0; i < kWord && i < record.bytes; ++i, value >>= 8) {
    if (byte[i] != static_cast<unsigned char>(value)) return false;
  }
  return true;
}

rcu_head *head_inside(const ObjectRecord &record) {
  if (record.bytes < kHeadBytesMin || !is_aligned(record)) return nullptr;
  size_t offset = (record.bytes - sizeof(rcu_head)) / kWord * kWord;
  // The macro kfree_rcu() refuses larger offsets at compile time.
  if (offset >= 4096) return nullptr;
  return reinterpret_cast<rcu_head *>(static_cast<char *>(record.object) + offset);
}

}  // namespace slabbed::fuzz
