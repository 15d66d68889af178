#!/usr/bin/env bash
# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# The command line as its users meet it: what it prints, where, and how it ends. Each test works in
# a folder of its own: cli_test.sh BEHAVIOUR. SLABBED is the program; PLANTED is the same program
# over an allocator with a bug, and FINDING a unit that shows it, by the rule RULE.
set -u
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cd "$tree" || exit 1

fail() {
  printf '%s\n' "$*" '--- stdout' >&2
  cat out >&2
  echo '--- stderr' >&2
  cat err >&2
  exit 1
}

# ends STATUS PROGRAM ARGS…: runs it, keeps its output, and holds it to its exit status.
ends() {
  local wanted=$1 status=0
  shift
  "$@" >out 2>err </dev/null || status=$?
  [ "$status" = "$wanted" ] || fail "exit status $status instead of $wanted: $*"
}
says() { grep -qF -- "$1" out || fail "stdout does not say: $1"; }
# complains TEXT: exactly one line on stderr, which contains TEXT.
complains() {
  grep -qF -- "$1" err || fail "stderr does not say: $1"
  [ "$(wc -l <err)" = 1 ] || fail "more than one line on stderr"
}
needs_planted() { [ -n "${PLANTED:-}" ] || exit 77; }

program() { printf '# slabbed program v1\n%s\n' "$1"; }
program 't1: o0 = kmalloc(64)
t1: kfree(o0)' >clean.slab
program 't1: jump()' >malformed.slab
program 'expect RCU-1
t1: o0 = kmalloc(64)' >unmet.slab

test_a_clean_program_ends_with_0() {
  ends 0 "$SLABBED" replay clean.slab
  says 'clean.slab: clean'
  [ -s err ] && fail "something on stderr"
  ends 0 "$SLABBED" run clean.slab
}

test_an_unmet_expectation_is_a_finding() {
  ends 1 "$SLABBED" replay unmet.slab
  says 'expected RCU-1, got clean'
}

test_a_malformed_text_names_file_and_line() {
  ends 2 "$SLABBED" replay malformed.slab
  complains 'malformed.slab:2: '
  ends 2 "$SLABBED" run malformed.slab
  complains 'malformed.slab:2: '
  ends 2 "$SLABBED" encode malformed.slab
  complains 'malformed.slab:2: '
}

test_what_cannot_be_read_is_one_line() {
  ends 2 "$SLABBED" replay nowhere.slab
  complains 'nowhere.slab'
  ends 2 "$SLABBED" replay nowhere/seeds
  complains 'nowhere/seeds'
  mkdir empty
  ends 2 "$SLABBED" replay empty
  complains 'empty'
}

test_wrong_arguments_end_with_2() {
  ends 2 "$SLABBED"
  ends 2 "$SLABBED" fly
  complains 'fly'
  ends 2 "$SLABBED" run clean.slab --strategy luck
  complains 'luck'
  ends 2 "$SLABBED" replay clean.slab --world moon
  complains 'moon'
  ends 0 "$SLABBED" --help
  says 'campaign'
}

