#!/usr/bin/env python3
"""Ours and the peers side by side: the whole table of bench/peers/llm/README.md.

    compare.py --bench build/release/bench/llm/llm_model_bench --model MODEL.gguf \\
        [--fastest MODEL-q4_0.gguf] [--gemma GEMMA.gguf] \\
        [--answers-bench build/release/bench/llm/answers_bench] \\
        [--encoder-bench build/release/bench/llm/encoder_bench --encoder FOLDER] \\
        [--rounds 5] [--threads 2] [--kinds prompt,decode1,…]

Runs each kind in turn, ours, the peer on the same file, the peer on its own fastest format,
`rounds` times over, and prints medians and ratios, then one JSON object as the last line.
A part whose file is not given prints SKIPPED.
Must be run by the Python that has llama-cpp-python and onnxruntime (README.md).
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from typing import NamedTuple, Optional

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))


class Kind(NamedTuple):
    name: str
    key: str  # of the JSON of both
    more: bool  # is better
    target: float  # against the peer on the same file
    fastest: Optional[float] = None  # against the peer on its fastest format
    peer_kind: str = ""  # what the peer measures, where it has another name
    own_key: str = ""  # of our JSON: compared with ourselves, not with the peer
    gemma: bool = False  # on the other model
    once: bool = False  # does not vary, and takes long


KINDS = {
    "prompt": Kind("prompt of 512, tokens/s", "prompt_tok_s", True, 6.0, 1.5),
    "decode1": Kind("decode x 1, tokens/s", "decode_tok_s", True, 2.0, 1.4),
    "decode8": Kind("decode x 8, tokens/s", "decode_tok_s", True, 4.0, 2.5),
    "decode16": Kind("decode x 16, tokens/s", "decode_tok_s", True, 6.0, 2.5),
    "cold": Kind("first token of 680, ms", "ttft_ms", False, 0.2),
    "prefix": Kind("first token, 1000 cached + 60, ms", "ttft_prefix_ms", False, 0.2),
    "quoting": Kind("grounded answers, lookup on / off", "quoting_tok_s", True, 1.8,
                    own_key="quoting_plain_tok_s"),
    "answers": Kind("the demo shop's answers, lookup on / off", "answers_tok_s", True, 1.8,
                    own_key="answers_plain_tok_s"),
    "load": Kind("load to first token, ms", "first_token_ms", False, 1.0),
    "packed": Kind("the same, packed file, ms", "first_token_ms", False, 0.5, peer_kind="load"),
    "full": Kind("peak memory, 8 x 2048 tokens, MB", "peak_mb", False, 1.0, once=True),
    "gemma_prompt": Kind("Gemma 3 270M prompt of 512", "prompt_tok_s", True, 1.5, gemma=True,
                         peer_kind="prompt"),
    "gemma_decode1": Kind("Gemma 3 270M decode x 1", "decode_tok_s", True, 1.5, gemma=True,
                          peer_kind="decode1"),
}


def number(text, key):
    value = json.loads(text.strip().splitlines()[-1])[key]
    return list(value.values())[0] if isinstance(value, dict) else value


def run(command, folder=None):
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


class Comparison:
    def __init__(self, options, folder):
        self.options = options
        # The packed file is written beside the model: beside a link in a folder of our own.
        self.packed = os.path.join(folder, os.path.basename(options.model))
        os.symlink(os.path.abspath(options.model), self.packed)
        self.values = {}

    def measure_ours(self, kind, about):
        if kind == "answers":  # on the default model, at the top of the tree
            return run([os.path.abspath(self.options.answers_bench), "--runs", "1", "--json",
                        "--threads", str(self.options.threads)], TOP)
        model = self.options.gemma if about.gemma else self.options.model
        if kind == "packed":
            model = self.packed
        only = kind.removeprefix("gemma_")
        return run([self.options.bench, model, "--only", only, "--runs", "1", "--json",
                    "--threads", str(self.options.threads)])

    def measure_peer(self, model, kind, about):
        out = run([sys.executable, os.path.join(HERE, "peer.py"), model, "--kind",
                   about.peer_kind or kind, "--threads", str(self.options.threads)])
        return number(out, about.key)

    def round(self, kind):
        about = KINDS[kind]
        values = self.values.setdefault(kind, {"ours": [], "peer": [], "fastest": []})
        if about.once and values["ours"]:
            return
        if kind == "packed" and not values["ours"]:
            self.measure_ours(kind, about)  # writes the file
        ours = self.measure_ours(kind, about)
        values["ours"].append(number(ours, about.key))
        if about.own_key:
            values["peer"].append(number(ours, about.own_key))
            return
        model = self.options.gemma if about.gemma else self.options.model
        values["peer"].append(self.measure_peer(model, kind, about))
        if self.options.fastest and about.fastest:
            values["fastest"].append(self.measure_peer(self.options.fastest, kind, about))

    def row(self, kind):
        about, values = KINDS[kind], self.values[kind]
        ours, peer = (statistics.median(values[who]) for who in ("ours", "peer"))
        line = row(about.name, ours, peer, about.more, about.target)
        result = {"ours": ours, "peer": peer, "ratio": ours / peer, "target": about.target}
        if values["fastest"]:
            fastest = statistics.median(values["fastest"])
            line += f"   {fastest:9.1f} {ours / fastest:6.2f} {'>=' + str(about.fastest):>7}"
            result |= {"fastest": fastest, "ratio_fastest": ours / fastest,
                       "target_fastest": about.fastest}
        print(line, flush=True)
        return result

    # How much of the memory's speed one decode uses, by the bench's own reading.
    def memory_bound(self):
        out = run([self.options.bench, self.options.model, "--only", "decode1,bandwidth", "--runs",
                   "5", "--json", "--threads", str(self.options.threads)])
        ours, bound = number(out, "decode_tok_s"), number(out, "decode_bound_tok_s")
        print(row("decode x 1 of its memory bound", ours, bound, True, 0.7))
        return {"ours": ours, "bound": bound, "ratio": ours / bound, "target": 0.7}


def row(name, ours, peer, more, target):
    return (f"{name:40} {ours:9.1f} {peer:9.1f} {ours / peer:6.2f} "
            f"{('>=' if more else '<=') + str(target):>7}")


def compare_encoder(options):
    if not options.encoder or not options.encoder_bench:
        print("SKIPPED: the encoder's rows need --encoder and --encoder-bench")
        return None
    import minilm_peer  # needs onnxruntime
    median = minilm_peer.measure(options.encoder_bench, options.encoder, options.rounds,
                                 options.threads)
    result = {}
    for kind, key, name, more, target in minilm_peer.ROWS:
        ours, peer = median[key][kind], median[key]["peer"]
        print(row(name, ours, peer, more, target))
        result[f"minilm_{kind}_{key}"] = {"ours": ours, "peer": peer, "ratio": ours / peer,
                                          "target": target}
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--fastest")
    parser.add_argument("--gemma")
    parser.add_argument("--answers-bench")
    parser.add_argument("--encoder-bench")
    parser.add_argument("--encoder")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--kinds", help="of " + ",".join([*KINDS, "bound", "encoder"]))
    options = parser.parse_args()
    named = (options.kinds.split(",") if options.kinds else [*KINDS, "bound", "encoder"])
    kinds = [kind for kind in named if kind in KINDS]
    if not options.answers_bench and "answers" in kinds:
        print("SKIPPED: the demo shop's answers need --answers-bench")
        kinds.remove("answers")
    if not options.gemma and any(KINDS[kind].gemma for kind in kinds):
        print("SKIPPED: Gemma's rows need --gemma")
        kinds = [kind for kind in kinds if not KINDS[kind].gemma]
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(options, folder)
        for _ in range(options.rounds):
            for kind in kinds:
                comparison.round(kind)
        print(f"{'':40} {'ours':>9} {'peer':>9} {'ratio':>6} {'target':>7}   "
              f"{'fastest':>9} {'ratio':>6} {'target':>7}")
        result = {kind: comparison.row(kind) for kind in kinds}
        if "bound" in named:
            result["bound"] = comparison.memory_bound()
    if "encoder" in named:
        result |= compare_encoder(options) or {}
    print(json.dumps({"rounds": options.rounds, "threads": options.threads, "kinds": result}))


main()
