#!/usr/bin/env bash
# Installs, builds and runs the tests on a fresh Debian 12.
#
#   scripts/test.sh              every fast test; long suites run a seeded sample
#   scripts/test.sh --full       the long suites whole
#   scripts/test.sh --sanitize   the tests under AddressSanitizer and UBSan, the
#                                libraries without gRPC under ThreadSanitizer, and a
#                                bounded, seeded run of each fuzz target
set -euo pipefail
cd "$(dirname "$0")/.."

mode=fast
for word in "$@"; do
  case "$word" in
    --full) mode=full ;;
    --sanitize) mode=sanitize ;;
    -h | --help) sed -n '2,8p' "$0" | sed 's/^# \{0,1\}//'; exit 0 ;;
    *) echo "test.sh: unknown option $word; see --help" >&2; exit 2 ;;
  esac
done

scripts/install_packages.sh
scripts/fetch_models.sh

run() { # preset, ctest arguments…
  local preset="$1"
  shift
  scripts/build.sh "$preset"
  (cd "build/$preset" && ctest --output-on-failure -j "$(nproc)" "$@")
}

case "$mode" in
  fast) run release ;;
  full) FRONTDESK_FULL=1 run release ;;
  sanitize)
    export ASAN_OPTIONS="detect_leaks=1:allocator_may_return_null=1"
    export UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1"
    run asan -LE "timing|structure"
    export TSAN_OPTIONS="halt_on_error=1"
    scripts/build.sh tsan
    (cd build/tsan && ctest --output-on-failure -j "$(nproc)" -LE "grpc|timing|structure")
    scripts/install_packages.sh scripts/packages_fuzz.txt
    scripts/build.sh fuzz fuzz_all
    (cd build/fuzz && ctest --output-on-failure -j "$(nproc)" -L fuzz)
    ;;
esac
