// Copyright 2026 The slabbed authors
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. You may obtain a copy of the License at
//     http://www.apache.org/licenses/LICENSE-2.0
// Unless required by applicable law or agreed to in writing, software distributed under the License
// is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express
// or implied. See the License for the specific language governing permissions and limitations.
//
// sanitizer_probe - does nothing, so what stops it would stop every program built like it: an
// address space ThreadSanitizer cannot use, or a leak check that may not trace its own process.
// ./run starts it before a lane and translates its failure into one line.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
extern "C" int __lsan_do_recoverable_leak_check();
int main() { return __lsan_do_recoverable_leak_check(); }
#define SLABBED_PROBE_HAS_MAIN
#endif
#endif

#ifndef SLABBED_PROBE_HAS_MAIN
int main() { return 0; }
#endif
