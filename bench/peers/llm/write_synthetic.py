#!/usr/bin/env python3
"""Writes small random-weight models of every family we run, in all number formats and odd sizes.

    python write_synthetic.py FOLDER

Needs PyPI's gguf and numpy. The files stand in for models nobody has weights of here: README.md
says how their logits are compared with llama.cpp's. Seeded: the same files every time.
"""

import pathlib
import sys

import gguf
import numpy as np

Q = gguf.GGMLQuantizationType
FORMATS = [Q.F32, Q.F16, Q.BF16, Q.Q4_0, Q.Q4_1, Q.Q5_0, Q.Q5_1, Q.Q8_0, Q.Q4_K, Q.Q5_K, Q.Q6_K]
VOCABULARY = 317  # odd, and no multiple of a panel

# family: (layers, width, heads, kv heads, head dim, feed-forward, own head?). K-quants need rows of 256.
SHAPES = {
    "llama": (2, 256, 6, 2, 32, 512, True),
    "qwen2": (2, 256, 4, 2, 64, 768, False),  # the peer wants heads · head dim = width
    "qwen3": (3, 512, 5, 1, 64, 256, False),
    "gemma3": (7, 256, 3, 1, 48, 512, False),  # one global layer among local ones
}


def k_blocks(rng, kind, count, spread):
    """Random bytes of a K-quant (gguf-py only reads these), with scales that keep values small."""
    size = gguf.GGML_QUANT_SIZES[kind][1]
    blocks = rng.integers(0, 256, (count, size), dtype=np.uint8)
    wobble = rng.uniform(0.5, 1.5, count) * spread

    def half(at, values):
        blocks[:, at:at + 2] = values.astype(np.float16).view(np.uint8).reshape(count, 2)

    if kind == Q.Q6_K:
        half(208, wobble / 32 / 64)
    else:
        half(0, wobble / (8 if kind == Q.Q4_K else 16) / 32)
        half(2, wobble / 32)
    return blocks


def matrix(rng, rows, columns, kind, spread):
    if kind in (Q.Q4_K, Q.Q5_K, Q.Q6_K):
        blocks = k_blocks(rng, kind, rows * columns // 256, spread)
        return blocks.reshape(rows, -1)
    values = rng.uniform(-spread, spread, (rows, columns)).astype(np.float32)
    if kind == Q.F32:
        return values
    if kind == Q.F16:
        return values.astype(np.float16)
    return gguf.quants.quantize(values, kind)


def byte_names():
    printable = [b for b in range(256) if 33 <= b <= 126 or 161 <= b <= 172 or b >= 174]
    names, spare = {}, 256
    for b in range(256):
        if b in printable:
            names[b] = chr(b)
        else:
            names[b] = chr(spare)
            spare += 1
    return [names[b] for b in range(256)]


def vocabulary(writer, family):
    if family == "gemma3":
        tokens = ["<pad>", "<eos>", "<bos>"] + [f"<0x{b:02X}>" for b in range(256)]
        types = [3, 3, 3] + [6] * 256
        tokens += ["\u2581the", "th", "he", "the", "in"]
        types += [1] * 5
        scores = [-float(i) for i in range(VOCABULARY)]
        writer.add_tokenizer_model("llama")
    else:
        tokens = byte_names() + ["th", "the", "in", "or", "er"]
        types = [1] * len(tokens)
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre({"llama": "llama-bpe"}.get(family, "qwen2"))
        writer.add_token_merges(["t h", "th e", "i n", "o r", "e r"])
    while len(tokens) < VOCABULARY:
        tokens.append(f"<|spare{len(tokens)}|>")
        types.append(3)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    if family == "gemma3":
        writer.add_token_scores(scores)
    writer.add_eos_token_id(1 if family == "gemma3" else VOCABULARY - 1)
    writer.add_bos_token_id(2 if family == "gemma3" else VOCABULARY - 2)
    writer.add_add_bos_token(False)


def write(path, family, kind, seed):
    layers, width, heads, kv_heads, dim, feed, own_head = SHAPES[family]
    rng = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, family)
    writer.add_name(f"synthetic {family} {kind.name}")
    writer.add_block_count(layers)
    writer.add_context_length(512)
    writer.add_embedding_length(width)
    writer.add_feed_forward_length(feed)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_key_length(dim)
    writer.add_value_length(dim)
    writer.add_rope_dimension_count(dim)
    writer.add_layer_norm_rms_eps(1e-6 if family == "gemma3" else 1e-5)
    writer.add_rope_freq_base({"llama": 500000.0, "gemma3": 1000000.0}.get(family, 10000.0))
    if family == "gemma3":
        writer.add_sliding_window(16)
    vocabulary(writer, family)

    def add(name, rows, columns, spread):
        # Rows that are no whole blocks of the format stay F16, as llama.cpp's own tools leave them.
        used = kind if columns % gguf.GGML_QUANT_SIZES[kind][0] == 0 else Q.F16
        data = matrix(rng, rows, columns, used, spread)
        writer.add_tensor(name, data, raw_dtype=None if used in (Q.F32, Q.F16) else used)

    def vector(name, size, low, high):
        writer.add_tensor(name, rng.uniform(low, high, size).astype(np.float32))

    add("token_embd.weight", VOCABULARY, width, 1.0)
    vector("output_norm.weight", width, 0.5, 1.5)
    if own_head:
        add("output.weight", VOCABULARY, width, 0.1)
    if family == "llama":  # Llama 3's divisors
        vector("rope_freqs.weight", dim // 2, 1.0, 8.0)
    for layer in range(layers):
        p = f"blk.{layer}."
        vector(p + "attn_norm.weight", width, 0.5, 1.5)
        vector(p + "ffn_norm.weight", width, 0.5, 1.5)
        if family == "gemma3":
            vector(p + "post_attention_norm.weight", width, 0.5, 1.5)
            vector(p + "post_ffw_norm.weight", width, 0.5, 1.5)
        if family in ("gemma3", "qwen3"):
            vector(p + "attn_q_norm.weight", dim, 0.5, 1.5)
            vector(p + "attn_k_norm.weight", dim, 0.5, 1.5)
        if family == "qwen2":
            vector(p + "attn_q.bias", heads * dim, -0.5, 0.5)
            vector(p + "attn_k.bias", kv_heads * dim, -0.5, 0.5)
            vector(p + "attn_v.bias", kv_heads * dim, -0.5, 0.5)
        add(p + "attn_q.weight", heads * dim, width, 0.1)
        add(p + "attn_k.weight", kv_heads * dim, width, 0.1)
        add(p + "attn_v.weight", kv_heads * dim, width, 0.1)
        add(p + "attn_output.weight", width, heads * dim, 0.1)
        add(p + "ffn_gate.weight", feed, width, 0.1)
        add(p + "ffn_up.weight", feed, width, 0.1)
        add(p + "ffn_down.weight", width, feed, 0.1)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    seed = 0
    for family in SHAPES:
        for kind in FORMATS:
            seed += 1
            write(str(folder / f"{family}-{kind.name.lower()}.gguf"), family, kind, seed)
    print(f"{seed} models in {folder}")


if __name__ == "__main__":
    main()
