#!/usr/bin/env bash
# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# Goal: on a fresh machine ./run installs exactly what is missing and asks nothing; where it cannot,
# one line says why and what to type. Method: fakes of dpkg-query, apt-get, sudo and id.
# shellcheck disable=SC2016 # hooks are scripts: their variables are expanded later
. "$(dirname "${BASH_SOURCE[0]}")/fixture.sh"

# All packages but two are there.
two_are_missing() {
  hook dpkg-query 'shift 3
    for p in "$@"; do case $p in liburcu-dev | ccache) ;; *) echo "installed $p" ;; esac; done
    echo "not-installed ccache"; exit 1'
}

test_nothing_missing_means_apt_is_not_called() {
  run_it slabbed
  expect_status 0
  expect_no_call apt-get
}

test_missing_packages_are_installed_without_a_question() {
  two_are_missing
  hook apt-get 'echo "$DEBIAN_FRONTEND"; read -r answer && echo "read $answer"; exit 0'
  run_it slabbed
  expect_status 0
  expect_err '^run: installs ccache liburcu-dev$'
  expect_call '^apt-get update -q$'
  expect_call '^apt-get install -y -q --no-install-recommends ccache liburcu-dev$'
  grep -q '^noninteractive$' "$tree/build/apt.log" || die "apt may ask questions"
  grep -q '^read' "$tree/build/apt.log" && die "apt was given a stdin"
  expect_call '^slabbed'
}

test_no_apt_names_the_tools_that_are_needed() {
  rm "$SCRATCH"/bin/{apt-get,ninja,ccache}
  run_it slabbed
  expect_status 3
  expect_err 'no apt here; please install: ninja ccache, and the headers of liburcu'
  expect_one_line
}

test_no_apt_is_no_obstacle_when_the_tools_are_there() {
  rm "$SCRATCH"/bin/{apt-get,dpkg-query}
  run_it slabbed
  expect_status 0
}

test_without_root_and_sudo_the_exact_line_is_printed() {
  two_are_missing
  hook id 'echo 1000'
  run_it slabbed
  expect_status 3
  expect_err 'please run: apt-get update && apt-get install -y --no-install-recommends ccache libu'
  expect_one_line
  expect_no_call '^apt-get'
}

test_sudo_that_wants_a_password_is_not_asked() {
  two_are_missing
  hook id 'echo 1000'
  fake sudo
  hook sudo 'exit 1'
  run_it slabbed
  expect_status 3
  expect_one_line
  expect_no_call '^apt-get'
}

test_sudo_without_a_password_is_used() {
  two_are_missing
  hook id 'echo 1000'
  fake sudo
  hook sudo '[ "$2" = true ] || { shift; "$@"; }'
  run_it slabbed
  expect_status 0
  expect_call '^sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install'
  expect_call '^apt-get install'
}

test_an_unreachable_archive_is_said_in_apts_words() {
  two_are_missing
  hook apt-get '
    if [ "$1" = update ]; then echo "W: Failed to fetch http://deb.example"; exit 0; fi
    echo "E: Unable to locate package ccache"; exit 100'
  run_it slabbed
  expect_status 3
  expect_err 'apt could not install the packages (offline?): E: Unable to locate package ccache'
}

test_a_failed_update_alone_does_not_stop_the_installation() {
  two_are_missing
  hook apt-get '[ "$1" != update ] || { echo "E: The repository has no Release file"; exit 100; }'
  run_it slabbed
  expect_status 0
}

test_a_lock_of_apt_is_waited_for() {
  two_are_missing
  hook apt-get '
    if [ "$1" = install ] && ! [ -e "$SCRATCH/again" ]; then
      touch "$SCRATCH/again"
      echo "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1 (apt)"
      exit 100
    fi'
  run_it slabbed
  expect_status 0
  expect_err 'waits for apt: E: Could not get lock .* held by process 1'
}

test_a_lock_of_apt_is_not_waited_for_without_end() {
  two_are_missing
  extra_env=(SLABBED_APT_WAIT=1)
  hook apt-get 'echo "E: Could not get lock /var/lib/apt/lists/lock."
    echo "E: Unable to lock directory /var/lib/apt/lists/"; exit 100'
  run_it slabbed
  expect_status 3
  expect_err 'apt is locked by another program: E: Could not get lock /var/lib/apt/lists/lock'
}

test_a_disk_that_fills_up_while_installing_is_said() {
  two_are_missing
  local reason
  for reason in 'dpkg: cannot write: No space left on device' \
    "E: You don't have enough free space in /var/cache/apt/archives/."; do
    hook apt-get "echo \"$reason\"; exit 100"
    run_it slabbed
    expect_status 3
    expect_err 'disk full while installing'
  done
}

main "$1"
