#!/usr/bin/env python3
"""Perplexity of one text by ours and by llama.cpp, on the same tokens.

    perplexity.py --frontdesk build/release/frontdesk --model MODEL.gguf --text TEXT \\
        [--tokens 20480] [--chunk 512] [--threads 2] [--kept FILE.jsonl]

The first `tokens` tokens of the text, in chunks; the second half of each chunk counts, as
llama-perplexity does it. The peer's sums are kept chunk by chunk in --kept, so that a run that
was ended goes on where it was. Prints both figures and how far they lie apart, and exits 1
when that is more than 0.5 %. Must be run by the Python that has llama-cpp-python (README.md).
"""
import argparse
import bisect
import ctypes
import hashlib
import json
import os
import subprocess
import sys
import tempfile

import llama_cpp as llama
import numpy


@llama.llama_log_callback
def quiet(level, text, data):
    pass


class Peer:
    def __init__(self, path, threads, chunk):
        llama.llama_log_set(quiet, ctypes.c_void_p(0))
        llama.llama_backend_init()
        self.model = llama.llama_model_load_from_file(path.encode(),
                                                      llama.llama_model_default_params())
        if not self.model:
            sys.exit(f"{path}: the peer cannot load it")
        params = llama.llama_context_default_params()
        params.n_ctx = params.n_batch = chunk
        params.n_threads = params.n_threads_batch = threads
        self.context = llama.llama_init_from_model(self.model, params)
        self.vocab = llama.llama_model_get_vocab(self.model)
        self.vocabulary = llama.llama_vocab_n_tokens(self.vocab)
        self.batch = llama.llama_batch_init(chunk, 0, 1)

    def tokenize(self, text):
        data = text.encode()
        ids = (llama.llama_token * (len(data) + 8))()
        count = llama.llama_tokenize(self.vocab, data, len(data), ids, len(ids), False, False)
        if count < 0:
            sys.exit("the peer cannot tokenize the text")
        return list(ids[:count])

    def surprise(self, ids):
        """Sum of -log p over the second half of a chunk, and how many tokens that is."""
        ids = list(ids)
        if llama.llama_vocab_get_add_bos(self.vocab):
            ids[0] = llama.llama_vocab_bos(self.vocab)
        first = len(ids) // 2
        llama.llama_memory_clear(llama.llama_get_memory(self.context), False)
        self.batch.n_tokens = len(ids)
        for i, token in enumerate(ids):
            self.batch.token[i], self.batch.pos[i] = token, i
            self.batch.n_seq_id[i], self.batch.seq_id[i][0] = 1, 0
            self.batch.logits[i] = i >= first
        if llama.llama_decode(self.context, self.batch) != 0:
            sys.exit("the peer failed to decode")
        total = 0.0
        for i in range(first, len(ids) - 1):
            pointer = llama.llama_get_logits_ith(self.context, i)
            logits = numpy.ctypeslib.as_array(pointer, (self.vocabulary,)).astype(numpy.float64)
            most = logits.max()
            total -= logits[ids[i + 1]] - most - numpy.log(numpy.exp(logits - most).sum())
        return total, len(ids) - 1 - first


def kept_sums(path, key):
    sums = {}
    if path and os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            for line in map(json.loads, file):
                if line["of"] == key:
                    sums[line["chunk"]] = (line["surprise"], line["counted"])
    return sums


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--frontdesk", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--text", required=True)
    parser.add_argument("--tokens", type=int, default=20480)
    parser.add_argument("--chunk", type=int, default=512)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--kept")
    options = parser.parse_args()
    with open(options.text, encoding="utf-8") as file:
        text = file.read()
    peer = Peer(options.model, options.threads, options.chunk)
    ids = peer.tokenize(text)
    chunks = options.tokens // options.chunk
    if len(ids) < chunks * options.chunk:
        sys.exit(f"{options.text} has {len(ids)} tokens, fewer than {options.tokens}")
    # Ours reads text: the shortest beginning that holds the same chunks and not one more.
    wanted = chunks * options.chunk + 8
    end = bisect.bisect_left(range(len(text)), wanted, key=lambda n: len(peer.tokenize(text[:n])))
    text = text[:end]
    ids = peer.tokenize(text)
    assert chunks == len(ids) // options.chunk, "the beginning holds another number of chunks"

    key = hashlib.sha256(json.dumps([ids, os.path.getsize(options.model)]).encode()).hexdigest()
    sums = kept_sums(options.kept, key)
    for chunk in range(chunks):
        if chunk not in sums:
            at = chunk * options.chunk
            sums[chunk] = peer.surprise(ids[at:at + options.chunk])
            if options.kept:
                with open(options.kept, "a", encoding="utf-8") as file:
                    file.write(json.dumps({"of": key, "chunk": chunk, "surprise": sums[chunk][0],
                                           "counted": sums[chunk][1]}) + "\n")
    counted = sum(n for _, n in sums.values())
    theirs = float(numpy.exp(sum(s for s, _ in sums.values()) / counted))

    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        done = subprocess.run([options.frontdesk, "model", "perplexity", options.model, "--text",
                               file.name, "--chunk", str(options.chunk), "--threads",
                               str(options.threads), "--json"],
                              capture_output=True, text=True, check=True)
    ours = json.loads(done.stdout.splitlines()[-1])
    if ours["tokens"] != len(ids) or ours["counted"] != counted:
        sys.exit(f"not the same tokens: ours {ours['tokens']}, {ours['counted']} counted; "
                 f"the peer's {len(ids)}, {counted}")
    apart = abs(ours["perplexity"] / theirs - 1)
    print(f"perplexity of {chunks * options.chunk} tokens ({counted} counted): ours "
          f"{ours['perplexity']:.4f}, the peer's {theirs:.4f}, {apart * 100:.3f} % apart")
    print(json.dumps({"ours": ours["perplexity"], "peer": theirs, "apart": apart,
                      "tokens": chunks * options.chunk, "counted": counted}))
    sys.exit(0 if apart <= 0.005 else 1)


main()
