#!/usr/bin/env bash
# Builds the browser clients (widget, console, the demo shop's page) into build/web.
#
# npm packages are pinned by clients/web/package-lock.json and installed once into a
# cache outside the project ($FRONTDESK_WEB_CACHE, default ~/.cache/frontdesk/web);
# after that it works without a network. Needs nodejs 18 or later, npm and protoc.
#
#   scripts/build_web.sh             build
#   scripts/build_web.sh --check     check the types too
set -euo pipefail
cd "$(dirname "$0")/.."

check=0
case "${1:-}" in
  '') ;;
  --check) check=1 ;;
  -h | --help) sed -n '2,9p' "$0" | sed 's/^# \{0,1\}//'; exit 0 ;;
  *) echo "build_web: unknown option $1; see --help" >&2; exit 2 ;;
esac
for tool in node npm protoc; do
  command -v "$tool" >/dev/null ||
    { echo "build_web: $tool is not there; run scripts/install_packages.sh" >&2; exit 1; }
done

web="$PWD/clients/web"
mkdir -p build/web
exec 9>build/web/.lock
flock 9

# One folder for each set of pinned packages, so that switching branches installs nothing twice.
key="$(cat "$web/package.json" "$web/package-lock.json" | sha256sum | cut -c1-16)"
cache="${FRONTDESK_WEB_CACHE:-$HOME/.cache/frontdesk/web}/$key"
if [ ! -f "$cache/.whole" ]; then
  echo "build_web: installing npm packages into $cache"
  mkdir -p "$cache"
  cp "$web/package.json" "$web/package-lock.json" "$cache/"
  log="$cache/install.log"
  if ! (cd "$cache" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    echo "build_web: npm could not install the packages; check the network and run this again" >&2
    exit 1
  fi
  touch "$cache/.whole"
fi
ln -sfn "$cache/node_modules" "$web/node_modules"

# TypeScript of the protos.
rm -rf "$web/gen" && mkdir -p "$web/gen"
protoc --proto_path=protos --plugin=protoc-gen-es="$web/node_modules/.bin/protoc-gen-es" \
  --es_out="$web/gen" --es_opt=target=ts,import_extension=none \
  frontdesk/v1/{chat,console,conversation,insight,quality,audit}.proto

[ "$check" = 1 ] && (cd "$web" && node_modules/.bin/tsc --noEmit)
node "$web/build.mjs" "$PWD/build/web"