test_a_folder_is_replayed_to_its_end() {
  mkdir folder
  mv ./*.slab folder
  ends 1 "$SLABBED" replay folder
  says 'clean.slab: clean'
  says 'unmet.slab: expected RCU-1'
  says '1 as expected, 1 findings, 1 unreadable'
  complains 'malformed.slab:2: '
}

test_replay_reports_as_json() {
  mkdir folder
  mv ./*.slab folder
  ends 1 "$SLABBED" replay --json folder
  says '"findings": 1'
  says '"unreadable": 1'
  [ "$(head -c 1 out)" = '{' ] && [ "$(tail -n 1 out)" = '}' ] || fail "not one document"
}

test_verbose_prints_the_trace() {
  ends 0 "$SLABBED" replay -v clean.slab
  says 't1 0 invoke op=alloc'
  says 'alloc object=0.0'
}

test_the_native_world_runs_it_too() {
  ends 0 "$SLABBED" replay --world native clean.slab
  says 'clean.slab: clean'
}

test_trials_count_up() {
  ends 0 "$SLABBED" run clean.slab --strategy random --seed 5 --trials 200
  says 'clean in 200 executions'
}

test_print_and_encode_undo_each_other() {
  ends 0 "$SLABBED" encode clean.slab -o unit.bin
  ends 0 "$SLABBED" print unit.bin
  says 't1: o0 = kmalloc(64)'
  cp out printed.slab
  ends 0 "$SLABBED" encode printed.slab -o again.bin
  cmp unit.bin again.bin || fail "other bytes"
}

test_a_clean_program_cannot_be_minimized() {
  ends 2 "$SLABBED" minimize clean.slab
  complains 'no finding'
}

test_adopt_keeps_a_regression_test() {
  mkdir -p corpus/ops_sim_fuzzer/crashes
  ends 0 "$SLABBED" adopt clean.slab --corpus corpus --story 'It was the barrier.'
  local kept
  kept=$(find corpus -name '*.slab')
  [ -n "$kept" ] || fail "nothing kept"
  grep -qx '# It was the barrier.' "$kept" || fail "no story in $kept"
  ends 0 "$SLABBED" replay "$kept"
  ends 2 "$SLABBED" adopt clean.slab --corpus nowhere
  complains 'nowhere'
}

test_a_closed_pipe_leaves_no_mess() {
  "$SLABBED" replay -v clean.slab 2>err | head -n 1 >out
  [ -s err ] && fail "something on stderr"
  return 0
}

# ---- with a bug in the allocator -----------------------------------------------------------------

test_a_finding_has_rule_program_and_replay_line() {
  needs_planted
  sed '/^expect /d' "$FINDING" >finding.slab
  ends 1 "$PLANTED" replay finding.slab
  says "$RULE broken in the sim world"
  says 'happened   '
  says 't1: c0 = kmem_cache_create('
  says 'replay     ./run replay finding.slab'
}

test_the_replay_line_repeats_the_finding() {
  needs_planted
  sed '/^expect /d' "$FINDING" >finding.slab
  ends 1 "$PLANTED" replay finding.slab
  cp out first
  local line
  line=$(sed -n 's,^replay     ./run ,,p' out)
  # shellcheck disable=SC2086 # the words of the line
  ends 1 "$PLANTED" $line
  cmp out first || fail "another report"
}

test_minimize_keeps_the_rule() {
  needs_planted
  { sed '/^expect /d; /^schedule:/,$d' "$FINDING"; printf 't1: o20 = kmalloc(8)\nt1: kfree(o20)\n'
    sed -n '/^schedule:/,$p' "$FINDING"; } >large.slab
  ends 1 "$PLANTED" minimize large.slab -o small.slab
  grep -q 'kmalloc(8)' small.slab && fail "it still has the operation that does not matter"
  ends 1 "$PLANTED" replay small.slab
  says "$RULE broken"
}

# An engine that saves $1 as its finding: prints what libFuzzer prints, ends as libFuzzer ends.
engine() {
  cat >engine <<END
#!/usr/bin/env bash
for word in "\$@"; do case \$word in -artifact_prefix=*) prefix=\${word#*=} ;; esac; done
echo '#2 INITED cov: 120 ft: 340 corp: 7/300b exec/s: 0 rss: 40Mb' >&2
$1
END
  chmod +x engine
  mkdir -p seeds
}
# One that saves unit.bin as its finding.
engine_that_finds() {
  # shellcheck disable=SC2016 # expanded by the engine
  engine 'cp unit.bin "${prefix}crash-1"
echo "Test unit written to ${prefix}crash-1" >&2
exit 77'
}
campaign() {
  "$1" campaign --target ./engine --seeds seeds --work work --findings findings "${@:2}"
}

test_a_campaign_without_finding_ends_with_0() {
  engine 'exit 0'
  ends 0 campaign "$SLABBED" --time 1
  says 'clean     no finding'
  says 'judged    '
  says '120 edges'
  [ -z "$(ls findings)" ] || fail "something in findings"
}

test_a_campaign_saves_prints_and_stops_at_a_finding() {
  needs_planted
  sed '/^expect /d' "$FINDING" >finding.slab
  ends 0 "$PLANTED" encode finding.slab -o unit.bin
  engine_that_finds
  ends 1 campaign "$PLANTED" --time 5
  says "$RULE broken in the sim world"
  says 'replay: ./run replay findings/'
  for form in slab bin txt; do
    [ "$(ls findings/"$RULE"-*."$form" | wc -l)" = 1 ] || fail "no $form saved"
  done
  [ "$(ls findings | wc -l)" = 3 ] || fail "more than the three files: $(ls findings)"
  ends 1 "$PLANTED" replay findings/"$RULE"-*.slab
  says "$RULE broken"
}

test_a_campaign_that_keeps_going_lists_each_finding_once() {
  needs_planted
  sed '/^expect /d' "$FINDING" >finding.slab
  ends 0 "$PLANTED" encode finding.slab -o unit.bin
  engine_that_finds
  ends 1 campaign "$PLANTED" --time 3 --keep-going
  [ "$(grep -c '^finding   ' out)" = 1 ] || fail "not one finding"
}

test_a_finding_that_does_not_repeat_is_called_so() {
  ends 0 "$SLABBED" encode clean.slab -o unit.bin
  engine_that_finds
  ends 1 campaign "$SLABBED" --time 5
  says 'determinism'
}

test_an_interrupted_campaign_sums_up_and_ends_with_130() {
  engine 'trap "exit 72" INT; while :; do sleep 0.1; done'
  set -m
  campaign "$SLABBED" --time 60 >out 2>err </dev/null &
  local job=$! status=0
  sleep 1
  kill -INT -- "-$job"  # as a terminal does: the whole group
  wait "$job" || status=$?
  [ "$status" = 130 ] || fail "exit status $status"
  says 'interrupted'
  says 'clean     no finding'
}

test_a_campaign_needs_its_folders_and_its_target() {
  engine 'exit 0'
  ends 2 "$SLABBED" campaign --target ./engine --seeds nowhere --work work --findings findings
  complains 'no corpus folder nowhere'
  ends 2 "$SLABBED" campaign --target ./nothing --seeds seeds --work work --findings findings
  complains 'no fuzz target ./nothing'
}

test_a_campaign_reports_as_json() {
  engine 'exit 0'
  ends 0 campaign "$SLABBED" --time 1 --json
  says '"coverage": 120'
  says '"findings": []'
}

"test_$1"
