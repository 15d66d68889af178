// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// sim_run.cc - see sim_run.h.
#include "fuzz/exec/sim_run.h"

#include <slabbed/system.h>

#include <optional>

#include "epilogue.h"
#include "fuzz/exec/boot_text.h"
#include "fuzz/exec/thread.h"
#include "fuzz/sched/bytes_strategy.h"
#include "fuzz/sched/random_strategy.h"
#include "fuzz/sched/replay_strategy.h"
#include "fuzz/sched/simulation.h"
#include "settling_strategy.h"
#include "trace_feed.h"

namespace slabbed::fuzz {

using conf::EventKind;

struct SimRunner::Parts {
  RunState state;
  TraceFeed feed;
  Thread threads[kMaxThreads];
  SettlingStrategy strategy;
  std::optional<sched::ReplayStrategy> replay;
  std::optional<sched::BytesStrategy> bytes;
  std::optional<sched::RandomStrategy> random;
  std::vector<sched::BytesStrategy::Record> records;
  conf::Judge judge;
  slabbed_observer observer{};
  char boot[kBootTextBytes];
  RunResult result;

  void choose_strategy(const Program &program);
  void run(const Program &program, bool symbols);
  void init_fiber();
  void note_ending(sched::Outcome outcome);
};

namespace {

sched::Preemption to_preemption(const ScheduleRecord &record) {
  sched::Preemption preemption{};
  preemption.thread = record.thread;
  preemption.operation = record.operation;
  preemption.kind = static_cast<sched::PointKind>(record.kind);
  preemption.name = record.name;
  preemption.occurrence = record.occurrence;
  preemption.to = record.to;
  return preemption;
}

ScheduleRecord to_record(const sched::Preemption &preemption) {
  ScheduleRecord record;
  record.thread = preemption.thread;
  record.kind = static_cast<uint8_t>(preemption.kind);
  record.operation = preemption.operation;
  record.name = preemption.name;
  record.occurrence = preemption.occurrence;
  record.to = preemption.to;
  return record;
}

void thread_main(void *thread) {
  slabbed_rcu_register_thread();
  static_cast<Thread *>(thread)->execute();
  slabbed_rcu_unregister_thread();
}

}  // namespace

void SimRunner::Parts::choose_strategy(const Program &program) {
  switch (program.strategy) {
    case StrategyKind::kRandom:
      return strategy.use(&random.emplace(program.seed));
    case StrategyKind::kExplicit: {
      std::vector<sched::Preemption> preemptions;
      for (const ScheduleRecord &record : program.schedule) {
        preemptions.push_back(to_preemption(record));
      }
      return strategy.use(&replay.emplace(std::move(preemptions)));
    }
    default:
      records.clear();
      for (const ScheduleRecord &record : program.schedule) {
        records.push_back({record.operation, record.to});
      }
      return strategy.use(&bytes.emplace(records.data(), records.size()));
  }
}

void SimRunner::Parts::init_fiber() {
  const char *error = nullptr;
  slabbed_system *system = slabbed_system_boot(boot, nullptr, &observer, &error);
  if (system == nullptr) {
    world::note(EventKind::kCheckFailed, 0, conf::kNoOperation, {.text = error});
    return;
  }
  slabbed_system_set_report_sink(system, &TraceFeed::report_sink, &feed);
  slabbed_system_set_default(system);
  slabbed_rcu_register_thread();
  strategy.start();
  sched::ask_strategy_now();
  for (unsigned t = 1; t <= state.program->threads; ++t) {
    threads[t - 1].begin(&state, t);
    sched::spawn(t, thread_main, &threads[t - 1]);
  }
  sched::join_all();
  strategy.settle();
  run_epilogue(system, state, feed);
  slabbed_rcu_unregister_thread();
  slabbed_system_shutdown(system);
}

void SimRunner::Parts::note_ending(sched::Outcome outcome) {
  switch (outcome) {
    case sched::Outcome::kFinished: return;
    case sched::Outcome::kDeadlock:
      return feed.note(EventKind::kDeadlock, 0, conf::kNoOperation,
                       {.text = sched::deadlock_report()});
    case sched::Outcome::kStepBound:
      return feed.note(EventKind::kStepBound, 0, conf::kNoOperation,
                       {.text = sched::deadlock_report()});
    case sched::Outcome::kCheckFailed:
      return feed.note(EventKind::kCheckFailed, 0, conf::kNoOperation,
                       {.text = sched::check_message()});
  }
}

void SimRunner::Parts::run(const Program &program, bool symbols) {
  state.begin(program);
  feed.begin();
  choose_strategy(program);
  observer = feed.observer();
  write_boot_text(program, kHz, kDrainJiffies, symbols, boot);
  sched::Options options;
  options.strategy = &strategy;
  options.store_buffers = program.store_buffers;
  options.slots = program.slots + 1u;  // slot 0 is nobody's
  options.hz = kHz;
  options.program_order = true;
  sched::begin(options, feed.sink());
  sched::Outcome outcome =
      sched::run([](void *self) { static_cast<Parts *>(self)->init_fiber(); }, this);
  note_ending(outcome);
  result.steps = sched::steps();
  result.schedule.clear();
  for (const sched::Preemption &taken : sched::taken()) result.schedule.push_back(to_record(taken));
  bool replayed = program.strategy == StrategyKind::kExplicit;
  result.skipped_preemptions = replayed ? static_cast<uint32_t>(replay->skipped()) : 0;
  sched::end();
}

SimRunner::SimRunner() : parts_(std::make_unique<Parts>()) {}
SimRunner::~SimRunner() = default;

void SimRunner::run_unjudged(const Program &program) { parts_->run(program, symbols_); }

const RunResult &SimRunner::run(const Program &program) {
  parts_->run(program, symbols_);
  RunResult &result = parts_->result;
  parts_->feed.finish(result.trace);
  parts_->feed.report_lines(result.report_lines);
  result.trace.async_destroy = program.destroy == DestroyMode::kAsync;
  result.trace.legacy_destroy = program.destroy == DestroyMode::kLegacy;
  result.trace.drain_jiffies = kDrainJiffies;
  result.verdict = parts_->judge.judge(result.trace);
  result.trace_hash = parts_->judge.run_hash(result.trace, result.verdict);
  return result;
}

Program with_schedule(const Program &program, const RunResult &result) {
  Program explicit_program = program;
  explicit_program.strategy = StrategyKind::kExplicit;
  explicit_program.schedule = result.schedule;
  explicit_program.seed = 0;
  return explicit_program;
}

}  // namespace slabbed::fuzz
