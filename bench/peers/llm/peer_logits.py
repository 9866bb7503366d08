#!/usr/bin/env python3
"""Logits of llama.cpp for every GGUF file of a folder, as JSON.

    python peer_logits.py FOLDER OUT.json

Needs llama-cpp-python (README.md). Each file reads the ids (37 i + 11) mod vocabulary, i = 0..39, with
one thread and F16 keys and values; kept are, at positions 9, 19, 29 and 39, the five best tokens with
their logits and the spread (standard deviation) of all logits.
"""

import json
import pathlib
import sys

import numpy as np
from llama_cpp import Llama

POSITIONS = (9, 19, 29, 39)


def logits_of(path):
    model = Llama(model_path=str(path), n_ctx=128, n_batch=64, n_threads=1, n_threads_batch=1, logits_all=True,
                  use_mmap=False, verbose=False)
    vocabulary = model.n_vocab()
    ids = [(37 * i + 11) % vocabulary for i in range(40)]
    model.eval(ids)
    out = {"ids": ids, "positions": []}
    for position in POSITIONS:
        logits = np.array(model.scores[position], dtype=np.float64)
        best = np.argsort(-logits, kind="stable")[:5]
        out["positions"].append({"position": position, "spread": round(float(logits.std()), 5),
                                 "top": [[int(i), round(float(logits[i]), 5)] for i in best]})
    model.close()
    return out


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    files = sorted(pathlib.Path(sys.argv[1]).glob("*.gguf"))
    result = {file.stem: logits_of(file) for file in files}
    text = ",\n".join(f' "{name}": {json.dumps(entry)}' for name, entry in result.items())
    pathlib.Path(sys.argv[2]).write_text("{\n" + text + "\n}\n")
    print(f"{len(result)} models")


if __name__ == "__main__":
    main()
