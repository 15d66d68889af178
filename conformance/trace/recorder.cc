// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// recorder.cc - buffers, and how they become one trace.
#include "conformance/trace/recorder.h"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <utility>

namespace slabbed::conf {

void EventBuffer::Free::operator()(void *p) const { std::free(p); }

EventBuffer::EventBuffer(size_t event_capacity, size_t text_capacity)
    : capacity_(event_capacity), text_capacity_(text_capacity), text_count_max_(text_capacity / 4) {
  size_t event_bytes = (event_capacity + kReserve) * sizeof(Event);
  size_t offset_bytes = text_count_max_ * sizeof(uint32_t);
  storage_.reset(std::calloc(event_bytes + offset_bytes + text_capacity + 1, 1));
  if (storage_ == nullptr) throw std::bad_alloc();
  char *p = static_cast<char *>(storage_.get());
  events_ = reinterpret_cast<Event *>(p);
  text_offsets_ = reinterpret_cast<uint32_t *>(p + event_bytes);
  text_bytes_ = p + event_bytes + offset_bytes;
}

namespace {
// Field by field: a struct copy may become a call of memcpy(), which TSan intercepts.
SLABBED_TRACE_QUIET void copy(Event *to, const Event *from) {
  to->kind = from->kind;
  to->thread = from->thread;
  to->flags = from->flags;
  to->op = from->op;
  to->cache = from->cache;
  to->text = from->text;
  to->object = from->object;
  to->a = from->a;
  to->b = from->b;
  to->c = from->c;
  to->d = from->d;
  to->time = from->time;
}

// The run's end need not have an edge to every fiber (a deadlock abandons some), so reading the
// buffer must be as quiet as writing it.
SLABBED_TRACE_QUIET void copy_all(Event *to, const Event *from, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    copy(to + i, from + i);
    asm volatile("" ::: "memory");  // keeps the loop from being recognised as memcpy()
  }
}
}  // namespace

SLABBED_TRACE_QUIET Event *EventBuffer::place(EventKind kind) {
  size_t room = capacity_;
  if (kind >= EventKind::kDeadlock) room += kReserve;
  if (count_ < room) return events_ + count_++;
  ++lost_;
  return nullptr;
}

SLABBED_TRACE_QUIET void EventBuffer::put(const Event &event) {
  Event *to = place(event.kind);
  if (to != nullptr) copy(to, &event);
}

SLABBED_TRACE_QUIET Event &EventBuffer::add(EventKind kind, unsigned thread, uint32_t op) {
  Event *event = place(kind);
  if (event == nullptr) event = &scratch_;
  event->kind = kind;
  event->thread = static_cast<uint8_t>(thread);
  event->flags = 0;
  event->op = op;
  event->cache = event->text = 0;
  event->object = event->a = event->b = event->c = event->d = event->time = 0;
  return *event;
}

SLABBED_TRACE_QUIET uint32_t EventBuffer::text(const char *text) {
  if (text == nullptr || text_count_ == text_count_max_) return 0;
  size_t used = text_used_;
  // Volatile: a compiler would turn the loop into strcpy(), which TSan intercepts.
  volatile char *to = text_bytes_;
  for (size_t i = 0;; ++i) {
    if (used == text_capacity_) return 0;
    to[used++] = text[i];
    if (text[i] == 0) break;
  }
  volatile uint32_t *offset = &text_offsets_[text_count_++];
  *offset = static_cast<uint32_t>(text_used_);
  text_used_ = used;
  return static_cast<uint32_t>(text_count_);
}

void EventBuffer::clear() { count_ = text_used_ = text_count_ = lost_ = 0; }

void EventBuffer::move_into(Trace &trace) const {
  size_t first = trace.events.size();
  auto text_base = static_cast<uint32_t>(trace.texts.size());
  trace.events.resize(first + count_);
  if (count_ != 0) copy_all(&trace.events[first], events_, count_);
  for (size_t i = 0; i < text_count_; ++i) trace.texts.emplace_back(&text_bytes_[text_offsets_[i]]);
  if (text_base == 0) return;
  for (size_t i = first; i < trace.events.size(); ++i) {
    if (trace.events[i].text != 0) trace.events[i].text += text_base;
  }
}

void SimRecorder::finish(Trace &trace) const {
  trace.events.clear();
  trace.texts.clear();
  trace.sim = true;
  buffer_.move_into(trace);
  trace.truncated_at = buffer_.full() ? buffer_.size() : 0;
}

NativeRecorder::NativeRecorder(unsigned recorders, size_t events_per_thread,
                               size_t text_per_thread) {
  owner_.reserve(recorders);
  for (unsigned i = 0; i < recorders; ++i) owner_.emplace_back(events_per_thread, text_per_thread);
  buffers_ = owner_.data();
}

void NativeRecorder::begin() {
  for (EventBuffer &buffer : owner_) buffer.clear();
}

void NativeRecorder::finish(Trace &trace) const {
  trace.events.clear();
  trace.texts.clear();
  trace.sim = false;
  bool full = false;
  for (const EventBuffer &buffer : owner_) {
    buffer.move_into(trace);
    full |= buffer.full();
  }
  // (stamp, position) is a total order, so every sort algorithm gives the same result.
  std::vector<std::pair<uint64_t, size_t>> order;
  order.reserve(trace.events.size());
  for (size_t i = 0; i < trace.events.size(); ++i) order.emplace_back(trace.events[i].time, i);
  std::sort(order.begin(), order.end());  // total order
  std::vector<Event> merged;
  merged.reserve(order.size());
  for (const auto &entry : order) merged.push_back(trace.events[entry.second]);
  trace.events.swap(merged);
  trace.truncated_at = full ? trace.events.size() : 0;
}

}  // namespace slabbed::conf
