#!/usr/bin/env python3
"""How far do ours and recorded logits lie from the model's exact ones?

    exact_logits.py --frontdesk build/release/frontdesk --model MODEL.gguf --golden smollm2_greedy.jsonl

Exact: the file's weights dequantised, activations, keys and values in float32, nothing rounded to
bytes or halves; numpy, a family whose files pair neighbours in the rotary embedding (llama). Of each
line's prompt the recorded five best logits of the first step are compared; the largest distance of
the five counts. Prints a row a pair: record and exact, ours and exact, ours and record.
Needs PyPI's gguf and numpy; about a second a prompt.
"""
import argparse
import json
import subprocess

import numpy as np
from gguf import GGUFReader, dequantize


class Exact:
    def __init__(self, path):
        reader = GGUFReader(path)
        self.tensors = {t.name: dequantize(t.data, t.tensor_type).astype(np.float32)
                        for t in reader.tensors}
        setting = lambda key: reader.fields["llama." + key].contents()
        self.layers = setting("block_count")
        self.heads = setting("attention.head_count")
        self.kv_heads = setting("attention.head_count_kv")
        self.epsilon = np.float32(setting("attention.layer_norm_rms_epsilon"))
        self.rope_base = setting("rope.freq_base")
        self.width = setting("embedding_length")
        self.head_dim = self.width // self.heads

    def norm(self, x, name):
        scale = np.sqrt((x * x).mean(-1, keepdims=True) + self.epsilon)
        return x / scale * self.tensors[name]

    def times(self, x, name):
        return x @ self.tensors[name].T

    def rotate(self, x):  # [position, head, head_dim]
        half = self.head_dim // 2
        angles = np.outer(np.arange(len(x)), self.rope_base ** (-np.arange(half) / half))
        cos, sin = (f(angles).astype(np.float32)[:, None] for f in (np.cos, np.sin))
        even, odd = x[..., 0::2], x[..., 1::2]
        turned = np.empty_like(x)
        turned[..., 0::2] = even * cos - odd * sin
        turned[..., 1::2] = even * sin + odd * cos
        return turned

    def attend(self, x, layer):
        n = len(x)
        shape = lambda y: y.reshape(n, -1, self.head_dim)
        q, k, v = (shape(self.times(x, f"{layer}attn_{name}.weight")) for name in "qkv")
        q, k = self.rotate(q), self.rotate(k)
        later = np.triu(np.full((n, n), -np.inf, np.float32), 1)
        mixed = np.empty_like(q)
        for head in range(self.heads):
            kv = head // (self.heads // self.kv_heads)
            scores = q[:, head] @ k[:, kv].T / np.float32(np.sqrt(self.head_dim)) + later
            weights = np.exp(scores - scores.max(-1, keepdims=True))
            mixed[:, head] = weights / weights.sum(-1, keepdims=True) @ v[:, kv]
        return self.times(mixed.reshape(n, -1), f"{layer}attn_output.weight")

    def feed_forward(self, x, layer):
        gate, up = (self.times(x, f"{layer}ffn_{name}.weight") for name in ("gate", "up"))
        return self.times(gate / (1 + np.exp(-gate)) * up, f"{layer}ffn_down.weight")

    def logits(self, ids):  # of the last token
        x = self.tensors["token_embd.weight"][ids]
        for i in range(self.layers):
            layer = f"blk.{i}."
            x = x + self.attend(self.norm(x, layer + "attn_norm.weight"), layer)
            x = x + self.feed_forward(self.norm(x, layer + "ffn_norm.weight"), layer)
        head = "output.weight" if "output.weight" in self.tensors else "token_embd.weight"
        return self.times(self.norm(x[-1], "output_norm.weight"), head)


def main():
    parser = argparse.ArgumentParser()
    for name in ("frontdesk", "model", "golden"):
        parser.add_argument("--" + name, required=True)
    options = parser.parse_args()
    with open(options.golden, encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    done = subprocess.run([options.frontdesk, "model", "generate", options.model, "--jsonl",
                           options.golden, "--teacher-force", "--top", "50"],
                          capture_output=True, text=True, check=True)
    exact_model = Exact(options.model)
    rows = {"record and exact": [], "ours and exact": [], "ours and record": []}
    for record, line in zip(records, done.stdout.splitlines()):
        ids = [i for i, _ in record["top5_step0"]]
        recorded = np.array([logit for _, logit in record["top5_step0"]])
        best = dict(map(tuple, json.loads(line)["top_step0"]))
        ours = np.array([best[i] for i in ids])
        exact = exact_model.logits(np.array(record["prompt_token_ids"]))[ids]
        for name, apart in zip(rows, (recorded - exact, ours - exact, ours - recorded)):
            rows[name].append(np.abs(apart).max())
    for name, apart in rows.items():
        print(f"{name:17} largest {max(apart):.3f}, mean {np.mean(apart):.3f}: "
              + " ".join(f"{a:.3f}" for a in apart))


main()
