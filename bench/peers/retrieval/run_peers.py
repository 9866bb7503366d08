"""Runs Lucene, tantivy and SQLite FTS5 on judged collections, and faiss on vectors: the figures ours stand beside.

  PEERS/venv/bin/python run_peers.py PEERS quality DATA/stackfaq DATA/squad DATA/scifact
  PEERS/venv/bin/python run_peers.py PEERS synthetic DOCUMENTS QUERIES    (files of bench/retrieval/synthetic_bench.cc)
  PEERS/venv/bin/python run_peers.py PEERS vectors

nDCG@10 is over the queries with a judgement; times are CPU time of one query, one thread, parsing included, after
warm-up passes over the same queries. One JSON object a line.
"""
import collections
import glob
import json
import math
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time

PASSES = 3  # the last one is measured


def read_jsonl(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_collection(folder):
    judged = collections.defaultdict(dict)
    with open(f"{folder}/qrels.tsv", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            query, document, grade = line.split("\t")
            judged[query][document] = int(grade)
    flat = lambda text: re.sub(r"\s+", " ", text)
    documents = [(d["_id"], flat(d.get("title", "") + " " + d["text"])) for d in read_jsonl(f"{folder}/corpus.jsonl")]
    queries = [(q["_id"], flat(q["text"])) for q in read_jsonl(f"{folder}/queries.jsonl") if q["_id"] in judged]
    return documents, queries, judged


def ndcg10(run, judged):
    total = 0
    for query, ids in run.items():
        gain = sum((2 ** judged[query].get(d, 0) - 1) / math.log2(i + 2) for i, d in enumerate(ids[:10]))
        ideal = sorted(judged[query].values(), reverse=True)[:10]
        total += gain / sum((2 ** g - 1) / math.log2(i + 2) for i, g in enumerate(ideal))
    return total / len(run)


def timed(queries, search):
    """The run of the last pass and the quantiles of its CPU times."""
    run, nanos = {}, []
    for turn in range(PASSES):
        run, nanos = {}, []
        for query, text in queries:
            start = time.thread_time_ns()
            ids = search(text)
            nanos.append(time.thread_time_ns() - start)
            run[query] = ids
    nanos.sort()
    return run, {"p50_us": nanos[len(nanos) // 2] / 1e3, "p99_us": nanos[int(len(nanos) * 0.99)] / 1e3}


def tantivy_peer(documents, queries, tokenizer="en_stem"):
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=False, tokenizer_name=tokenizer, index_option="freq")
    builder.add_unsigned_field("number", stored=True)
    with tempfile.TemporaryDirectory() as folder:
        index = tantivy.Index(builder.build(), path=folder)
        start = time.monotonic()
        writer = index.writer(heap_size=500_000_000, num_threads=1)
        for number, (_, text) in enumerate(documents):
            writer.add_document(tantivy.Document(text=text, number=number))
        writer.commit()
        writer.wait_merging_threads()
        seconds = time.monotonic() - start
        index.reload()
        searcher = index.searcher()

        def search(text):
            words = re.sub(r"[^\w\s]", " ", text)
            # Lower case: AND, OR, NOT, IN are operators in capitals.
            query, _ = index.parse_query_lenient(words.lower(), ["text"])
            hits = searcher.search(query, 10).hits
            return [documents[searcher.doc(address)["number"][0]][0] for _, address in hits]

        run, times = timed(queries, search)
        size = sum(os.path.getsize(f) for f in glob.glob(folder + "/*"))
        return run, {"peer": "tantivy", **times, "docs_per_second": len(documents) / seconds, "bytes": size}


def fts5_peer(documents, queries):
    store = sqlite3.connect(":memory:")
    store.execute("CREATE VIRTUAL TABLE passages USING fts5(text, tokenize = 'porter unicode61', content = '')")
    start = time.monotonic()
    store.executemany("INSERT INTO passages(rowid, text) VALUES (?, ?)", ((i, text) for i, (_, text) in enumerate(documents)))
    store.execute("INSERT INTO passages(passages) VALUES ('optimize')")
    seconds = time.monotonic() - start

    def search(text):
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", text))
        rows = store.execute("SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY bm25(passages) LIMIT 10", (words,))
        return [documents[row[0]][0] for row in rows]

    run, times = timed(queries, search)
    return run, {"peer": "sqlite_fts5", **times, "docs_per_second": len(documents) / seconds}


def lucene_peer(peers, documents_file, queries_file, mode, ids):
    with tempfile.TemporaryDirectory() as folder:
        run_file = folder + "/run"
        out = subprocess.run(
            ["java", "-Xmx3g", "-XX:+UseSerialGC", "-cp", f"{peers}/lucene:{peers}/lucene/jars/*", "LucenePeer",
             documents_file, queries_file, folder + "/index", run_file, "4", mode, ids],
            check=True, capture_output=True, text=True).stdout
        with open(run_file, encoding="utf-8") as lines:
            run = {fields[0]: fields[1:] for fields in (line.rstrip("\n").split("\t") for line in lines)}
        return run, json.loads(out.splitlines()[-1])


def write_lines(path, rows):
    with open(path, "w", encoding="utf-8") as out:
        for key, text in rows:
            out.write(f"{key}\t{text}\n")


def quality(peers, folders):
    for folder in folders:
        documents, queries, judged = read_collection(folder)
        with tempfile.TemporaryDirectory() as files:
            write_lines(files + "/documents", documents)
            write_lines(files + "/queries", queries)
            results = [lucene_peer(peers, files + "/documents", files + "/queries", "english", "true")]
        results.append(tantivy_peer(documents, queries))
        results.append(fts5_peer(documents, queries))
        for run, figures in results:
            name = os.path.basename(folder.rstrip("/"))
            print(json.dumps({"set": name, "n": len(queries), "ndcg10": round(ndcg10(run, judged), 4), **figures}), flush=True)


def synthetic(peers, documents, queries):
    _, figures = lucene_peer(peers, documents, queries, "plain", "false")
    print(json.dumps({"set": "synthetic", **figures}), flush=True)


def vectors():
    import faiss
    import numpy

    random = numpy.random.default_rng(7)
    rows = random.standard_normal((100_000, 384), dtype=numpy.float32)
    rows /= numpy.linalg.norm(rows, axis=1, keepdims=True)
    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(384)
    index.add(rows)
    times = []
    for i in range(120):
        query = rows[i : i + 1]
        start = time.thread_time_ns()
        index.search(query, 10)
        times.append((time.thread_time_ns() - start) / 1e6)
    times = sorted(times[20:])
    print(json.dumps({"peer": "faiss_flat_f32", "p50_ms": times[50], "p99_ms": times[98]}))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    peers, kind, rest = sys.argv[1], sys.argv[2], sys.argv[3:]
    if kind == "quality":
        quality(peers, rest)
    elif kind == "synthetic":
        synthetic(peers, *rest)
    elif kind == "vectors":
        vectors()
    else:
        sys.exit(__doc__)
