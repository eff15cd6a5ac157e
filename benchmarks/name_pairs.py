"""Labelled pairs of names: how well scores tell one person from two.

    python -m benchmarks.name_pairs --cases FILE

FILE is ``contrib/name_bench/cases.csv`` of opensanctions/nomenklatura (MIT), or another with
the columns ``schema``, ``name1``, ``name2`` and ``is_match``; its pairs of persons count. For
each scorer the best F1 over all thresholds, as its authors give it for theirs, and, to see
what choosing the threshold on the same pairs flatters, F1 on each half at the threshold that
is best on the other.
"""

import argparse
import csv
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from egate.lists.names.score import names_score

LOGIC_V2: Final = "logic-v2 of nomenklatura 4.17.4 on the same 548 pairs: F1 0.750, 313 us"


class Pair(NamedTuple):
    left: str
    right: str
    same: bool


class Quality(NamedTuple):
    f1: float
    precision: float
    recall: float
    threshold: float


Scorer = Callable[[str, str], float]
SCORERS: Final[dict[str, Scorer]] = {
    "egate": names_score,
    "rapidfuzz token_set_ratio": lambda left, right: (
        fuzz.token_set_ratio(left.casefold(), right.casefold()) / 100
    ),
    "rapidfuzz WRatio": lambda left, right: fuzz.WRatio(left.casefold(), right.casefold()) / 100,
    "rapidfuzz Jaro-Winkler": lambda left, right: JaroWinkler.similarity(
        left.casefold(), right.casefold()
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="F1 of scores on labelled pairs of names.")
    parser.add_argument("--cases", type=Path, required=True, metavar="FILE")
    pairs = read_pairs(parser.parse_args().cases)
    for name, scorer in SCORERS.items():
        scored, micros = score_pairs(pairs, scorer)
        best = best_threshold(scored)
        halves = scored[::2], scored[1::2]
        crossed = [
            at_threshold(other, best_threshold(half).threshold).f1
            for half, other in (halves, halves[::-1])
        ]
        figure = {
            "name": f"names of persons, {name}",
            "value": best.f1,
            "unit": "F1",
            "reference": LOGIC_V2,
            "ratio": best.f1 / 0.750,
            "note": f"{len(pairs)} pairs; precision {best.precision:.3f}, recall {best.recall:.3f}"
            f" at {best.threshold:.3f}; halves by each other's threshold"
            f" {crossed[0]:.3f} and {crossed[1]:.3f}; {micros:.1f} us a pair with its folding",
        }
        print(json.dumps(figure))


def read_pairs(file: Path) -> list[Pair]:
    """Return the pairs of persons."""
    with file.open(encoding="utf-8", newline="") as stream:
        return [
            Pair(row["name1"], row["name2"], row["is_match"] == "true")
            for row in csv.DictReader(stream)
            if row["schema"] == "Person"
        ]


def score_pairs(pairs: Sequence[Pair], scorer: Scorer) -> tuple[list[tuple[float, bool]], float]:
    """Return each score with its label, and microseconds of a pair, names folded each time."""
    began = time.perf_counter()
    scored = [(scorer(pair.left, pair.right), pair.same) for pair in pairs]
    return scored, 1e6 * (time.perf_counter() - began) / len(pairs)


def best_threshold(scored: Sequence[tuple[float, bool]]) -> Quality:
    return max(at_threshold(scored, threshold) for threshold in {value for value, _ in scored})


def at_threshold(scored: Sequence[tuple[float, bool]], threshold: float) -> Quality:
    found = [same for value, same in scored if value >= threshold]
    right, wanted = sum(found), sum(same for _, same in scored)
    precision, recall = right / max(1, len(found)), right / wanted
    f1 = 2 * right / (len(found) + wanted)
    return Quality(f1, precision, recall, threshold)


if __name__ == "__main__":
    main()
