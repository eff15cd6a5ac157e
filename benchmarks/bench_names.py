"""Persons found on a list by name and date of birth: how surely, how falsely, how fast.

    python -m benchmarks.bench_names [--persons 1000000]

Listed persons and travellers are made up, see ``made_up_names``: nothing of it is known to
the matcher. Eight of a hundred travellers have a date of birth that is swapped or a
1 January. Travellers that no list has are of the same people, with the same common names.

Beside it rapidfuzz's Jaro-Winkler over all names of the list, in the same run: how long one
scan takes, and what it finds among the persons with the same date of birth when it may flag
as many unlisted travellers.
"""

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from benchmarks.bench_lists import resident_mb
from benchmarks.made_up_names import KINDS, People, Person
from egate.lists.entries_file import SALT_BYTES
from egate.lists.keys import ListKey
from egate.lists.kinds import ListKind
from egate.lists.listed_person import ListedPerson
from egate.lists.names.birth_date import Agreement, agreement, packed
from egate.lists.names.person_columns import PersonColumns
from egate.lists.names.person_index import PersonIndex, Traveller
from egate.lists.persons_file import ABOUT, SETTLED, PersonsSaid, open_persons, write_persons

SEED = 7
KIND = ListKind.BLACKLIST_FOREIGN
KEY = ListKey(bytes(range(32)))
ASKED_A_KIND = 500
UNLISTED = 3000
SCANS = 20
RECALL_AIM, FLAGGED_AIM, QUERY_AIM_MS = 0.95, 0.01, 25.0


