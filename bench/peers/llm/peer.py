"""One measurement of llama.cpp through its C API: the peer's half of compare.py.

    peer.py MODEL.gguf --kind KIND --threads N     prints one JSON object

The token ids, and so the work, are those of llm/bench_model.cc. As there, a first run is
dropped for every kind but load and full. Needs llama-cpp-python 0.3.36 (README.md).
"""
import argparse
import ctypes
import json
import resource
import time

import llama_cpp as llama
import numpy

MASK = (1 << 64) - 1


def some_tokens(count, seed, vocabulary):
    state = (seed * 7919 + 1) & MASK
    ids = []
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) & MASK
        ids.append((state >> 33) % vocabulary)
    return ids


class Peer:
    def __init__(self, path, threads, context, sequences=1):
        llama.llama_backend_init()
        self.begin = time.perf_counter()
        self.model = llama.llama_model_load_from_file(path.encode(), llama.llama_model_default_params())
        if not self.model:
            raise SystemExit(f"{path}: the peer cannot load it")
        params = llama.llama_context_default_params()
        params.n_ctx = context * sequences
        params.n_seq_max = sequences
        params.n_batch = 2048
        params.n_threads = params.n_threads_batch = threads
        self.context = llama.llama_init_from_model(self.model, params)
        self.vocabulary = llama.llama_vocab_n_tokens(llama.llama_model_get_vocab(self.model))
        self.memory = llama.llama_get_memory(self.context)
        self.batch = llama.llama_batch_init(2048, 0, 1)
        self.load_ms = (time.perf_counter() - self.begin) * 1000

    def clear(self):
        llama.llama_memory_clear(self.memory, False)

    def decode(self, rows):
        """rows: (token, position, sequence, wants logits)."""
        batch = self.batch
        batch.n_tokens = len(rows)
        for i, (token, position, sequence, wants) in enumerate(rows):
            batch.token[i] = token
            batch.pos[i] = position
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = sequence
            batch.logits[i] = wants
        if llama.llama_decode(self.context, batch) != 0:
            raise SystemExit("the peer failed to decode")

    def best(self, row):
        logits = llama.llama_get_logits_ith(self.context, row)
        return int(numpy.ctypeslib.as_array(logits, (self.vocabulary,)).argmax())

    def prompt(self, ids, first=0, sequence=0):
        self.decode([(t, first + i, sequence, i + 1 == len(ids)) for i, t in enumerate(ids)])
        return self.best(len(ids) - 1)


def timed(work):
    work(0)
    begin = time.perf_counter()
    work(1)
    return time.perf_counter() - begin


def measure(arguments):
    kind, threads = arguments.kind, arguments.threads
    if kind == "prompt":
        peer = Peer(arguments.model, threads, 1024)

        def work(run):
            peer.clear()
            peer.prompt(some_tokens(512, run, peer.vocabulary))
        return {"prompt_tok_s": 512 / timed(work)}
    if kind.startswith("decode"):
        sequences, tokens = int(kind[6:]), 32
        peer = Peer(arguments.model, threads, 128, sequences)

        def work(run):
            peer.clear()
            ids = [some_tokens(1, s, peer.vocabulary)[0] for s in range(sequences)]
            for position in range(tokens):
                peer.decode([(t, position, s, True) for s, t in enumerate(ids)])
                ids = [peer.best(s) for s in range(sequences)]
        return {"decode_tok_s": {str(sequences): sequences * tokens / timed(work)}}
    if kind == "cold":
        peer = Peer(arguments.model, threads, 1024)

        def work(run):
            peer.clear()
            peer.prompt(some_tokens(680, run + 500, peer.vocabulary))
        return {"ttft_ms": timed(work) * 1000}
    if kind == "prefix":
        peer = Peer(arguments.model, threads, 2048)
        peer.prompt(some_tokens(1000, 1 << 20, peer.vocabulary))

        def work(run):
            llama.llama_memory_seq_rm(peer.memory, 0, 1000, -1)
            peer.prompt(some_tokens(60, run + 1000, peer.vocabulary), first=1000)
        return {"ttft_prefix_ms": timed(work) * 1000}
    if kind == "load":
        peer = Peer(arguments.model, threads, 2048)
        peer.prompt([1])
        return {"load_ms": peer.load_ms,
                "first_token_ms": (time.perf_counter() - peer.begin) * 1000}
    # full: a batch of work with the whole cache reserved and cleared, which touches it all.
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peer = Peer(arguments.model, threads, 2048, 8)
    for sequence in range(8):
        peer.prompt(some_tokens(512, sequence, peer.vocabulary), sequence=sequence)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"peak_mb": (peak - before) / 1024}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--kind", required=True,
                        choices=["prompt", "decode1", "decode8", "decode16", "cold", "prefix",
                                 "load", "full"])
    parser.add_argument("--threads", type=int, default=2)
    llama.llama_log_set(quiet, ctypes.c_void_p(0))
    print(json.dumps(measure(parser.parse_args())))


@llama.llama_log_callback
def quiet(level, text, data):
    pass


main()
