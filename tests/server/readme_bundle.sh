#!/usr/bin/env bash
# The README's "own bundle in ten minutes", typed as it stands: the bundle checks without a fault,
# the server starts on it, answers from its document with the source, takes the message, and refuses the rest.
set -euo pipefail
program="$1"
readme="$PWD/README.md"
work="$(mktemp -d)"
server_pid=""
trap '[ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null; rm -rf "$work"' EXIT

fail() { echo "FAILED: $1" >&2; [ ! -s "$work/chat.log" ] || cat "$work/chat.log" >&2; exit 1; }

# The first code block of the section, without its last line, which starts the server.
awk '/^## Your own bundle in ten minutes/ {here = 1}
     here && /^```/ {if (inside) exit; inside = 1; next}
     inside' "$readme" >"$work/typed"
serve="$(tail -n 1 "$work/typed")"
[[ "$serve" == "build/release/frontdesk serve "* ]] || fail "the block of the README ends with serve, not with: $serve"

cd "$work"
mkdir -p build/release
ln -s "$program" build/release/frontdesk
sed '$d' typed >commands
bash -euo pipefail commands >checked 2>&1 || { cat checked; fail "a command of the README fails"; }
cat checked

read -r -a words <<<"$serve"
"${words[@]}" --listen 127.0.0.1:0 --metrics-listen none >out 2>log &
server_pid=$!
for _ in $(seq 600); do grep -q '^serving' out && break; kill -0 "$server_pid" || { cat log; fail "the server did not start"; }; sleep 0.2; done
address="127.0.0.1:$(sed -n 's/.*port \([0-9]*\)$/\1/p' out)"

printf '%s\n' "when are you open?" "take a message please" "Please keep the red lantern for me." "who won the world cup?" >script
"$program" chat --server "$address" --script script >chat.log
grep -q 'I am Robin, the digital assistant' chat.log || fail "the assistant says who and what it is"
grep -q '9:00 to 18:00' chat.log || fail "the opening hours are answered"
grep -q 'hours.md' chat.log || fail "the answer names its document"
grep -Eq 'What shall I pass on|Please type the message' chat.log || fail "the flow asks for its slot"
grep -q 'I have noted it' chat.log || fail "the flow ends"
sed -n '/world cup/,$p' chat.log | grep -Eq 'cannot help with that|nothing reliable|did not understand' || fail "a question that is not the shop's is refused"
kill -TERM "$server_pid"; wait "$server_pid" || true; server_pid=""
echo "readme bundle: checked, served, answered with its source, a flow done"
