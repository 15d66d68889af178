# Copyright 2026 The slabbed authors
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. You may obtain a copy of the License at
#     http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License
# is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
# or implied. See the License for the specific language governing permissions and limitations.
#
# seam.awk - no nondeterminism outside the seam: threads, atomics, locks, clocks, pages and random
# numbers are reached through allocator/port, or an input would not replay. What depends on a
# library's choices (order of equal elements, hashes, distributions) counts as well.
BEGIN {
  word = "(^|[^A-Za-z0-9_])"
  forbidden = word "(std::(atomic|mutex|shared_mutex|recursive_mutex|condition_variable|thread" \
    "|jthread|lock_guard|unique_lock|scoped_lock|chrono|random_device|mt19937|shuffle|hash" \
    "|uniform_[a-z_]*distribution|this_thread)|pthread_[a-z_]+|atomic_thread_fence)" \
    "|" word "(mmap|munmap|mprotect|membarrier|clock_gettime|gettimeofday|usleep|nanosleep" \
    "|rand|srand|getrandom|__rdtsc|__builtin_ia32_rdtsc)\\("
  header = "^[ \t]*#[ \t]*include[ \t]*<(atomic|mutex|shared_mutex|condition_variable|thread" \
    "|chrono|random|future|pthread.h|threads.h|stdatomic.h|sys/mman.h|time.h|ctime)>"
}
{
  text = code($0)
  # Equal elements come out in the library's order, unless there are none; the line has to say so.
  if (text ~ /std::sort\(/ && $0 !~ /\/\/.*total order/)
    complain("sorts without saying `// total order` or using std::stable_sort")
  if (match(text, forbidden)) {
    found = substr(text, RSTART, RLENGTH)
    sub(/^[^A-Za-z0-9_]/, "", found)
    # A member of one of our types may well be called time() or sort().
    if (substr(text, RSTART - 1, 2) !~ /(\.|->|::)$/ && substr(text, RSTART, 1) != ".")
      complain("names " found " outside allocator/port and fuzz/sched")
  } else if (text ~ header) {
    sub(/^[^<]*/, "", text)
    complain("includes " text " outside allocator/port and fuzz/sched")
  }
}
