// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// hunt_one.cc - looks for one planted bug in the copy of the allocator that it is linked with.
//
//   hunt FILE.planted             runs its hunts one after another: each must find the bug, by one
//                                 of its rules, within its seeds; then replays the finding
//                                 litmus/rejects/<id>.slab, which must break the named rule at once
//   hunt --clean FILE.planted…    runs the same executions, none of which may find a thing:
//                                 for the unmodified allocator, where nothing but the bug was found
//   hunt --save OUT FILE.planted  minimizes what the first hunt finds and writes it as .slab text
//
// Executions run in a child process. A planted bug may lead a wild pointer before any rule is
// broken: such a crash is counted and the hunt goes on behind it, since what counts is that a rule
// names the bug. Without a planted bug a crash is a finding like any other.
//
// Exit status: 0 as it should be, 1 not, 2 usage or unreadable input, 77 the lane cannot show this
// bug.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "fuzz/exec/report.h"
#include "fuzz/exec/sim_run.h"
#include "fuzz/exec/unit.h"
#include "fuzz/planted/planted_bug.h"
#include "fuzz/program/generate.h"
#include "fuzz/program/minimize.h"

namespace slabbed::fuzz {
namespace {

constexpr int kAsExpected = 0, kNotAsExpected = 1, kUnreadable = 2, kNotInThisLane = 77;
constexpr unsigned kMinimizeTries = 20000;

// TSan lanes ignore store buffers (a drained release would publish the wrong clock).
#if defined(__has_feature)  // on a line of its own: gcc does not know it
#if __has_feature(thread_sanitizer)
#define SLABBED_UNDER_TSAN 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define SLABBED_UNDER_TSAN 1
#endif
#ifdef SLABBED_UNDER_TSAN
constexpr bool kStoreBuffers = false;
#else
constexpr bool kStoreBuffers = true;
#endif

struct Found {
  unsigned executions = 0;
  unsigned crashes = 0;  // of the executions
  Program program;
  std::string rule;      // "clean": nothing was found; "CRASH": only that
};

// What a child leaves behind, whatever becomes of it.
struct Note {
  unsigned seed;
  char text[120];
};

// Runs `work` in a child process. False: the child crashed.
bool in_child(const std::function<void()> &work) {
  std::fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    work();
    _exit(0);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status);
}

timespec time_now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now;
}

double seconds_since(timespec start) {
  timespec now = time_now();
  return static_cast<double>(now.tv_sec - start.tv_sec) +
         static_cast<double>(now.tv_nsec - start.tv_nsec) * 1e-9;
}

