#!/usr/bin/env python3
"""Presidio on our files: precision, recall, F1, leak and time a text, measured as `frontdesk eval pii` does.

    run_presidio.py LABELLED.jsonl [--json]

Needs presidio-analyzer (README.md beside this file). Pattern recognisers only, over a blank pipeline: no
language model is loaded, so names and addresses are not looked for.
"""
import argparse
import json
import logging
import statistics
import time

import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import SpacyNlpEngine

TYPES = {
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "CREDIT_CARD": "CREDIT_CARD",
    "IBAN_CODE": "IBAN",
    "US_SSN": "SSN",
    "IP_ADDRESS": "IP",
    "URL": "URL",
}


class BlankEngine(SpacyNlpEngine):
    def __init__(self):
        super().__init__()
        self.nlp = {"en": spacy.blank("en")}

    def is_loaded(self):
        return True


def analyzer():
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    for recognizer in list(registry.recognizers):
        if "Spacy" in type(recognizer).__name__:
            registry.recognizers.remove(recognizer)
    return AnalyzerEngine(registry=registry, nlp_engine=BlankEngine(), supported_languages=["en"])


def overlap(a, b):
    both = min(a[1], b[1]) - max(a[0], b[0])
    return both / (max(a[1], b[1]) - min(a[0], b[0])) if both > 0 else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("labelled")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    engine = analyzer()
    entities = list(TYPES)
    counts = {t: {"gold": 0, "predicted": 0, "right": 0, "leaked": 0} for t in TYPES.values()}
    times, times_150 = [], []
    with open(options.labelled, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    engine.analyze(rows[0]["text"], "en", entities=entities)  # compiles its patterns
    for row in rows:
        text = row["text"]
        begin = time.perf_counter()
        found = engine.analyze(text, "en", entities=entities)
        took = (time.perf_counter() - begin) * 1000
        times.append(took)
        if 120 <= len(text) <= 180:
            times_150.append(took)
        predicted = sorted({(f.start, f.end, TYPES[f.entity_type]) for f in found})
        annotated = set(row.get("annotated", TYPES.values()))
        gold = [(s["start"], s["end"], s["type"]) for s in row["spans"] if s["type"] in counts]
        used = set()
        for g in gold:
            count = counts[g[2]]
            count["gold"] += 1
            for i, p in enumerate(predicted):
                if i not in used and p[2] == g[2] and overlap(g, p) >= 0.5:
                    used.add(i)
                    count["right"] += 1
                    count["predicted"] += 1
                    break
            covered = all(any(p[0] <= at < p[1] for p in predicted) for at in range(g[0], g[1]))
            count["leaked"] += 0 if covered else 1
        for i, p in enumerate(predicted):
            if i not in used and p[2] in annotated:
                counts[p[2]]["predicted"] += 1

    def figures(c):
        precision = c["right"] / c["predicted"] if c["predicted"] else 1.0
        recall = c["right"] / c["gold"] if c["gold"] else 1.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return {"precision": precision, "recall": recall, "f1": f1,
                "leak": c["leaked"] / c["gold"] if c["gold"] else 0.0}

    total = {k: sum(c[k] for c in counts.values()) for k in ("gold", "predicted", "right", "leaked")}
    report = {"types": {t: figures(c) for t, c in counts.items()}, "structured": figures(total),
              "ms_p50": statistics.median(times),
              "ms_p50_150_characters": statistics.median(times_150) if times_150 else None}
    for name, f in [*report["types"].items(), ("structured", report["structured"])]:
        print(f"{name:12} P {f['precision']:.3f} R {f['recall']:.3f} F1 {f['f1']:.3f} leak {f['leak']:.3f}")
    print(f"p50 {report['ms_p50']:.2f} ms a text, {report['ms_p50_150_characters']} ms at 120 to 180 characters")
    if options.json:
        print(json.dumps(report))


if __name__ == "__main__":
    main()
