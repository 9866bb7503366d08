#!/usr/bin/env python3
"""Ours and llama.cpp side by side: the table of bench/peers/llm/README.md.

    compare.py --bench build/release/bench/llm/llm_model_bench --model MODEL.gguf \\
        [--fastest MODEL-q4_0.gguf] [--rounds 5] [--threads 2] [--kinds prompt,decode1,…]

Runs each kind in turn, ours, the peer on the same file, the peer on its own fastest format,
`rounds` times over, and prints medians and ratios, then one JSON object as the last line.
Must be run by the Python that has llama-cpp-python (README.md).
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# kind: (what people read, key of the JSON, more is better, target against the same file,
# target against the fastest format)
KINDS = {
    "prompt": ("prompt of 512, tokens/s", "prompt_tok_s", True, 6.0, 1.5),
    "decode1": ("decode x 1, tokens/s", "decode_tok_s", True, 2.0, 1.4),
    "decode8": ("decode x 8, tokens/s", "decode_tok_s", True, 4.0, 2.5),
    "decode16": ("decode x 16, tokens/s", "decode_tok_s", True, 6.0, 2.5),
    "cold": ("first token of 680, ms", "ttft_ms", False, 0.2, None),
    "prefix": ("first token, 1000 cached + 60, ms", "ttft_prefix_ms", False, 0.2, None),
    "load": ("load to first token, ms", "first_token_ms", False, 1.0, None),
    "full": ("peak memory, 8 x 2048 tokens, MB", "peak_mb", False, 1.0, None),
}


def number(text, key):
    value = json.loads(text.strip().splitlines()[-1])[key]
    return list(value.values())[0] if isinstance(value, dict) else value


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--fastest")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--kinds", default=",".join(KINDS))
    options = parser.parse_args()
    kinds = options.kinds.split(",")
    threads = ["--threads", str(options.threads)]
    values = {kind: {"ours": [], "peer": [], "fastest": []} for kind in kinds}
    for round_ in range(options.rounds):
        for kind in kinds:
            if kind == "full" and round_ > 0:
                continue  # memory does not vary, and it is the longest
            key = KINDS[kind][1]
            ours = [options.bench, options.model, "--only", kind, "--runs", "1", "--json"]
            values[kind]["ours"].append(number(run(ours + threads), key))
            peer = [sys.executable, os.path.join(HERE, "peer.py")]
            values[kind]["peer"].append(
                number(run(peer + [options.model, "--kind", kind] + threads), key))
            if options.fastest and KINDS[kind][4]:
                values[kind]["fastest"].append(
                    number(run(peer + [options.fastest, "--kind", kind] + threads), key))
    print(f"{'':34} {'ours':>9} {'peer':>9} {'ratio':>6} {'target':>7}   "
          f"{'fastest':>9} {'ratio':>6} {'target':>7}")
    result = {}
    for kind in kinds:
        name, _, more, target, target_fastest = KINDS[kind]
        ours, peer = (statistics.median(values[kind][who]) for who in ("ours", "peer"))
        sign = ">=" if more else "<="
        line = f"{name:34} {ours:9.1f} {peer:9.1f} {ours / peer:6.2f} {sign + str(target):>7}"
        result[kind] = {"ours": ours, "peer": peer, "ratio": ours / peer, "target": target}
        if values[kind]["fastest"]:
            fastest = statistics.median(values[kind]["fastest"])
            line += f"   {fastest:9.1f} {ours / fastest:6.2f} {sign + str(target_fastest):>7}"
            result[kind] |= {"fastest": fastest, "ratio_fastest": ours / fastest,
                             "target_fastest": target_fastest}
        print(line)
    print(json.dumps({"rounds": options.rounds, "threads": options.threads, "kinds": result}))


main()
