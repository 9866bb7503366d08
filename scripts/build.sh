#!/usr/bin/env bash
# Configures and builds one preset (default: release) into build/<preset>.
# Further words are targets; none means everything.
set -euo pipefail
cd "$(dirname "$0")/.."
preset="${1:-release}"
shift || true

mkdir -p "build/$preset"
log="build/$preset/configure.log"
if ! cmake --preset "$preset" >"$log" 2>&1; then
  tail -n 30 "$log" >&2
  echo "build: configuring failed; the whole text is in $log" >&2
  exit 1
fi
echo "build: $preset ($(nproc) jobs)"
cmake --build "build/$preset" -j "$(nproc)" ${@:+--target "$@"}
