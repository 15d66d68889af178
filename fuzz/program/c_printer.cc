// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// c_printer.cc - see c_printer.h. The helper functions come from c_parts.h; here are the head of
// the test, the statement for each operation, the threads and main().
#include "fuzz/program/c_printer.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "fuzz/program/c_parts.h"
#include "fuzz/program/normalize.h"
#include "fuzz/program/point_name.h"
#include "fuzz/program/step_name.h"
#include "fuzz/program/text_words.h"

namespace slabbed::fuzz {
namespace {

constexpr char kHead[] = R"(
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <slabbed/rcupdate.h>
#include <slabbed/slab.h>
#include <slabbed/system.h>

#define HZ 100
#define CONSTRUCTED 0xc7  // what a constructor leaves in an object's first byte

// One for each kmem_cache_create(), never reused: an object knows whether its cache is gone.
struct cache {
  struct kmem_cache *cache;
  unsigned bytes, users, callbacks;
  slab_flags_t flags;
  int ctor, gone;
};

// One for each allocated object, never reused.
struct record {
  struct rcu_head rcu;  // for call_rcu()
  void *object;
  struct cache *cache;  // NULL: from kmalloc()
  size_t bytes;
  unsigned char tag;    // what its owner fills it with
};

static unsigned failures;
)";

std::string text_of(unsigned number) { return std::to_string(number); }

// A comment line may not end in a backslash, which would join the next line to it.
void append_comment(std::string *out, std::string_view line) {
  *out += line.empty() ? "//" : "// ";
  *out += line;
  if (!line.empty() && (line.back() == '\\' || line.back() == '/')) *out += '.';
  *out += '\n';
}

void append_comments(std::string *out, std::string_view text) {
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    append_comment(out, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

class CPrinter {
 public:
  explicit CPrinter(const TextProgram &text) : text_(text), p_(text_.program) {
    normalize(&text_.program);
    order_ = operation_order(p_);
    for (const Operation &op : p_.operations) {
      parts_ |= parts_of(op.code);
      runs_[op.thread] = true;
    }
    // A single thread performs its operations in order anyway.
    turns_ = !order_.empty() && several_threads();
    if (turns_) parts_ |= part(kPartTurn);
    parts_ = with_needs(parts_);
  }

  std::string print();

 private:
  void story();
  void records();
  void thread(unsigned thread);
  void operation(size_t index);
  void main_function();

  std::string statement(const Operation &op, size_t index) const;
  std::string cache_flags(uint8_t flags) const;
  bool several_threads() const { return std::count(runs_, runs_ + kMaxThreads, true) > 1; }
  bool uses(CPart wanted) const { return parts_ & part(wanted); }
  bool waits_for_others(const Operation &op) const;

  TextProgram text_;
  const Program &p_;
  CParts parts_ = 0;
  bool runs_[kMaxThreads] = {};
  std::vector<unsigned> order_;
  bool turns_ = false;
  std::vector<unsigned> first_record_;  // by operation
  std::vector<unsigned> cache_number_;
  std::string out_;
};

void CPrinter::story() {
  append_comment(&out_, "A slabbed program as a C test: cc -std=gnu11 -pthread FILE -lslabbed");
  append_comment(&out_, "");
  append_comments(&out_, print_text(text_));
  append_comment(&out_, "");
  if (turns_) {
    append_comment(&out_, "The threads take turns, in the order of the schedule.");
  } else if (order_.empty() && several_threads()) {
    append_comment(&out_, "Only the simulator repeats this schedule: here the threads run freely,");
    append_comment(&out_, "so run the test many times.");
  }
  if (p_.slots != kMaxThreadSlots || p_.store_buffers) {
    append_comment(&out_, "Only the simulator knows slots= and store_buffers.");
  }
  for (const Operation &op : p_.operations) {
    if (op.fail_nth == 0) continue;
    append_comment(&out_, "Only the simulator makes requests fail: fail_nth is left out.");
    break;
  }
}

// Numbers the static records that creations and allocations use.
void CPrinter::records() {
  unsigned records = 0, caches = 0;
  for (const Operation &op : p_.operations) {
    first_record_.push_back(records);
    cache_number_.push_back(caches);
    if (op.code == OpCode::kAlloc || op.code == OpCode::kKmalloc) ++records;
    if (op.code == OpCode::kAllocBulk) records += op.arg;
    if (op.code == OpCode::kCacheCreate) ++caches;
  }
  if (caches > 0) out_ += "static struct cache caches[" + text_of(caches) + "];\n";
  if (records > 0) out_ += "static struct record records[" + text_of(records) + "];\n";
}

std::string CPrinter::cache_flags(uint8_t flags) const {
  std::string out;
  for (const words::FlagWord &word : words::kCacheFlags) {
    if (!(flags & word.flag)) continue;
    if (!out.empty()) out += " | ";
    out += word.word;
  }
  return out.empty() ? "0" : out;
}

std::string CPrinter::statement(const Operation &op, size_t index) const {
  const std::string cache = text_of(op.cache), slot = text_of(op.slot), arg = text_of(op.arg);
  const std::string record = "&records[" + text_of(first_record_[index]) + "]";
  const std::string zeroed = op.flags & kZeroedAlloc ? "1" : "0";
  switch (op.code) {
    case OpCode::kNop: case OpCode::kCount: return "";
    case OpCode::kCacheCreate:
      return "do_create(" + cache + ", &caches[" + text_of(cache_number_[index]) + "], \"" +
             p_.names[op.slot].c_str() + "\", " + arg + ", " + cache_flags(op.flags) +
             (op.flags & kCtor ? ", constructor);" : ", NULL);");
    case OpCode::kCacheDestroy: return "do_destroy(" + cache + ");";
    case OpCode::kCacheShrink: return "do_shrink(" + cache + ");";
    case OpCode::kAlloc:
      return "do_alloc(" + slot + ", " + cache + ", " + record + ", " + zeroed + ");";
    case OpCode::kFree: return "do_free(" + slot + ", 0);";
    case OpCode::kKfree: return "do_free(" + slot + ", 1);";
    case OpCode::kAllocBulk:
      return "do_alloc_bulk(" + slot + ", " + cache + ", " + record + ", " + arg + ");";
    case OpCode::kFreeBulk: return "do_free_bulk(" + slot + ", " + arg + ");";
    case OpCode::kKmalloc:
      return "do_kmalloc(" + slot + ", " + arg + ", " + record + ", " + zeroed + ");";
    case OpCode::kKfreeRcu: return "do_kfree_rcu(" + slot + ", 0);";
    case OpCode::kKfreeRcuMightsleep: return "do_kfree_rcu(" + slot + ", 1);";
    case OpCode::kCheck: return "do_check(" + slot + ");";
    case OpCode::kPublish: return "do_publish(" + cache + ", " + slot + ");";
    case OpCode::kReplaceKfreeRcu: return "do_replace(" + cache + ", " + slot + ", 0);";
    case OpCode::kReplaceCallRcu: return "do_replace(" + cache + ", " + slot + ", 1);";
    case OpCode::kReadLock: return "do_read_lock();";
    case OpCode::kReadUnlock: return "do_read_unlock();";
    case OpCode::kDeref: case OpCode::kTypesafeLookup: return "do_dereference(" + cache + ");";
    case OpCode::kSynchronizeRcu: return "do_wait(synchronize_rcu);";
    case OpCode::kRcuBarrier: return "do_wait(rcu_barrier);";
    case OpCode::kKvfreeRcuBarrier: return "do_wait(kvfree_rcu_barrier);";
    case OpCode::kBarrierOnCache: return "do_barrier_on_cache(" + cache + ");";
    case OpCode::kSleep: return "do_schedule_timeout(" + arg + ");";
    case OpCode::kModuleUnload: return "do_module_unload(" + cache + ");";
  }
  return "";
}

// Whether the operation waits for readers of other threads as a matter of course. It then gives its
// turn away first, or such a reader would never get the turn in which it ends.
bool CPrinter::waits_for_others(const Operation &op) const {
  switch (op.code) {
    case OpCode::kSynchronizeRcu: case OpCode::kRcuBarrier: case OpCode::kKvfreeRcuBarrier:
    case OpCode::kBarrierOnCache:
      return true;
    case OpCode::kCacheDestroy: return p_.destroy == DestroyMode::kSync || uses(kPartRetire);
    default: return false;
  }
}

void CPrinter::operation(size_t index) {
  const Operation &op = p_.operations[index];
  std::string line = print_operation(p_, op);
  out_ += "  ";
  append_comment(&out_, line.substr(line.find(' ') + 1));
  std::string code = statement(op, index);
  if (turns_) {
    auto turn = std::find(order_.begin(), order_.end(), index) - order_.begin();
    out_ += "  begin_turn(" + std::to_string(turn) + ");\n";
    if (waits_for_others(op)) out_ += "  end_turn();\n";
  }
  if (!code.empty()) out_ += "  " + code + "\n";
  if (turns_ && !waits_for_others(op)) out_ += "  end_turn();\n";
}

void CPrinter::thread(unsigned thread) {
  out_ += "\nstatic void *t" + text_of(thread + 1) + "(void *unused) {\n  (void)unused;\n";
  out_ += "  slabbed_rcu_register_thread();\n";
  for (size_t i = 0; i < p_.operations.size(); ++i) {
    if (p_.operations[i].thread == thread) operation(i);
  }
  if (uses(kPartReaders)) out_ += "  while (depth != 0) do_read_unlock();\n";
  out_ += "  slabbed_rcu_unregister_thread();\n  return NULL;\n}\n";
}

void CPrinter::main_function() {
  std::string boot = std::string("destroy=") + words::kDestroy[static_cast<unsigned>(p_.destroy)] +
                     (p_.sheaves ? " sheaves=1" : " sheaves=0") +
                     " sheaf_capacity=" + text_of(p_.sheaf_capacity) +
                     (p_.slab_nomerge ? " slab_nomerge" : "");
  out_ += "\nint main(void) {\n  const char *error = NULL;\n";
  out_ += "  struct slabbed_system *system =\n      slabbed_system_boot(\"" + boot +
          "\", NULL, NULL, &error);\n";
  out_ += "  if (system == NULL) {\n    fprintf(stderr, \"boot: %s\\n\", error);\n    return 2;\n"
          "  }\n  slabbed_system_set_default(system);\n";
  if (first_record_.size() > 0 && uses(kPartFill)) {
    out_ += "  for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); ++i) {\n"
            "    records[i].tag = (unsigned char)(i * 37 + 1);\n  }\n";
  }
  std::string functions;
  unsigned count = 0;
  for (unsigned t = 0; t < kMaxThreads; ++t) {
    if (!runs_[t]) continue;
    functions += (count++ == 0 ? "t" : ", t") + text_of(t + 1);
  }
  if (count > 0) {
    out_ += "  void *(*const functions[])(void *) = {" + functions + "};\n";
    out_ += "  pthread_t threads[" + text_of(count) + "];\n";
    out_ += "  for (unsigned i = 0; i < " + text_of(count) + "; ++i) {\n"
            "    if (pthread_create(&threads[i], NULL, functions[i], NULL) != 0) return 2;\n  }\n";
    out_ += "  for (unsigned i = 0; i < " + text_of(count) +
            "; ++i) pthread_join(threads[i], NULL);\n";
  }
  out_ += "  // What is still to come, leak reports included, comes now.\n"
          "  rcu_barrier();\n  kvfree_rcu_barrier();\n  slabbed_flush_destroy_work(system);\n"
          "  slabbed_system_shutdown(system);\n"
          "  if (failures != 0) fprintf(stderr, \"%u checks failed\\n\", failures);\n"
          "  return failures != 0;\n}\n";
}

std::string CPrinter::print() {
  for (const Operation &op : p_.operations) {
    if (op.code == OpCode::kCacheCreate && (op.flags & kCtor)) parts_ |= part(kPartConstructor);
  }
  story();
  out_ += kHead;
  records();
  out_ += print_parts(parts_);
  for (unsigned t = 0; t < kMaxThreads; ++t) {
    if (runs_[t]) thread(t);
  }
  main_function();
  return std::move(out_);
}

// Only preemptions at the start of an operation, between program threads.
bool switches_between_operations(const Program &p) {
  const uint16_t name = point_name_hash(point_kind_name(kOperationPoint));
  if (p.strategy == StrategyKind::kRandom) return false;
  if (p.strategy == StrategyKind::kBytes) return p.schedule.empty();
  return std::all_of(p.schedule.begin(), p.schedule.end(), [&](const ScheduleRecord &record) {
    return record.kind == kOperationPoint && record.name == name && record.occurrence == 0 &&
           is_program_thread(record.thread) && is_program_thread(record.to);
  });
}

}  // namespace

std::vector<unsigned> operation_order(const Program &p) {
  std::vector<unsigned> order;
  if (!switches_between_operations(p)) return order;
  std::vector<unsigned> own[kMaxThreads];
  for (unsigned i = 0; i < p.operations.size(); ++i) own[p.operations[i].thread].push_back(i);
  size_t next[kMaxThreads] = {};
  bool passed[kMaxThreads] = {};  // has gone through the yield point of its next operation
  auto over = [&](unsigned t) { return t >= p.threads || next[t] == own[t].size(); };
  unsigned current = 0;
  while (order.size() < p.operations.size()) {
    if (over(current)) {
      for (current = 0; over(current);) ++current;
    }
    const unsigned index = own[current][next[current]];
    unsigned to = current;
    for (const ScheduleRecord &record : p.schedule) {
      if (passed[current] || record.operation != index || record.thread != current + 1) continue;
      if (!over(record.to - 1u)) to = record.to - 1u;
      break;
    }
    passed[current] = true;
    if (to != current) {
      current = to;
      continue;
    }
    order.push_back(index);
    ++next[current];
    passed[current] = false;
  }
  assert(order.size() == p.operations.size());
  return order;
}

std::string print_c(const TextProgram &text) { return CPrinter(text).print(); }

}  // namespace slabbed::fuzz
