#!/usr/bin/env python3
"""scikit-learn's classifiers on the files that `frontdesk eval intents` takes; see README.md."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC


def read(path):
    with open(path, encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines if line.strip()]
    return [i["text"] for i in items], np.array([i["intent"] for i in items])


def embed(options, texts):
    """Sentence embeddings, one row a text, of length 1."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for text in texts:
            file.write(json.dumps({"text": text}) + "\n")
        file.flush()
        done = subprocess.run(
            [options.frontdesk, "model", "embed", options.models + "/all-minilm-l6-v2", "--jsonl", file.name],
            capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"run_peers: frontdesk model embed failed: {done.stderr.strip()}")
    return np.array([json.loads(line)["embedding"] for line in done.stdout.splitlines()
                     if line.startswith("{")], dtype=np.float32)


def standardised(scores):
    return (scores - scores.mean(1, keepdims=True)) / (scores.std(1, keepdims=True) + 1e-9)


def figures(scores, classes, gold, seconds):
    inside = gold != "oos"
    right = classes[scores.argmax(1)] == gold
    result = {"accuracy": round(float(right[inside].mean()), 4), "train_seconds": round(seconds, 1)}
    if (~inside).any():
        result["oos_auroc"] = round(float(roc_auc_score(inside, scores.max(1))), 4)
    return result


def main():
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--frontdesk", required=True)
    flags.add_argument("--models", required=True)
    flags.add_argument("--train", required=True)
    flags.add_argument("--test", required=True)
    options = flags.parse_args()
    train, labels = read(options.train)
    test, gold = read(options.test)
    kept = labels != "oos"
    train, labels = [t for t, k in zip(train, kept) if k], labels[kept]

    started = time.time()
    dense = LogisticRegression(C=10, max_iter=300).fit(embed(options, train), labels)
    dense_scores, dense_seconds = dense.decision_function(embed(options, test)), time.time() - started
    started = time.time()
    grams = FeatureUnion([
        ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)),
        ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True))])
    sparse = LinearSVC(C=1).fit(grams.fit_transform(train), labels)
    sparse_scores, sparse_seconds = sparse.decision_function(grams.transform(test)), time.time() - started

    fused = standardised(dense_scores) + standardised(sparse_scores)
    for peer, scores, seconds in (("minilm_lr", dense_scores, dense_seconds),
                                  ("tfidf_svc", sparse_scores, sparse_seconds),
                                  ("fused", fused, dense_seconds + sparse_seconds)):
        print(json.dumps({"peer": peer, "set": pathlib.Path(options.test).resolve().parent.name, "n": len(test),
                          **figures(scores, dense.classes_, gold, seconds)}), flush=True)


if __name__ == "__main__":
    main()
