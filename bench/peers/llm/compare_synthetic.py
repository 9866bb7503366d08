#!/usr/bin/env python3
"""Our logits beside llama.cpp's, model by model, as a table.

    python compare_synthetic.py PROGRAM FOLDER PEER.json

PROGRAM is frontdesk, FOLDER holds the GGUF files, PEER.json is what peer_logits.py wrote. A model agrees when the
best token is the peer's wherever the peer's two best lie further apart than the tolerance, and each of
the peer's five best logits lies within it: 0.08 of the spread of all logits, 0.25 for K-quants, where the peer quantises
activations in blocks of 256 and we in blocks of 32. Exit code 1 when one does not.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

def tolerance(name):
    return 0.25 if name.endswith("_k") else 0.08


def ours(program, model, ids, positions):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as lines:
        for position in positions:
            lines.write(json.dumps({"prompt_token_ids": ids[:position + 1]}) + "\n")
        lines.flush()
        out = subprocess.run([program, "model", "generate", str(model), "--jsonl", lines.name, "--max-tokens", "1",
                              "--threads", "1", "--top", "1000"], check=True, capture_output=True, text=True).stdout
    return [dict(map(tuple, json.loads(line)["top_step0"])) for line in out.splitlines()]


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    program, folder, peer = sys.argv[1], pathlib.Path(sys.argv[2]), json.loads(pathlib.Path(sys.argv[3]).read_text())
    wrong = 0
    print(f"{'model':<16} {'best token':>10} {'largest difference':>19} {'of the spread':>14}")
    for name, entry in peer.items():
        mine = ours(program, folder / f"{name}.gguf", entry["ids"], [p["position"] for p in entry["positions"]])
        same, largest, share = 0, 0.0, 0.0
        agrees = True
        for logits, there in zip(mine, entry["positions"]):
            limit = tolerance(name) * there["spread"]
            best = max(logits, key=lambda i: (logits[i], -i))
            gap = there["top"][0][1] - there["top"][1][1]
            same += best == there["top"][0][0]
            agrees &= best == there["top"][0][0] or gap <= limit
            for token, logit in there["top"]:
                difference = abs(logits[token] - logit)
                largest = max(largest, difference)
                share = max(share, difference / there["spread"])
                agrees &= difference <= limit
        wrong += not agrees
        print(f"{name:<16} {same:>8}/{len(mine)} {largest:>19.4f} {share:>14.4f}{'' if agrees else '  DISAGREES'}")
    print(f"{len(peer) - wrong} of {len(peer)} models agree")
    sys.exit(1 if wrong or not peer else 0)


if __name__ == "__main__":
    main()
