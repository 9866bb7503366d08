#!/usr/bin/env bash
# Puts the Python or TypeScript client package together from protos/, and tries its example.
#
#   scripts/build_clients.sh python                 into build/clients/python; no network
#   scripts/build_clients.sh typescript             into build/clients/typescript; npm's registry the first time
#   scripts/build_clients.sh python --check [PROGRAM]      also runs the example against a server
#   scripts/build_clients.sh typescript --check [PROGRAM]
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "build_clients: $1" >&2; exit 1; }

language="${1:-}"
check=no
program="build/release/frontdesk"
[ "${2:-}" != "--check" ] || { check=yes; program="${3:-$program}"; }
target="build/clients/$language"

python_client() {
  local plugin
  plugin="$(command -v grpc_python_plugin)" || fail "grpc_python_plugin is missing; run scripts/install_packages.sh"
  rm -rf "$target" && mkdir -p "$target"
  cp clients/python/{pyproject.toml,example.py,README.md} "$target"
  (cd protos && protoc --proto_path=. --python_out="../$target" --grpc_out="../$target" \
    --plugin=protoc-gen-grpc="$plugin" frontdesk/v1/*.proto)
  touch "$target/frontdesk/v1/__init__.py"
  run_example() { PYTHONPATH="$target" /usr/bin/python3 "$target/example.py" "127.0.0.1:$1" "$2"; }
}

typescript_client() {
  for tool in node npm protoc; do command -v "$tool" >/dev/null || fail "$tool is missing; run scripts/install_packages.sh"; done
  # Pinned packages, installed once into a cache outside the project, as scripts/build_web.sh does.
  local key cache
  key="$(cat clients/typescript/package{,-lock}.json | sha256sum | cut -c1-16)"
  cache="${FRONTDESK_WEB_CACHE:-$HOME/.cache/frontdesk/web}/client-$key"
  if [ ! -f "$cache/.whole" ]; then
    mkdir -p "$cache"
    cp clients/typescript/package{,-lock}.json "$cache"
    (cd "$cache" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >install.log 2>&1) ||
      fail "npm could not install the packages; $cache/install.log says why"
    touch "$cache/.whole"
  fi
  rm -rf "$target" && mkdir -p "$target"
  cp clients/typescript/{package.json,package-lock.json,tsconfig.json,example.ts,README.md} "$target"
  ln -sfn "$cache/node_modules" "$target/node_modules"
  (cd protos && protoc --proto_path=. --es_out="../$target" --es_opt=target=ts,import_extension=js \
    --plugin=protoc-gen-es="../$target/node_modules/.bin/protoc-gen-es" frontdesk/v1/*.proto)
  (cd "$target" && node_modules/.bin/tsc && node_modules/.bin/esbuild example.ts --bundle --platform=node --format=esm \
    --outfile=example.mjs --log-level=warning --banner:js="import{createRequire}from'module';const require=createRequire(import.meta.url);")
  run_example() { node "$target/example.mjs" "http://127.0.0.1:$1" "$2"; }
}

case "$language" in
  python) python_client ;;
  typescript) typescript_client ;;
  *) sed -n '4,7p' "$0" | sed 's/^# \{0,1\}//' >&2; exit 2 ;;
esac
echo "$language client: $target"
[ "$check" = yes ] || exit 0

work="$(mktemp -d)"
server=""
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
"$program" serve --data "$work/data" --listen 127.0.0.1:0 --metrics-listen none --decoder none --encoder none \
  --cache "build/clients/cache-$language" >"$work/out" 2>"$work/log" &
server=$!
for _ in $(seq 600); do
  grep -q '^serving' "$work/out" && break
  kill -0 "$server" 2>/dev/null || { cat "$work/log" >&2; fail "the server did not start"; }
  sleep 0.2
done
port="$(sed -n 's/.*port \([0-9]*\)$/\1/p' "$work/out")"
run_example "$port" "where is my order 48213? my email is ada.quill@post.example" | tee "$work/answer"
grep -q "48213 was delivered" "$work/answer" || fail "the example did not get the answer"
kill -TERM "$server" && wait "$server" || true
server=""
echo "$language client: the example got its answer"
