#!/usr/bin/env bash
# Records conversations with a running server, then replays them: every event identical on one and
# on two threads; a changed byte in an event, in a prompt and in a document is found and named.
set -euo pipefail
program="$1"
work="$(mktemp -d)"
server_pid=""
trap '[ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null; rm -rf "$work"' EXIT

fail() { echo "FAILED: $1" >&2; exit 1; }

"$program" serve --data "$work/data" --listen 127.0.0.1:0 --metrics-listen none --rate-burst 0 \
  >"$work/out" 2>"$work/log" &
server_pid=$!
for _ in $(seq 600); do grep -q '^serving' "$work/out" && break; kill -0 "$server_pid" || { cat "$work/log"; fail "the server did not start"; }; sleep 0.2; done
address="127.0.0.1:$(sed -n 's/.*port \([0-9]*\)$/\1/p' "$work/out")"

talk() { printf '%s\n' "$@" >"$work/script"; "$program" chat --server "$address" --script "$work/script" >>"$work/chat.log"; }
talk "where is my order 48213?" "ada.quill@post.example" "thanks"
talk "how many days do I have to return something?" "and how much is shipping to Germany?" "who won the world cup?"
talk "I want to return something" "48213" "ada.quill@post.example" "stop"
talk "wo ist meine Bestellung 48213? ada.quill@post.example" "danke"
talk "I want to speak to a human"
kill -TERM "$server_pid"; wait "$server_pid" || true; server_pid=""

for threads in 1 2; do
  "$program" replay "$work/data" --verify --threads "$threads" --model-threads "$threads" --cache "$work/data/cache" >"$work/replay$threads" || { cat "$work/replay$threads"; fail "verify on $threads threads"; }
  cat "$work/replay$threads"
  grep -q ' 5 identical, 0 differ' "$work/replay$threads" || fail "not all identical on $threads threads"
done

"$program" export --data "$work/data" "$work/recordings"
copy_bundle() { rm -rf "$work/bundle"; cp -r demo/bundle "$work/bundle"; }
replay_files() { "$program" replay "$work/recordings" --verify --bundle "$work/bundle" --cache "$work/data/cache" >"$work/found" 2>&1; }

copy_bundle
replay_files || { cat "$work/found"; fail "the exported recordings verify"; }

# One byte of a recorded reply. (sed reads to the end: head would break the pipe of a fast grep.)
one="$(grep -l 'days' "$work"/recordings/*.jsonl | sed -n 1p)"
cp "$one" "$work/kept"
python3 - "$one" <<'PY'
import json, sys
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
for i, line in enumerate(lines[1:], 1):
    event = json.loads(line)
    if event["kind"] == "reply.said":
        body = json.loads(event["body"])
        body["text"] = ("A" if body["text"][0] != "A" else "B") + body["text"][1:]
        event["body"] = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        lines[i] = json.dumps(event, ensure_ascii=False)
        break
open(sys.argv[1], "w", encoding="utf-8").write("\n".join(lines) + "\n")
PY
replay_files && fail "a changed event was not found"
grep -q 'reply.said' "$work/found" || { cat "$work/found"; fail "the changed event is not named"; }
cp "$work/kept" "$one"

# One byte of a prompt.
sed -i '0,/Use only/s//Use onlY/' "$work/bundle/prompts/answer.txt"
replay_files && fail "a changed prompt was not found"
grep -q 'prompts/answer.txt' "$work/found" || { cat "$work/found"; fail "the changed prompt is not named"; }

# One byte of a document.
copy_bundle
document="$(find "$work/bundle/knowledge" -name '*.md' | sort | sed -n 1p)"
sed -i '0,/the/s//thE/' "$document"
replay_files && fail "a changed document was not found"
grep -q "knowledge/${document#"$work/bundle/knowledge/"}" "$work/found" || { cat "$work/found"; fail "the changed document is not named"; }

# An erased person's conversations report as erased; everybody else's replay as before.
cp -r "$work/data" "$work/erased"
"$program" privacy erase C00001 --data "$work/erased" >"$work/receipt" || { cat "$work/receipt"; fail "the erasure"; }
grep -q 'keys destroyed' "$work/receipt" || { cat "$work/receipt"; fail "the receipt says what was done"; }
"$program" replay "$work/erased" --verify --cache "$work/data/cache" >"$work/found" 2>&1 || { cat "$work/found"; fail "the other conversations replay after an erasure"; }
grep -Eq ' [1-9] identical, 0 differ, [1-9] erased' "$work/found" || { cat "$work/found"; fail "erased and identical are told apart"; }
"$program" audit verify --data "$work/erased" >"$work/found" || { cat "$work/found"; fail "the chains verify after an erasure"; }
"$program" audit log --data "$work/erased" | grep -q 'EraseCustomer' || fail "the erasure is on record"
conversation="$(basename "$one" .jsonl)"
"$program" explain "$conversation" 1 --data "$work/data" >"$work/found" || { cat "$work/found"; fail "explain"; }
grep -q 'by rule' "$work/found" || { cat "$work/found"; fail "the explanation names a rule"; }

# One byte of the store.
python3 - "$work/data/frontdesk.db" <<'PY'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
table, = [r[0] for r in db.execute("select name from sqlite_master where type='table' and name in ('events','event')")]
columns = [r[1] for r in db.execute(f"pragma table_info({table})")]
column = next(c for c in columns if c in ("sealed", "body", "ciphertext", "sealed_body"))
before, = db.execute(f"select {column} from {table} order by length({column}) desc limit 1").fetchone()
after = bytearray(before)
after[len(after) // 2] ^= 1
db.execute(f"update {table} set {column} = ? where {column} = ?", (bytes(after), before))
db.commit()
PY
"$program" replay "$work/data" --verify --cache "$work/data/cache" >"$work/found" 2>&1 && fail "a changed byte in the store was not found"
grep -Eq 'event [0-9]+' "$work/found" || { cat "$work/found"; fail "the changed event in the store is not named"; }
echo "replay: identical on 1 and 2 threads; changed event, prompt, document and store byte each found and named"
