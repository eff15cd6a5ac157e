"""A public list of persons, and the same persons as others write them: who is found.

    python -m benchmarks.name_sets --listed FILE --asked FILE --others FILE

The files are those of opensanctions/yente (MIT), in
``contrib/candidate_generation_benchmark/fixtures``: ``positives_un_untreated.csv`` are 683
entries of a list of the United Nations, ``positives_un_treated.csv`` the same with names and
dates of birth changed by hand and by chance, ``negatives_global.csv`` people whom no list has.
A date of birth that no calendar has, as some of the treated are, counts as its year alone.

Beside it rapidfuzz's Jaro-Winkler, of those with the same year of birth or one beside it, at
the threshold where it flags as few of the others.
"""

import argparse
import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rapidfuzz.distance import JaroWinkler

from egate.lists.listed_person import ListedPerson
from egate.lists.names.birth_date import UnusableDate, packed
from egate.lists.names.person_columns import PersonColumns
from egate.lists.names.person_index import PersonIndex, Traveller

OTHERS = 10_000
AIM = 0.94


def main() -> None:
    parser = argparse.ArgumentParser(description="Persons of a public list found again.")
    for name in ("listed", "asked", "others"):
        parser.add_argument(f"--{name}", type=Path, required=True, metavar="FILE")
    arguments = parser.parse_args()
    listed, asked = read(arguments.listed), read(arguments.asked)
    others = [each for each in read(arguments.others) if each.name.isascii()][:OTHERS]
    index = PersonIndex(
        PersonColumns.of(
            (number, ListedPerson((each.name,), each.date_of_birth))
            for number, each in enumerate(listed)
        )
    )
    found = sum(
        any(hit.entry == number for hit in index.find(each)) for number, each in enumerate(asked)
    )
    flagged = sum(bool(index.find(each)) for each in others)
    limit = np.nextafter(sorted((best(listed, each) for each in others), reverse=True)[flagged], 2)
    beside = sum(
        near(listed[number], each) and similar(listed[number], each) >= limit
        for number, each in enumerate(asked)
    )
    figure = {
        "name": "persons of a public list found again",
        "value": found / len(asked),
        "unit": "of all",
        "reference": f"Jaro-Winkler {beside / len(asked):.3f}; aim {AIM}",
        "ratio": found / beside,
        "note": f"{len(asked)} persons; {flagged} of {len(others)} others with Latin names flagged",
    }
    print(json.dumps(figure))


def read(file: Path) -> list[Traveller]:
    with file.open(encoding="utf-8", newline="") as stream:
        return [
            Traveller(row["full_name"], usable(row["date_of_birth"]))
            for row in csv.DictReader(stream)
        ]


def usable(date: str) -> str | None:
    try:
        packed(date or None)
    except UnusableDate:
        return date[:4]
    return date or None


def best(listed: Sequence[Traveller], traveller: Traveller) -> float:
    return max((similar(each, traveller) for each in listed if near(each, traveller)), default=0.0)


def near(one: Traveller, other: Traveller) -> bool:
    if not (one.date_of_birth and other.date_of_birth):
        return True
    return abs(int(one.date_of_birth[:4]) - int(other.date_of_birth[:4])) <= 1


def similar(one: Traveller, other: Traveller) -> float:
    return JaroWinkler.similarity(one.name.casefold(), other.name.casefold())


if __name__ == "__main__":
    main()
