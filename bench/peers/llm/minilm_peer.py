#!/usr/bin/env python3
"""Our encoder and onnxruntime side by side, 20 tokens single and in batches of 32.

    minilm_peer.py --bench build/release/bench/llm/encoder_bench --model FOLDER [--rounds 5]

Builds a float32 graph of model.safetensors with PyPI's `onnx` and runs it with all of
onnxruntime's optimisations, in turn with ours in int8 and in float32; prints medians and
ratios, then one JSON object.
"""
import argparse
import json
import os
import statistics
import subprocess
import time

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


def tensors(path):
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
        base = 8 + size
        for name, about in header.items():
            if name == "__metadata__" or about["dtype"] != "F32":
                continue
            begin, end = about["data_offsets"]
            file.seek(base + begin)
            data = numpy.frombuffer(file.read(end - begin), numpy.float32)
            yield name.removeprefix("bert."), data.reshape(about["shape"])


class Graph:
    """A BERT encoder with mean pooling; ids [batch, tokens], all tokens count."""

    def __init__(self, folder):
        self.weights = dict(tensors(os.path.join(folder, "model.safetensors")))
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
            self.config = json.load(file)
        self.nodes, self.constants, self.count = [], {}, 0

    def constant(self, name, value):
        self.constants[name] = numpy_helper.from_array(numpy.ascontiguousarray(value), name)
        return name

    def op(self, kind, *inputs, **attributes):
        self.count += 1
        out = f"t{self.count}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def weight(self, name):
        return self.constant(name, self.weights[name])

    def linear(self, x, name):
        matrix = self.constant(name + ".matrix", self.weights[name + ".weight"].T)
        return self.op("Add", self.op("MatMul", x, matrix), self.weight(name + ".bias"))

    def norm(self, x, name):
        return self.op("LayerNormalization", x, self.weight(name + ".weight"),
                       self.weight(name + ".bias"), axis=-1,
                       epsilon=self.config["layer_norm_eps"])

    def heads(self, x, order):
        split = self.op("Reshape", x, self.split)
        return self.op("Transpose", split, perm=order)

    def session(self, tokens, threads):
        width, heads = self.config["hidden_size"], self.config["num_attention_heads"]
        self.split = self.constant("split", numpy.array([0, 0, heads, width // heads], numpy.int64))
        joined = self.constant("joined", numpy.array([0, 0, width], numpy.int64))
        scale = self.constant("scale", numpy.float32(1 / numpy.sqrt(width // heads)))
        where = self.weights["embeddings.position_embeddings.weight"][:tokens]
        kind = self.weights["embeddings.token_type_embeddings.weight"][0]
        x = self.op("Gather", self.weight("embeddings.word_embeddings.weight"), "ids")
        x = self.norm(self.op("Add", x, self.constant("where", where + kind)),
                      "embeddings.LayerNorm")
        half, one = (self.constant(n, numpy.float32(v)) for n, v in (("half", .5), ("one", 1)))
        root = self.constant("root", numpy.float32(2 ** .5))
        for layer in range(self.config["num_hidden_layers"]):
            at = f"encoder.layer.{layer}."
            query = self.heads(self.linear(x, at + "attention.self.query"), [0, 2, 1, 3])
            key = self.heads(self.linear(x, at + "attention.self.key"), [0, 2, 3, 1])
            value = self.heads(self.linear(x, at + "attention.self.value"), [0, 2, 1, 3])
            scores = self.op("Softmax", self.op("Mul", self.op("MatMul", query, key), scale), axis=-1)
            mixed = self.op("Transpose", self.op("MatMul", scores, value), perm=[0, 2, 1, 3])
            mixed = self.linear(self.op("Reshape", mixed, joined), at + "attention.output.dense")
            x = self.norm(self.op("Add", mixed, x), at + "attention.output.LayerNorm")
            inner = self.linear(x, at + "intermediate.dense")
            erf = self.op("Erf", self.op("Div", inner, root))
            inner = self.op("Mul", self.op("Mul", inner, self.op("Add", erf, one)), half)
            x = self.norm(self.op("Add", self.linear(inner, at + "output.dense"), x),
                          at + "output.LayerNorm")
        mean = self.op("ReduceMean", x, axes=[1], keepdims=0)
        self.nodes.append(helper.make_node("LpNormalization", [mean], ["out"], axis=-1, p=2))
        graph = helper.make_graph(
            self.nodes, "encoder",
            [helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", tokens])],
            [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["batch", width])],
            list(self.constants.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        return onnxruntime.InferenceSession(model.SerializeToString(), options,
                                            providers=["CPUExecutionProvider"])


def timed(session, ids, runs):
    seconds = []
    for run in range(runs + 3):
        begin = time.perf_counter()
        session.run(None, {"ids": ids})
        if run >= 3:
            seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)


# precision of ours, key, what people read, more is better, target
ROWS = (
    ("int8", "single_ms", "MiniLM int8, one text of 20, ms", False, 0.4),
    ("int8", "batch_texts_s", "MiniLM int8, batch of 32, texts/s", True, 3.0),
    ("f32", "single_ms", "MiniLM F32, one text of 20, ms", False, 0.8),
    ("f32", "batch_texts_s", "MiniLM F32, batch of 32, texts/s", True, 1.2),
)


def measure(bench, model, rounds, threads):
    """Medians over rounds: {key: {"peer", "int8", "f32"}}."""
    session = Graph(model).session(20, threads)
    ids = numpy.random.default_rng(1).integers(2000, 10000, (32, 20))
    ids[:, 0], ids[:, -1] = 101, 102
    values = {"single_ms": {}, "batch_texts_s": {}}
    for _ in range(rounds):
        values["single_ms"].setdefault("peer", []).append(timed(session, ids[:1], 100) * 1000)
        values["batch_texts_s"].setdefault("peer", []).append(32 / timed(session, ids, 12))
        for kind in ("int8", "f32"):
            out = subprocess.run([bench, model, kind, str(threads)], capture_output=True, text=True,
                                 check=True).stdout
            for key, value in json.loads(out.splitlines()[-1]).items():
                values.setdefault(key, {}).setdefault(kind, []).append(value)
    return {k: {who: statistics.median(v) for who, v in kinds.items()}
            for k, kinds in values.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    median = measure(options.bench, options.model, options.rounds, options.threads)
    print(f"{'':34} {'ours':>9} {'peer':>9} {'ratio':>6} {'target':>7}")
    for kind, key, name, more, target in ROWS:
        ours, peer = median[key][kind], median[key]["peer"]
        print(f"{name:34} {ours:9.2f} {peer:9.2f} {ours / peer:6.2f} "
              f"{('>=' if more else '<=') + str(target):>7}")
    print(json.dumps(median))


if __name__ == "__main__":
    main()
