// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
#include "fuzz/cli/outcome.h"

#include <fmt/format.h>

#include "conformance/trace/print.h"
#include "fuzz/cli/child.h"
#include "fuzz/cli/command.h"
#include "fuzz/exec/report.h"
#include "fuzz/exec/unit.h"

namespace slabbed::cli {
namespace {

// A program ends within the step bound, far below this; a native one waits for real time.
constexpr double kSecondsPerProgram = 120;

}  // namespace

nlohmann::json to_json(const Outcome &o) {
  return {{"file", o.file},         {"rule", o.rule},
          {"signature", o.signature}, {"why", o.why},
          {"explanation", o.explanation}, {"report", o.report},
          {"trace", o.trace},       {"hash", o.hash},
          {"steps", o.steps},       {"skipped_preemptions", o.skipped_preemptions},
          {"expected", o.expected}};
}

Outcome outcome_from_json(const nlohmann::json &json) {
  Outcome o;
  json.at("file").get_to(o.file);
  json.at("rule").get_to(o.rule);
  json.at("signature").get_to(o.signature);
  json.at("why").get_to(o.why);
  json.at("explanation").get_to(o.explanation);
  json.at("report").get_to(o.report);
  json.at("trace").get_to(o.trace);
  json.at("hash").get_to(o.hash);
  json.at("steps").get_to(o.steps);
  json.at("skipped_preemptions").get_to(o.skipped_preemptions);
  json.at("expected").get_to(o.expected);
  return o;
}

std::string replay_line(const std::string &file) { return "./run replay " + file; }

Outcome run_here(fuzz::Runner &runner, const std::string &file, const fuzz::TextProgram &text,
                 bool verbose) {
  runner.set_symbols(true);  // a person reads this one
  const fuzz::RunResult &result = runner.run(text.program);
  Outcome o;
  o.file = file;
  o.rule = fuzz::rule_name(result);
  o.expected = fuzz::as_expected(text, result, &o.why);
  o.steps = result.steps;
  o.skipped_preemptions = result.skipped_preemptions;
  if (result.trace.sim) o.hash = fmt::format("{:016x}", result.trace_hash);
  if (!result.clean()) {
    o.signature = fuzz::signature(text.program, result);
    o.explanation = result.verdict.explanation;
    o.report = fuzz::finding_report(text.program, result, runner.world(), replay_line(file));
  } else if (!o.expected) {
    o.signature = o.why;
  }
  if (verbose) {
    o.trace = conf::print_trace(result.trace, conf::Objects::kByName);
    for (const std::string &line : result.report_lines) o.trace += line + "\n";
  }
  return o;
}

Outcome run_in_child(const std::string &file, const fuzz::TextProgram &text, bool verbose) {
  ChildResult child = in_child(
      [&] {
        auto runner = make_runner();
        return to_json(run_here(*runner, file, text, verbose)).dump();
      },
      kSecondsPerProgram);
  if (child.returned) return outcome_from_json(nlohmann::json::parse(child.output));
  Outcome o;
  o.file = file;
  o.rule = "crash";
  o.expected = false;
  std::string summary = sanitizer_summary(child.errors);
  o.why = o.signature = summary.empty() ? child.end() : summary;
  o.report = child.errors + fmt::format("program\n{}\nreplay     {}\n",
                                        fuzz::print_text(text), replay_line(file));
  return o;
}

}  // namespace slabbed::cli
