#!/usr/bin/env python3
"""Trains the learned layer of the urgency check: train.py CASES... > weights.bin

CASES are files of JSON lines {"lang", "level", "text"}; a file is a writer. Files whose name begins with "hold" are
refused. Features come from `cargo run --release --example urgency_pack features`, so that training and use see the
same. Three heads: sameday or above, emergency or crisis, crisis. A text is a bag of windows of one to three sentences;
in a positive text only its strongest window is called positive, in a routine text every window is negative.
Thresholds: the score that at most SHARE of the routine texts of a writer reach whose texts were left out of the
training. Needs numpy, scipy, scikit-learn 1.9.1; the same input gives the same bytes.
"""
import json
import os
import subprocess
import sys

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

PLACES = 1 << 17
SENTENCES = 3
ROUNDS = 3
STRENGTH = 30.0
SHARE = {"emergency": 0.010, "sameday": 0.012, "crisis": 0.004}
ASKED = 0.12
RANK = {"routine": 0, "sameday": 1, "emergency": 2, "crisis": 3}


def read(paths):
    cases = []
    for path in paths:
        writer = os.path.basename(path).removesuffix(".jsonl")
        if writer.startswith("hold"):
            sys.exit(f"{path} is held out")
        with open(path, encoding="utf-8") as file:
            cases += [dict(json.loads(line), writer=writer) for line in file]
    return cases


def bags(cases):
    tool = os.environ.get("URGENCY_FEATURES", "cargo run -q --release -p tidings-domain --example urgency_pack features")
    lines = "\n".join(json.dumps({"lang": c["lang"], "text": c["text"]}) for c in cases)
    done = subprocess.run(tool, shell=True, input=lines, capture_output=True, text=True, check=True)
    out = []
    for line in done.stdout.splitlines():
        sentences = json.loads(line)
        n = len(sentences)
        spans = [(i, j) for i in range(n) for j in range(i, min(n, i + SENTENCES))]
        out.append([sorted({f for s in sentences[i : j + 1] for f in s}) for i, j in spans] or [[]])
    assert len(out) == len(cases)
    return out


def matrix(windows):
    places, ends, values = [], [0], []
    for window in windows:
        places += window
        values += [1 / np.sqrt(max(len(window), 1))] * len(window)
        ends.append(len(places))
    return sp.csr_matrix((values, places, ends), shape=(len(windows), PLACES))


def fit(texts, positive):
    sizes = np.array([len(bag) for bag in texts])
    of = np.repeat(np.arange(len(texts)), sizes)
    starts = np.cumsum(np.r_[0, sizes])[:-1]
    x, y = matrix([w for bag in texts for w in bag]), positive[of]
    chosen = y == 0
    for start, bag, yes in zip(starts, texts, positive):
        if yes:
            chosen[start + int(np.argmax([len(w) for w in bag]))] = True
    weight = np.where(y == 1, 1.5, 1 / np.sqrt(sizes[of]))
    for _ in range(ROUNDS):
        model = LogisticRegression(C=STRENGTH, max_iter=300, solver="liblinear", random_state=0)
        model.fit(x[chosen], y[chosen], sample_weight=weight[chosen])
        scores = x @ model.coef_[0] + model.intercept_[0]
        chosen = y == 0
        for start, size, yes in zip(starts, sizes, positive):
            if yes:
                chosen[start + int(np.argmax(scores[start : start + size]))] = True
    return model


def best(model, texts):
    scores = matrix([w for bag in texts for w in bag]) @ model.coef_[0] + model.intercept_[0]
    ends = np.cumsum([len(bag) for bag in texts])
    return np.array([part.max() for part in np.split(scores, ends[:-1])])


def main():
    cases = read(sys.argv[1:])
    texts = bags(cases)
    rank = np.array([RANK[c["level"]] for c in cases])
    writers = np.array([c["writer"] for c in cases])
    out = b"TDLW1\n"
    for level, least in (("sameday", 1), ("emergency", 2), ("crisis", 3)):
        positive = (rank >= least).astype(int)
        unseen = np.zeros(len(cases))
        for writer in sorted(set(writers)):
            own = writers == writer
            others = [bag for bag, mine in zip(texts, own) if not mine]
            unseen[own] = best(fit(others, positive[~own]), [bag for bag, mine in zip(texts, own) if mine])
        below = rank < 3 if level == "crisis" else rank == 0
        threshold = np.quantile(unseen[below], 1 - SHARE[level])
        for writer in sorted(set(writers)):
            own = writers == writer
            found = np.mean(unseen[own & (positive == 1)] >= threshold)
            false = np.mean(unseen[own & (rank == 0)] >= threshold)
            print(f"{level}: {writer} left out: found {found:.0%}, false {false:.1%}", file=sys.stderr)
        model = fit(texts, positive)
        coefficients = model.coef_[0]
        scale = 127 / np.quantile(np.abs(coefficients[coefficients != 0]), 0.9995)
        weights = np.clip(np.rint(coefficients * scale), -127, 127).astype(np.int8)
        line = f"{round(model.intercept_[0] * scale * 1000)} {level} {round(threshold * scale * 1000)}"
        if level == "sameday":
            line += f" ask {round(np.quantile(unseen[below], 1 - ASKED) * scale * 1000)}"
        out += f"{line}\n".encode() + weights.tobytes()
    sys.stdout.buffer.write(out)


main()
