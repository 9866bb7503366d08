#!/usr/bin/env bash
# Question: how fast is replay, and does it find what a release broke?
#
# Data: simulated customers at the demo shop (seed 7), a share of whose answers come from the
# decoder. Verifies every event on one and on two threads, then compares with a bundle in which
# five regressions are planted: a threshold, a flow branch, a removed document, a prompt, a
# tool's mapping. Rival: none; targets are the project's own (300 turns/s comparing with model
# outputs from the record; every planted file among the first ten rows).
#
#   bench/server/replay_bench.sh [CONVERSATIONS [PROGRAM [FOLDER]]]
#
# With FOLDER the simulated store is kept there and used again. Exit 1 when a target is missed.
set -euo pipefail
cd "$(dirname "$0")/../.."
conversations="${1:-5000}"
program="${2:-build/release/frontdesk}"
work="${3:-$(mktemp -d)}"
[ -n "${3:-}" ] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work"

# Recording waits for the disk: every turn commits several times. More conversations at once share
# their commits; what is recorded does not depend on it.
if [ ! -e "$work/data/frontdesk.db" ]; then
  "$program" simulate --conversations "$conversations" --seed 7 --data "$work/data" --threads 16 \
    --decoder "${DECODER:-none}" --decoded-percent "${DECODED_PERCENT:-0}"
fi
for threads in 1 2; do
  "$program" replay "$work/data" --verify --threads "$threads" --cache "$work/data/cache" --decoder "${DECODER:-none}" |
    tail -n 1 | sed "s/^/verify, $threads threads: /"
done

rm -rf "$work/candidate"
cp -r demo/bundle "$work/candidate"
plant() { # file, from, to
  grep -qF -- "$2" "$work/candidate/$1" || { echo "replay_bench: $1 does not hold: $2" >&2; exit 1; }
  python3 - "$work/candidate/$1" "$2" "$3" <<'PY'
import sys
path, before, after = sys.argv[1:]
text = open(path, encoding="utf-8").read()
open(path, "w", encoding="utf-8").write(text.replace(before, after, 1))
PY
}
plant policies/policy.yaml 'answer: 0.60' 'answer: 0.90'
plant flows/order_status.yaml 'parcel.status == \"delivered\"' 'parcel.status == \"never\"'
plant prompts/answer.txt 'in one to three short sentences:' 'briefly:'
plant flows/cancel_order.yaml 'call: orders.get, with: {order_id: "{order_id}"}' 'call: orders.get, with: {order_id: "48213"}'
rm "$work/candidate/knowledge/returns/return-policy.md"
planted=(policies/policy.yaml flows/order_status.yaml flows/cancel_order.yaml knowledge/returns/return-policy.md)
[ "${DECODED_PERCENT:-0}" = 0 ] || planted+=(prompts/answer.txt)

# The report says exit 1: turns differ, as they must.
"$program" replay "$work/data" --against "$work/candidate" --threads 2 --no-decode --cache "$work/data/cache" \
  --decoder none --json "$work/report.json" --html "$work/report.html" --junit "$work/report.xml" || [ $? = 1 ]
python3 - "$work/report.json" "${planted[@]}" <<'PY'
import json, sys
report = json.load(open(sys.argv[1]))
first = [row["cause"] for row in report["rows"][:10]]
missing = [cause for cause in sys.argv[2:] if cause not in first]
speed = report["turns"] / report["seconds"]
print(f"{len(sys.argv) - 2 - len(missing)} of {len(sys.argv) - 2} planted files among the first ten rows; {speed:.0f} turns/s")
if missing:
    print("missing:", ", ".join(missing))
sys.exit(1 if missing or speed < 300 else 0)
PY
