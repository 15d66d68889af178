#!/usr/bin/env bash
# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# Goal: a machine that cannot do the job is named in one line, with status 3 and nothing broken.
# Method: fakes where a fake is as good; a real small tmpfs and a real read-only tree where not
# (they need a mount namespace and are skipped, with a line, where there is none).
# shellcheck disable=SC2016 # hooks are scripts: their variables are expanded later
. "$(dirname "${BASH_SOURCE[0]}")/fixture.sh"

# in_namespace SCRIPT: runs it where it may mount without anyone noticing.
in_namespace() {
  local root_map=()
  [ "$(id -u)" = 0 ] || root_map=(-r)
  unshare "${root_map[@]}" -m true 2>/dev/null || cannot "no mount namespace here"
  export -f clean_env exec_clean
  unshare "${root_map[@]}" -m bash -c "extra_env=(); tree='$tree' out='$out' err='$err'; $1"
  status=$?
}

test_a_nearly_full_disk_is_said_before_anything_is_done() {
  rm "$SCRATCH/bin/df"
  fake df
  hook df 'echo Filesystem; echo "/dev/x 100 88 12 88% /"'
  run_it fuzz
  expect_status 3
  expect_err 'disk full: ./run needs about [0-9]* MB under build/, 12 MB are free'
  expect_one_line
  expect_no_call cmake
}

test_a_disk_that_fills_up_while_building_is_said() {
  hook build 'echo "fatal error: error writing to a.o: No space left on device"; exit 1'
  run_it fuzz
  expect_status 3
  expect_err '^run: disk full: building fuzz stopped'
}

test_a_full_disk_is_said_on_a_real_file_system() {
  in_namespace '
    mkdir "$tree/build" && mount -t tmpfs -o size=2m none "$tree/build" || exit 99
    dd if=/dev/zero of="$tree/build/fill" bs=1k count=2048 2>/dev/null
    clean_env bash "$tree/run" fuzz >"$out" 2>"$err"'
  [ "$status" = 99 ] && cannot "no tmpfs here"
  expect_status 3
  expect_err '^run: disk full'
  expect_one_line
}

test_a_read_only_tree_is_said() {
  in_namespace '
    mount --bind "$tree" "$tree" && mount -o remount,bind,ro "$tree" || exit 99
    clean_env bash "$tree/run" fuzz >"$out" 2>"$err"'
  [ "$status" = 99 ] && cannot "no bind mount here"
  expect_status 3
  expect_err '^run: cannot write under .*/build: Read-only file system$'
  expect_one_line
}

test_a_tree_of_somebody_else_is_said() {
  local as_user=()
  if [ "$(id -u)" = 0 ]; then
    as_user=("$(type -P setpriv)" --reuid 65534 --regid 65534 --clear-groups)
    "${as_user[@]}" true 2>/dev/null || cannot "cannot become another user here"
    chmod a+rx "$SCRATCH"
    chmod a+w "$SCRATCH/calls"
  else
    chmod a-w "$tree"
  fi
  clean_env "${as_user[@]}" bash "$tree/run" fuzz >"$out" 2>"$err"
  status=$?
  chmod u+w "$tree"
  expect_status 3
  expect_err '^run: cannot write under .*/build: Permission denied$'
  expect_one_line
}

test_an_address_space_tsan_cannot_use_names_the_sysctl() {
  hook sanitizer_probe 'echo "FATAL: ThreadSanitizer: unexpected memory mapping 0x1-0x2"; exit 66'
  run_it tsan
  expect_status 3
  expect_err 'vm.mmap_rnd_bits is .*; please run: sysctl -w vm.mmap_rnd_bits=28$'
}

test_newer_wording_of_tsan_is_understood_too() {
  hook sanitizer_probe 'echo "FATAL: ThreadSanitizer: memory layout is incompatible"; exit 66'
  run_it tsan
  expect_status 3
  expect_err 'sysctl -w vm.mmap_rnd_bits=28'
}

test_a_refused_ptrace_turns_the_leak_check_off_and_says_so() {
  hook sanitizer_probe 'echo "==1==LeakSanitizer has encountered a fatal error."; exit 1'
  hook slabbed 'echo "told $ASAN_OPTIONS"'
  extra_env=(ASAN_OPTIONS=verbosity=0)
  run_it fuzz
  expect_status 0
  expect_err '^run: leak check off: ptrace is refused here'
  expect_out '^told verbosity=0:detect_leaks=0$'
}

test_programs_that_do_not_start_at_all_are_said() {
  hook sanitizer_probe 'echo "error while loading shared libraries: libx.so"; exit 127'
  run_it fuzz
  expect_status 3
  expect_err 'programs of preset fuzz do not run here: error while loading shared libraries'
}

test_a_home_that_cannot_be_written_moves_the_compiler_cache() {
  hook build 'echo "$CCACHE_DIR"'
  extra_env=(HOME=/nonexistent)
  run_it slabbed
  expect_err "^$tree/build/.ccache$"
}

main "$1"
