#!/usr/bin/env bash
# From a fresh Debian 12 to a chat with the demo shop's assistant.
#
#   scripts/quickstart.sh               set up, start the server, open a chat; leaving the chat stops the server
#   scripts/quickstart.sh --build-only  packages, build and models, nothing is started
#   scripts/quickstart.sh --check       hold a scripted conversation over gRPC, print it, exit 0 when all of it held
#
# Everything it makes is in build/ and data/; it can be run again at any time.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=chat
case "${1:-}" in
  '') ;;
  --build-only) mode=build ;;
  --check) mode=check ;;
  -h | --help) sed -n '2,8p' "$0" | sed 's/^# \{0,1\}//'; exit 0 ;;
  *) echo "quickstart: unknown option $1; see --help" >&2; exit 2 ;;
esac

echo "== 1/4 packages"
scripts/install_packages.sh
echo "== 2/4 build (about 15 minutes the first time on two cores)"
scripts/build.sh release frontdesk
echo "== 3/4 models and web pages"
scripts/fetch_models.sh
# Without npm's registry the terminal chat still works: said here, and again below.
web=()
if scripts/build_web.sh; then
  web=(--web-listen 127.0.0.1:7602 --web-root "$PWD/build/web")
else
  echo "quickstart: the widget could not be built (the lines above say why); going on with the terminal chat" >&2
fi
[ "$mode" = build ] && { echo "built: build/release/frontdesk"; exit 0; }

program="$PWD/build/release/frontdesk"
work="$(mktemp -d)"
server_pid=""
clean_up() {
  exec 3>&- 4>&- 2>/dev/null || true
  if [ -n "$server_pid" ] && kill -0 "$server_pid" 2>/dev/null; then
    kill -TERM "$server_pid"
    wait "$server_pid" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap clean_up EXIT

start_server() { # data folder, bundle, listen, metrics, more flags
  "$program" serve --data "$1" --bundle "$2" --listen "$3" --metrics-listen "$4" "${@:5}" >"$work/server.out" 2>"$work/server.log" &
  server_pid=$!
  for _ in $(seq 600); do
    grep -q '^serving' "$work/server.out" 2>/dev/null && break
    if ! kill -0 "$server_pid" 2>/dev/null; then
      cat "$work/server.log" >&2
      echo "quickstart: the server did not start; the lines above say why" >&2
      exit 1
    fi
    sleep 0.2
  done
  port="$(sed -n 's/.*port \([0-9]*\)$/\1/p' "$work/server.out")"
  address="127.0.0.1:$port"
}

echo "== 4/4 server (the first start trains the intents and indexes the documents)"
if [ "$mode" = chat ]; then
  start_server data demo/bundle 127.0.0.1:7600 127.0.0.1:7601 "${web[@]}"
  echo "Serving on $address; metrics on http://127.0.0.1:7601/metrics; the log is in data/server.log when you leave."
  if [ ${#web[@]} -gt 0 ]; then
    echo "The widget on the shop's page: http://127.0.0.1:7602/   the agents' console: http://127.0.0.1:7602/console/"
  fi
  echo "Try: where is my order 48213? (the order is ada.quill@post.example's)"
  "$program" chat --server "$address" || true
  cp "$work/server.log" data/server.log
  exit 0
fi

# --- The check ------------------------------------------------------------------------------
# Humans of the demo shop work office hours; here somebody is always on duty.
cp -r demo/bundle "$work/bundle"
sed -i -E 's/^  (mon|tue|wed|thu|fri|sat|sun): .*/  \1: "00:00-24:00"/; /^  - "20[0-9-]+"$/d; s/^holidays:$/holidays: []/' \
  "$work/bundle/assistant.yaml"
start_server "$work/data" "$work/bundle" 127.0.0.1:0 none

mkfifo "$work/chat.in" "$work/console.in"
"$program" chat --server "$address" <"$work/chat.in" >"$work/chat.log" 2>&1 &
chat_pid=$!
exec 3>"$work/chat.in"
token="$("$program" user add noor --role agent --data "$work/data")"
"$program" console --server "$address" --token "$token" --name Noor <"$work/console.in" >"$work/console.log" 2>&1 &
console_pid=$!
exec 4>"$work/console.in"

held=0
expect() { # file, pattern, what it shows
  for _ in $(seq 150); do
    if grep -Eq "$2" "$1"; then
      held=$((held + 1))
      return 0
    fi
    sleep 0.2
  done
  echo "--- the customer's side so far"; cat "$work/chat.log"
  echo "--- the agent's side so far"; cat "$work/console.log"
  echo "quickstart: not seen within 30 s: $3 (/$2/)" >&2
  exit 1
}
customer() { echo "$1" >&3; }
agent() { echo "$1" >&4; }

expect "$work/chat.log" '^assistant> .*Pip' 'the greeting says what it is'
expect "$work/console.log" 'help shows' 'the agent is signed in'
customer "where is my order 48213? my email is ada.quill@post.example"
expect "$work/chat.log" '^assistant> .*48213' 'a flow reads the order with a tool'
customer "how many days do I have to return something?"
expect "$work/chat.log" 'from: .*\(.*\)' 'an answer with its source'
customer "who won the football world cup in 1974?"
expect "$work/chat.log" '^assistant> .*(outside of what I know|only know|nothing reliable|not something|cannot help)' 'a question that is not ours is refused'
customer "I want to talk to a human please"
expect "$work/chat.log" 'a colleague was asked to join' 'a human is asked for'
expect "$work/console.log" 'waits:' 'the queue announces it'
agent "claim"
expect "$work/console.log" 'you have conversations/' 'the agent claims it'
agent "say Hello, this is Noor. I have read along and I am here."
expect "$work/chat.log" '^Noor> Hello, this is Noor' 'the customer reads the human'
agent "return all is well, please go on"
expect "$work/chat.log" 'the assistant is back' 'the conversation goes back to the assistant'
customer "how much is shipping to Germany?"
expect "$work/chat.log" '^           from: .*shipping' 'the assistant goes on'
customer "/quit"
wait "$chat_pid"
agent "quit"
wait "$console_pid"

echo
cat "$work/chat.log"
echo
"$program" audit verify --data "$work/data"
echo "quickstart: $held checks held"
