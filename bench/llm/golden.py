#!/usr/bin/env python3
"""Holds our models against recorded outputs of their peers.

    golden.py --frontdesk build/release/frontdesk --golden FOLDER [--models FOLDER]

FOLDER has smollm2_greedy.jsonl, smollm2_tokens.jsonl, gemma3_tokens.jsonl and
minilm_embeddings.jsonl: lines of a prompt's ids, the peer's greedy answer, its five best
logits at the first step and the gap at each step; of texts and their ids; of texts and
their embeddings. Checked: ids agree on every line; following the peer's answer, our argmax
is the peer's wherever the gap is at least 0.25; the first step's five best logits lie
within 0.35; cosines reach 0.9999 in float32 and 0.99 in int8. What cannot be checked for
want of a file prints SKIPPED. Exit code 1 when a check fails.
"""
import argparse
import json
import os
import subprocess
import sys

SMOLLM = "smollm2-135m-instruct-q4_1.gguf"
GEMMA = "gemma-3-270m-q4_k_m.gguf"
MINILM = "all-minilm-l6-v2"
GAP, LOGIT = 0.25, 0.35


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


class Golden:
    def __init__(self, options):
        self.options = options
        self.failed = False

    def file(self, name):
        return os.path.join(self.options.golden, name)

    def model(self, name):
        return os.path.join(self.options.models, name)

    def have(self, *paths):
        for path in paths:
            if not os.path.exists(path):
                print(f"SKIPPED: {path} is not there")
                return False
        return True

    def say(self, good, text):
        self.failed = self.failed or not good
        print(("ok      " if good else "FAILED  ") + text)

    def ours(self, *arguments):
        done = subprocess.run([self.options.frontdesk, "model", *arguments],
                              capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"model {arguments[0]} failed: {done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def tokens(self, golden, model):
        golden, model = self.file(golden), self.model(model)
        if not self.have(golden, model):
            return
        theirs, ours = lines(golden), self.ours("tokenize", model, "--jsonl", golden)
        wrong = [a["text"] for a, b in zip(theirs, ours) if a["ids"] != b["ids"]]
        self.say(not wrong and len(ours) == len(theirs),
                 f"{os.path.basename(golden)}: ids agree on {len(theirs) - len(wrong)} of "
                 f"{len(theirs)} lines {wrong[:2] if wrong else ''}")

    def answers(self):
        golden, model = self.file("smollm2_greedy.jsonl"), self.model(SMOLLM)
        if not self.have(golden, model):
            return
        theirs = lines(golden)
        ours = self.ours("generate", model, "--jsonl", golden, "--teacher-force", "--top", "50")
        clear = right = 0
        apart = []
        for a, b in zip(theirs, ours):
            for step, gap in enumerate(a["gaps"]):
                if gap >= GAP:
                    clear += 1
                    right += b["argmax_ids"][step] == a["output_token_ids"][step]
            best = dict(map(tuple, b["top_step0"]))
            apart.append(max(abs(best.get(i, -1e9) - logit) for i, logit in a["top5_step0"]))
        self.say(right == clear, f"argmax agrees at {right} of {clear} steps with a clear best")
        within = sum(d <= LOGIT for d in apart)
        self.say(within == len(apart),
                 f"five best logits of the first step within {LOGIT} on {within} of {len(apart)} "
                 f"prompts; largest distances: " + " ".join(f"{d:.3f}" for d in apart))

    def embeddings(self):
        golden, model = self.file("minilm_embeddings.jsonl"), self.model(MINILM)
        if not self.have(golden, model):
            return
        theirs = lines(golden)
        for name, flags, least in (("float32", ["--f32"], 0.9999), ("int8", [], 0.99)):
            ours = self.ours("embed", model, "--jsonl", golden, *flags)
            ids = sum(a["ids"] == b["ids"] for a, b in zip(theirs, ours))
            cosine = min(sum(x * y for x, y in zip(a["embedding"], b["embedding"]))
                         for a, b in zip(theirs, ours))
            self.say(ids == len(theirs) and cosine >= least,
                     f"MiniLM {name}: ids agree on {ids} of {len(theirs)}, "
                     f"cosine at least {cosine:.5f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--frontdesk", required=True)
    parser.add_argument("--golden", required=True)
    parser.add_argument("--models", default=os.environ.get(
        "FRONTDESK_MODELS", os.path.expanduser("~/.cache/frontdesk/models")))
    golden = Golden(parser.parse_args())
    golden.tokens("smollm2_tokens.jsonl", SMOLLM)
    golden.tokens("gemma3_tokens.jsonl", GEMMA)
    golden.answers()
    golden.embeddings()
    sys.exit(1 if golden.failed else 0)


main()
