#!/usr/bin/env python3
"""Prints how well the urgency check does: tidings urgency < CASES | report.py CASES

CASES are JSON lines {"id", "level"} with "source" and "lang" where known; the answers come on standard input, one for
each case with its "id". One line for each source, language and level that it should be: how many of the cases are shown
as an emergency or a crisis, with any card, with any tier at all, each with its 95% interval (Wilson), in percent.
Needs the standard library only.
"""
import collections
import json
import math
import sys

TIERS = {"none": 0, "ask": 1, "sameday": 2, "emergency": 3, "crisis": 4}


def wilson(hits, n, z=1.96):
    share, spread = hits / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return f"{share:4.0%} ({max(0, middle - half):.0%}–{min(1, middle + half):.0%})"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    answers = {}
    for line in sys.stdin:
        answer = json.loads(line)
        answers[answer["id"]] = TIERS[answer["level"]]
    groups = collections.defaultdict(list)
    with open(sys.argv[1], encoding="utf-8") as cases:
        for line in filter(str.strip, cases):
            case = json.loads(line)
            if case["id"] not in answers:
                sys.exit(f"no answer for case {case['id']}")
            key = (case.get("source", "-"), case.get("lang", "-"), case["level"])
            groups[key].append(answers[case["id"]])
    print(f"{'source':14}{'lang':6}{'should be':12}{'cases':>6}  emergency      any card       any tier")
    for (source, lang, level), tiers in sorted(groups.items()):
        shown = [wilson(sum(tier >= least for tier in tiers), len(tiers)) for least in (3, 2, 1)]
        print(f"{source:14}{lang:6}{level:12}{len(tiers):6}  {'  '.join(f'{text:13}' for text in shown)}")


main()