@dataclass
class Listed:
    """Everybody on the list, and the few that travel."""

    persons: list[ListedPerson] = field(default_factory=list)
    travelling: list[tuple[int, Person, list[str]]] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description="Persons found by name and date of birth.")
    parser.add_argument("--persons", type=int, default=100_000, metavar="N")
    parser.add_argument("--gate", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.gate:
        gate(arguments.gate)
        return
    count: int = arguments.persons
    people = People(SEED)
    listed = draw(people, count)
    began = time.thread_time()
    columns = PersonColumns.of(enumerate(listed.persons))
    centre_seconds = time.thread_time() - began
    opened_at_a_gate(columns, centre_seconds)
    index = PersonIndex(columns)
    peer = Scan(listed.persons)
    asked = {kind: list(travellers(people, listed, kind)) for kind in KINDS}
    unlisted = [(None, somebody(people)) for _ in range(UNLISTED)]
    latencies: list[float] = []
    found = {kind: share(index, each, latencies) for kind, each in asked.items()}
    flagged = share(index, unlisted, latencies)
    limit = peer.limit(unlisted, flagged)
    for kind, recall in found.items():
        beside = peer.recall(asked[kind], limit)
        show(
            f"listed persons found, {kind}",
            recall,
            "of all",
            reference=f"Jaro-Winkler {beside:.3f}; aim {RECALL_AIM}",
            ratio=recall / beside,
        )
    show(
        f"unlisted travellers flagged, {count:,} listed",
        flagged,
        "of all",
        reference=f"aim at most {FLAGGED_AIM}",
        ratio=flagged / FLAGGED_AIM,
    )
    middle, slow = np.quantile(latencies, (0.5, 0.99))
    show(
        f"person query p99, {count:,} listed",
        1e3 * float(slow),
        "ms",
        reference=f"Jaro-Winkler over the list: {peer.milliseconds(unlisted):.1f} ms;"
        f" aim {QUERY_AIM_MS:g} ms",
        ratio=1e3 * float(slow) / QUERY_AIM_MS,
        note=f"time of a core; p50 {1e3 * float(middle):.2f} ms, {len(latencies)} queries",
    )


def opened_at_a_gate(columns: PersonColumns, centre_seconds: float) -> None:
    """Seal the names as a version has them, and let another process open them."""
    entries = np.unique(columns.entry)
    numbers = np.arange(len(entries), dtype=np.uint32)
    said = PersonsSaid(entries, numbers, columns, np.empty(0, SETTLED))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "persons"
        with file.open("wb") as stream:
            write_persons(stream, KIND, said, KEY, bytes(SALT_BYTES))
        command = (sys.executable, "-m", "benchmarks.bench_names", "--gate", str(file))
        ended = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        seen = json.loads(ended.stdout)
        size, plain = file.stat().st_size / 1e6, seen["decrypted"]
    show(
        f"persons of a version opened and indexed, {len(columns):,} names",
        seen["opened"],
        "s",
        reference=f"deciphering the file alone: {plain:.3f} s",
        ratio=seen["opened"] / plain,
        note=f"seconds of a core; {size:.0f} MB; made in {centre_seconds:.1f} s at the centre",
    )
    show(
        f"memory for the persons of a version, {len(columns):,} names",
        seen["grown"],
        "MB",
        reference=f"the file {size:.0f} MB",
        ratio=seen["grown"] / size,
        note=f"resident, of the process; {seen['peak']:.0f} MB more at most while it is opened",
    )


def gate(file: Path) -> None:
    """Be a gate's process that opens the names of a version; print what it took."""
    length, before = file.stat().st_size, resident_mb()
    began = time.thread_time()
    said = open_persons(os.open(file, os.O_RDONLY), length, KIND, KEY)
    index = PersonIndex(said.columns)
    opened = time.thread_time() - began
    gc.collect()
    grown = resident_mb() - before
    if len(index) != len(said.columns):
        raise SystemExit("names are missing")
    peak = most_resident_mb() - before
    sealed = file.read_bytes()[-length + SALT_BYTES + 8 :]
    began = time.thread_time()
    KEY.cipher(KIND, bytes(SALT_BYTES)).decrypt(bytes(12), sealed, ABOUT)
    decrypted = time.thread_time() - began
    print(json.dumps({"opened": opened, "decrypted": decrypted, "grown": grown, "peak": peak}))


def most_resident_mb() -> float:
    """Return the most this process ever had; what getrusage says is that of its parent, too."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


def draw(people: People, count: int) -> Listed:
    listed = Listed()
    step = max(1, count // ASKED_A_KIND)
    for number in range(count):
        person = people.person()
        words = people.written(person)
        listed.persons.append(ListedPerson((" ".join(words),), person.born.isoformat(), "BGD"))
        if number % step == 0:
            listed.travelling.append((number, person, words))
    return listed


Asked = tuple[int | None, Traveller]


def travellers(people: People, listed: Listed, kind: str) -> Iterator[Asked]:
    for entry, person, words in listed.travelling:
        name = people.as_kind(kind, person, words)
        yield entry, Traveller(name, people.as_document(person.born), "BGD")


def somebody(people: People) -> Traveller:
    person = people.person()
    name = " ".join(people.written(person))
    return Traveller(name, people.as_document(person.born), "BGD")


def share(index: PersonIndex, asked: Sequence[Asked], latencies: list[float]) -> float:
    """Return the share of travellers with the wanted hit, of unlisted ones with any."""
    found = 0
    for entry, traveller in asked:
        began = time.thread_time()  # of a core: what else the machine does is not its fault
        hits = index.find(traveller)
        latencies.append(time.thread_time() - began)
        found += bool(hits) if entry is None else any(hit.entry == entry for hit in hits)
    return found / len(asked)


class Scan:
    """The peer: Jaro-Winkler over whole names, of those with the same date of birth."""

    def __init__(self, persons: Sequence[ListedPerson]) -> None:
        self._names = [each.names[0].casefold() for each in persons]
        self._dates = np.asarray([packed(each.date_of_birth) for each in persons], np.int32)

    def limit(self, unlisted: Sequence[Asked], flagged: float) -> float:
        """Return the threshold that flags no more than this share of the unlisted."""
        best = sorted((self._best(each)[0] for _, each in unlisted), reverse=True)
        return float(np.nextafter(best[int(flagged * len(best))], 2.0))

    def recall(self, asked: Sequence[Asked], limit: float) -> float:
        found = 0
        for entry, traveller in asked:
            rows, values = self._scored(traveller)
            found += any(
                value >= limit and row == entry for row, value in zip(rows, values, strict=True)
            )
        return found / len(asked)

    def milliseconds(self, asked: Sequence[Asked]) -> float:
        began = time.thread_time()
        for _, traveller in asked[:SCANS]:
            process.cdist([traveller.name.casefold()], self._names, scorer=JaroWinkler.similarity)
        return 1e3 * (time.thread_time() - began) / SCANS

    def _best(self, traveller: Traveller) -> tuple[float, int]:
        rows, values = self._scored(traveller)
        return max(zip(values, rows, strict=True), default=(0.0, -1))

    def _scored(self, traveller: Traveller) -> tuple[list[int], list[float]]:
        agreed = agreement(self._dates, packed(traveller.date_of_birth))
        rows = np.flatnonzero(agreed <= Agreement.PARTIAL).tolist()
        name = traveller.name.casefold()
        return rows, [JaroWinkler.similarity(name, self._names[row]) for row in rows]


def show(name: str, value: float, unit: str, **more: object) -> None:
    print(json.dumps({"name": name, "value": value, "unit": unit, **more}), flush=True)


if __name__ == "__main__":
    main()
