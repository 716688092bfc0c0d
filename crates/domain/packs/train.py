#!/usr/bin/env python3
"""Trains the learned layer of the urgency check: train.py --questions EVAL CASES... > weights.bin

CASES are files of JSON lines {"lang", "level", "text"}; a file is a writer. Files whose name begins with "hold" are
refused. EVAL is the file of published cases (`eval.jsonl`): of it only the consumer questions of MeQSum are read, as
texts that need no card, but for those in URGENT; every second one is a writer of its own, so that each half is
measured by a model that has not seen it. Features come from `cargo run --release --example urgency_pack features`, so that training and use see the
same. Three heads: sameday or above, emergency or crisis, crisis. A text is a bag of windows of one to three sentences;
in a positive text only its strongest window is called positive, in a routine text every window is negative. A feature
that fewer than TEXTS_MIN texts have says nothing.
Thresholds: the score that at most SHARE of the routine texts of a writer reach whose texts were left out of the
training, by weights that are rounded as those that are written. Needs numpy, scipy, scikit-learn 1.9.1; the same input gives the same bytes.
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
STRENGTH = 100.0
TEXTS_MIN = 2
SHARE = {"emergency": 0.030, "sameday": 0.025, "crisis": 0.010}
# How much a window of a question to a library weighs beside one of a message to a clinic.
QUESTION_WEIGHT = 4.0
# Questions whose writer should be seen soon, by a reader's judgement: not taught as quiet.
URGENT = {
    f"mq-{n:04}"
    for n in (64, 70, 105, 114, 272, 309, 326, 428, 461, 597, 638, 802, 895, 988)
}
ASKED = 0.17
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


def questions(path):
    with open(path, encoding="utf-8") as file:
        cases = [json.loads(line) for line in file]
    asked = [c for c in cases if c["source"] == "meqsum"]
    halves = [dict(c, writer=f"questions{at % 2}", level="routine") for at, c in enumerate(asked)]
    return [c for c in halves if c["id"] not in URGENT]


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


def rounded(model):
    """The weights as they are written: whole numbers from -127 to 127 of a scale, which is returned."""
    coefficients = model.coef_[0]
    scale = 127 / np.quantile(np.abs(coefficients[coefficients != 0]), 0.9995)
    model.coef_[0] = np.clip(np.rint(coefficients * scale), -127, 127) / scale
    return scale


def fit(texts, positive, importance):
    sizes = np.array([len(bag) for bag in texts])
    of = np.repeat(np.arange(len(texts)), sizes)
    starts = np.cumsum(np.r_[0, sizes])[:-1]
    seen = np.bincount([f for bag in texts for f in {f for w in bag for f in w}], minlength=PLACES)
    x = matrix([w for bag in texts for w in bag]) @ sp.diags((seen >= TEXTS_MIN).astype(float))
    y = positive[of]
    chosen = y == 0
    for start, bag, yes in zip(starts, texts, positive):
        if yes:
            chosen[start + int(np.argmax([len(w) for w in bag]))] = True
    weight = np.where(y == 1, 1.5, 1 / np.sqrt(sizes[of])) * importance[of]
    for _ in range(ROUNDS):
        model = LogisticRegression(C=STRENGTH, max_iter=300, solver="liblinear", random_state=0)
        model.fit(x[chosen], y[chosen], sample_weight=weight[chosen])
        scores = x @ model.coef_[0] + model.intercept_[0]
        chosen = y == 0
        for start, size, yes in zip(starts, sizes, positive):
            if yes:
                chosen[start + int(np.argmax(scores[start : start + size]))] = True
    return model, rounded(model)


def best(model, texts):
    scores = matrix([w for bag in texts for w in bag]) @ model.coef_[0] + model.intercept_[0]
    ends = np.cumsum([len(bag) for bag in texts])
    return np.array([part.max() for part in np.split(scores, ends[:-1])])


def share(hits):
    return f"{np.mean(hits):.1%} of {len(hits)}" if len(hits) else "none"


def main():
    if len(sys.argv) < 4 or sys.argv[1] != "--questions":
        sys.exit(__doc__)
    cases = read(sys.argv[3:]) + questions(sys.argv[2])
    texts = bags(cases)
    rank = np.array([RANK[c["level"]] for c in cases])
    writers = np.array([c["writer"] for c in cases])
    asked = np.char.startswith(writers, "questions")
    importance = np.where(asked, QUESTION_WEIGHT, 1.0)
    out = b"TDLW1\n"
    for level, least in (("sameday", 1), ("emergency", 2), ("crisis", 3)):
        positive = (rank >= least).astype(int)
        unseen = np.zeros(len(cases))
        for writer in sorted(set(writers)):
            own = writers == writer
            others = [bag for bag, mine in zip(texts, own) if not mine]
            model, _ = fit(others, positive[~own], importance[~own])
            unseen[own] = best(model, [bag for bag, mine in zip(texts, own) if mine])
        below = ~asked & (rank < 3 if level == "crisis" else rank == 0)
        threshold = np.quantile(unseen[below], 1 - SHARE[level])
        for writer in sorted(set(writers)):
            own = writers == writer
            found, false = (share(unseen[own & them] >= threshold) for them in (positive == 1, rank == 0))
            print(f"{level}: {writer} left out: found {found}, false {false}", file=sys.stderr)
        model, scale = fit(texts, positive, importance)
        weights = np.rint(model.coef_[0] * scale).astype(np.int8)
        line = f"{round(model.intercept_[0] * scale * 1000)} {level} {round(threshold * scale * 1000)}"
        if level == "sameday":
            line += f" ask {round(np.quantile(unseen[below], 1 - ASKED) * scale * 1000)}"
        out += f"{line}\n".encode() + weights.tobytes()
    sys.stdout.buffer.write(out)


main()