std::string folder_of(const std::string &path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

bool load(const std::string &path, TextProgram *text) {
  std::vector<uint8_t> bytes;
  std::string error = "cannot read it";
  if (read_file(path, &bytes) && load_unit(bytes.data(), bytes.size(), path, text, &error)) {
    return true;
  }
  std::fprintf(stderr, "hunt: %s: %s\n", path.c_str(), error.c_str());
  return false;
}

class Hunter {
 public:
  explicit Hunter(std::string litmus) : litmus_(std::move(litmus)) {
    void *page =
        mmap(nullptr, sizeof(Note), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) std::abort();
    note_ = static_cast<Note *>(page);
  }
  ~Hunter() { munmap(note_, sizeof(Note)); }
  Hunter(const Hunter &) = delete;
  Hunter &operator=(const Hunter &) = delete;

  int find_all(const PlantedBug &bug);
  int all_clean(const std::vector<PlantedBug> &bugs);
  int save(const PlantedBug &bug, const std::string &path);

 private:
  // With `only`, findings of other rules are passed over.
  bool run(const Hunt &hunt, Found *found, const std::string &only = "");
  std::string signature_of(const Program &program);
  Program minimized(const Found &found);
  void print(const Found &found);
  std::string reject_path(const PlantedBug &bug) const {
    return litmus_ + "/rejects/" + bug.id + ".slab";
  }

  std::string litmus_;
  SimRunner runner_;
  Note *note_;  // shared with the children
};

// The program that a hunt runs with seed `seed`.
Program candidate(const Hunt &hunt, const Program &base, unsigned seed) {
  if (hunt.program.empty()) {
    GenerateOptions options;
    options.strategy = hunt.strategy;
    Program program = generate(seed, options);
    program.store_buffers |= hunt.store_buffers;
    return program;
  }
  Program program = base;
  program.strategy = StrategyKind::kRandom;
  program.schedule.clear();
  program.seed = seed;
  return program;
}

// False: a file cannot be read.
bool Hunter::run(const Hunt &hunt, Found *found, const std::string &only) {
  TextProgram text;
  if (!hunt.program.empty() && !load(litmus_ + "/" + hunt.program, &text)) return false;
  *found = Found();
  auto work = [&] {
    for (; note_->seed <= hunt.seeds; ++note_->seed) {
      const RunResult &result = runner_.run(candidate(hunt, text.program, note_->seed));
      if (result.clean() || (!only.empty() && rule_name(result) != only)) continue;
      std::snprintf(note_->text, sizeof(note_->text), "%s", rule_name(result).c_str());
      return;
    }
    std::snprintf(note_->text, sizeof(note_->text), "clean");
  };
  note_->seed = 1;
  unsigned crashed_seed = 0;
  while (!in_child(work)) {
    ++found->crashes;
    crashed_seed = note_->seed++;
  }
  found->rule = note_->text;
  if (found->rule == "clean" && found->crashes != 0) found->rule = "CRASH";
  unsigned seed = found->rule == "CRASH" ? crashed_seed : note_->seed;
  found->executions = found->rule == "clean" ? hunt.seeds : seed;
  found->program = candidate(hunt, text.program, found->executions);
  return true;
}

// The finding that `program` shows, or "CRASH".
std::string Hunter::signature_of(const Program &program) {
  bool survived = in_child([&] {
    const RunResult &result = runner_.run(program);
    std::snprintf(note_->text, sizeof(note_->text), "%s", signature(program, result).c_str());
  });
  return survived ? note_->text : "CRASH";
}

const char *where(const Hunt &hunt) {
  return hunt.program.empty() ? "generated programs" : hunt.program.c_str();
}

bool names_it(const PlantedBug &bug, const std::string &rule) {
  for (const std::string &known : bug.rules) {
    if (known == rule) return true;
  }
  return false;
}

void Hunter::print(const Found &found) {
  if (found.rule == "clean") return;
  if (found.rule == "CRASH") return (void)std::fputs(print_program(found.program).c_str(), stdout);
  std::fputs(finding_report(found.program, runner_.run(found.program), "sim", "").c_str(), stdout);
}

int Hunter::find_all(const PlantedBug &bug) {
  if (bug.needs_store_buffers && !kStoreBuffers) {
    std::printf("%s shows only with store buffers, which this build ignores\n", bug.id.c_str());
    return kNotInThisLane;
  }
  int status = kAsExpected;
  for (const Hunt &hunt : bug.hunts) {
    timespec start = time_now();
    Found found;
    if (!run(hunt, &found)) return kUnreadable;
    bool right = names_it(bug, found.rule);
    std::printf("%s: %s in %s: %s after %u executions, %u crashes, %.2f s\n",
                right ? "found" : "MISSED", bug.id.c_str(), where(hunt), found.rule.c_str(),
                found.executions, found.crashes, seconds_since(start));
    if (right) continue;
    status = kNotAsExpected;
    print(found);
  }
  TextProgram reject;
  if (!load(reject_path(bug), &reject)) return kUnreadable;
  const RunResult &result = runner_.run(reject.program);
  bool right = rule_name(result) == bug.rules[0] && reject.expect == bug.rules[0];
  std::printf("%s: rejects/%s.slab: %s in one execution\n", right ? "found" : "MISSED",
              bug.id.c_str(), rule_name(result).c_str());
  if (result.skipped_preemptions != 0) {
    std::printf("%u preemptions of it no longer exist\n", result.skipped_preemptions);
  }
  // In words, as a person would meet it.
  if (!result.clean()) {
    std::fputs(finding_report(reject.program, result, "sim", "").c_str(), stdout);
  }
  return right ? status : kNotAsExpected;
}

// The hunts of all bugs, of those over the same generated programs only the longest.
std::vector<Hunt> distinct_hunts(const std::vector<PlantedBug> &bugs) {
  std::vector<Hunt> hunts;
  for (const PlantedBug &bug : bugs) {
    for (const Hunt &hunt : bug.hunts) {
      bool known = false;
      for (Hunt &other : hunts) {
        if (other.program != hunt.program || other.strategy != hunt.strategy ||
            other.store_buffers != hunt.store_buffers) {
          continue;
        }
        known = true;
        if (other.seeds < hunt.seeds) other.seeds = hunt.seeds;
      }
      if (!known) hunts.push_back(hunt);
    }
  }
  return hunts;
}

int Hunter::all_clean(const std::vector<PlantedBug> &bugs) {
  for (const Hunt &hunt : distinct_hunts(bugs)) {
    timespec start = time_now();
    Found found;
    if (!run(hunt, &found)) return kUnreadable;
    std::printf("%s in %u executions of %s, %.2f s\n", found.rule.c_str(), found.executions,
                where(hunt), seconds_since(start));
    if (found.rule == "clean") continue;
    print(found);
    return kNotAsExpected;
  }
  int status = kAsExpected;
  for (const PlantedBug &bug : bugs) {
    TextProgram reject;
    if (!load(reject_path(bug), &reject)) return kUnreadable;
    const RunResult &result = runner_.run(reject.program);
    if (result.clean()) continue;
    std::printf("rejects/%s.slab breaks a rule without the bug\n", bug.id.c_str());
    std::fputs(finding_report(reject.program, result, "sim", "").c_str(), stdout);
    status = kNotAsExpected;
  }
  return status;
}

// The same finding with an explicit schedule, as small as the minimizer gets it.
Program Hunter::minimized(const Found &found) {
  const RunResult &first = runner_.run(found.program);
  std::string wanted = signature(found.program, first);
  Program explicit_program = with_schedule(found.program, first);
  MinimizeBudget budget;
  budget.max_tries = kMinimizeTries;
  return minimize(
      explicit_program,
      [this, &wanted](const Program &candidate) { return signature_of(candidate) == wanted; },
      budget);
}

int Hunter::save(const PlantedBug &bug, const std::string &path) {
  Found found;
  TextProgram text;
  for (const Hunt &hunt : bug.hunts) {
    if (!run(hunt, &found, bug.rules[0])) return kUnreadable;
    if (found.rule == bug.rules[0]) break;
  }
  if (found.rule != bug.rules[0]) {
    std::fprintf(stderr, "hunt: no hunt finds %s\n", bug.rules[0].c_str());
    return kNotAsExpected;
  }
  text.program = minimized(found);
  text.expect = found.rule;
  text.story = bug.head;
  text.story.insert(text.story.end(), bug.story.begin(), bug.story.end());
  std::string out = print_text(text);
  std::FILE *file = std::fopen(path.c_str(), "wb");
  bool written = file != nullptr && std::fwrite(out.data(), 1, out.size(), file) == out.size();
  if (file != nullptr && std::fclose(file) != 0) written = false;
  if (!written) std::fprintf(stderr, "hunt: cannot write %s\n", path.c_str());
  return written ? kAsExpected : kUnreadable;
}

bool load_bug(const std::string &path, PlantedBug *bug) {
  std::vector<uint8_t> bytes;
  std::string error = path + ": cannot read it";
  if (read_file(path, &bytes)) {
    std::string_view text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    if (parse_planted(text, path, bug, &error)) return true;
  }
  std::fprintf(stderr, "hunt: %s\n", error.c_str());
  return false;
}

int main_with(const std::vector<std::string> &words) {
  bool clean = !words.empty() && words[0] == "--clean";
  bool save = words.size() == 3 && words[0] == "--save";
  size_t first = save ? 2 : clean ? 1 : 0;
  if (words.size() <= first || words[first][0] == '-' || (first == 0 && words.size() != 1)) {
    std::fprintf(stderr, "usage: hunt [--clean | --save OUT] FILE.planted\n");
    return kUnreadable;
  }
  std::vector<PlantedBug> bugs(words.size() - first);
  for (size_t i = first; i < words.size(); ++i) {
    if (!load_bug(words[i], &bugs[i - first])) return kUnreadable;
  }
  Hunter hunter(folder_of(words[first]) + "/../litmus");
  if (clean) return hunter.all_clean(bugs);
  return save ? hunter.save(bugs[0], words[1]) : hunter.find_all(bugs[0]);
}

}  // namespace
}  // namespace slabbed::fuzz

int main(int argc, char **argv) {
  return slabbed::fuzz::main_with(std::vector<std::string>(argv + 1, argv + argc));
}
