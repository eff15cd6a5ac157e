"""A gate's list of document numbers: look-up, memory of the process, a delta applied.

Beside it SQLite with the same digests as INTEGER PRIMARY KEY, in the same process and run. Both
are asked from the fields of an MRZ on, so both pay for the keyed digest.

    python -m benchmarks.bench_lists                          10 M numbers
    nice python -m benchmarks.bench_lists --numbers 100000000 --folder DIR   (5 GB there, 7 GB RAM)
"""

import argparse
import contextlib
import datetime as dt
import gc
import itertools
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from egate.cli.clock import now_utc
from egate.lists.build import Comparison, Contents
from egate.lists.incoming import take_in
from egate.lists.keeper import Kept, ListKeeper, Pinned, read_manifest
from egate.lists.keys import ListKey, parse_signer
from egate.lists.kinds import ListAction, ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.listed_document import ListedDocument
from egate.lists.manifest import ContentName
from egate.lists.pairs import PAIR, Pairs
from egate.lists.publishing import DELTA, SNAPSHOT, Published, Publisher
from egate.lists.reception import PartWanted
from egate.lists.store import find_document

KIND = ListKind.SLTD
KEY = ListKey(bytes(range(32)))
NUMBERS = 10_000_000
REAL, ENTRIES = 100_000, 1_000
ADDED, REMOVED = 100_000, 20_000
ASKED = 20_000
COLD = 1_000
ROUNDS = 5
LOOKUP_AIM_US, MEMORY_AIM_MB, DELTA_AIM_S = 50.0, 150.0, 1.0
BATCH = 1_000_000
DAY = dt.date(2026, 11, 22)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--numbers", type=int, default=NUMBERS)
    parser.add_argument("--folder", type=Path, help="where there is room; default a temporary one")
    parser.add_argument("--gate", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.gate:
        gate(arguments.gate)
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        make(Path(folder), arguments.numbers)
        command = (sys.executable, "-m", "benchmarks.bench_lists", "--gate", folder)
        ended = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        report(json.loads(ended.stdout), arguments.numbers)


def make(folder: Path, numbers: int) -> None:
    """Publish a version, and a delta from it; and put the version into SQLite."""
    signing_key = ec.generate_private_key(ec.SECP256R1())
    publisher = Publisher(folder / "published", KIND, KEY, signing_key)
    entries = {KEY.entry_digest(KIND, f"C-{n}"): entry(n).to_bytes() for n in range(ENTRIES)}
    first = pairs_of(real(0, REAL), entries, numbers - REAL)
    added = pairs_of(real(REAL, REAL + ADDED), entries, 0)
    removed = first[np.isin(first["document"], digests(real(0, REMOVED)))]
    nothing = np.empty(0, PAIR)
    old = Contents(first, entries)
    made_at = now_utc().replace(microsecond=0)
    manifest = publisher.publish(
        Published(None, Contents.none()),
        Comparison(old, first, nothing, (), nothing),
        1,
        made_at,
        dt.timedelta(days=1),
    )
    publisher.publish(
        Published(manifest, old),
        Comparison(Contents(added, entries), added, removed, (), nothing),
        2,
        made_at,
        dt.timedelta(days=1),
    )
    public = signing_key.public_key()
    (folder / "signer.pem").write_bytes(
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    fill_sqlite(folder / "peer.sqlite3", first["document"])


def entry(number: int) -> ListEntry:
    return ListEntry(
        entry_id=f"C-{number}",
        kind=KIND,
        legal_basis="loss circular",
        order_reference=f"circular {number} of 2026",
        authority="DIP",
        valid_from=dt.date(2026, 1, 1),
        valid_to=None,
        direction=None,
        action=ListAction.REFER_SILENT,
        instruction="seize the book",
    )


def real(first: int, end: int) -> list[ListedDocument]:
    return [ListedDocument.of("P", "BGD", f"A{n:08}") for n in range(first, end)]


def digests(documents: Sequence[ListedDocument]) -> "np.ndarray":
    found = b"".join(map(KEY.document_digest, documents))
    return np.frombuffer(found, ">u8").astype(np.uint64)


def pairs_of(documents: Sequence[ListedDocument], entries: dict[int, bytes], more: int) -> Pairs:
    """Return ``documents`` and ``more`` numbers that nobody asks for, sorted."""
    draw = np.random.default_rng(9303)
    all_digests = np.concatenate(
        [digests(documents), draw.integers(0, 1 << 64, more, dtype=np.uint64)]
    )
    all_digests.sort()
    pairs = np.empty(len(all_digests), PAIR)
    pairs["document"] = all_digests
    ids = np.array(sorted(entries), np.uint64)
    pairs["entry"] = ids[np.arange(len(pairs)) % len(ids)]
    return pairs


def fill_sqlite(file: Path, sorted_digests: "np.ndarray") -> None:
    signed = np.unique(sorted_digests.view(np.int64))
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE listed (digest INTEGER PRIMARY KEY, entry INTEGER NOT NULL)")
        for at in range(0, len(signed), BATCH):
            rows = zip(signed[at : at + BATCH].tolist(), range(at, at + BATCH), strict=False)
            with database:
                database.executemany("INSERT INTO listed VALUES (?, ?)", rows)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def gate(folder: Path) -> None:
    """Be a gate's process: open the list, look documents up, apply a delta; print what it took."""
    signer = parse_signer((folder / "signer.pem").read_bytes(), "signer.pem")
    keeper = ListKeeper(folder / "gate" / KIND, KIND, Pinned(signer, KEY))
    published = folder / "published" / KIND
    before, now = resident_mb(), now_utc()
    said: dict[str, Any] = {}
    with keeper.locked():
        kept = keeper.open()
        snapshot = published / f"{1:016}" / SNAPSHOT
        said["taken"], kept = timed(lambda: taken(keeper, kept, snapshot, now))
        kept.close()
        said["opened"], kept = timed(keeper.open)
        asked = questions()
        gc.freeze()  # a gate has no 40,000 questions lying about for the collector to look through
        said["lookup"] = {name: percentiles(asking(kept), each) for name, each in asked.items()}
        said["resident"], said["grown"] = resident_mb(), resident_mb() - before
        delta = published / f"{2:016}" / DELTA
        said["delta"], kept = timed(lambda: taken(keeper, kept, delta, now))
        check(kept)
        said["after"] = {name: percentiles(asking(kept), each) for name, each in asked.items()}
        said["resident_after"] = resident_mb()
        from_disk(keeper.folder / f"{1:016}" / ContentName.DOCUMENTS)
        said["cold"] = shares(sorted(one_round(asking(kept), asked["unlisted"][:COLD])))
        kept.close()
    print(json.dumps(said | peer(folder, asked)))


Fields = tuple[str, str, str]


def timed(work: Callable[[], Kept]) -> tuple[float, Kept]:
    began = time.perf_counter()
    kept = work()
    return time.perf_counter() - began, kept


def taken(keeper: ListKeeper, kept: Kept, source: Path, now: dt.datetime) -> Kept:
    def fetch(part: PartWanted) -> bytes:
        with (source / part.name).open("rb") as stream:
            stream.seek(part.offset)
            return stream.read(part.length)

    return take_in(keeper, kept, read_manifest(source), fetch, now)


def asking(kept: Kept) -> Callable[[Fields], list[ListEntry]]:
    lists, now = {KIND: kept}, now_utc()
    return lambda fields: find_document(ListedDocument.of(*fields), lists, KEY, None, DAY, now)


def questions() -> dict[str, list[Fields]]:
    """Return fields of MRZs of documents that are listed, and of others, in no order."""
    choose = random.Random(303)  # noqa: S311  to be seen again
    listed = choose.sample(range(REMOVED, REAL), ASKED)
    others = [choose.randrange(10**8) for _ in range(ASKED)]
    return {
        "unlisted": [("P", "BGD", f"B{number:08}") for number in others],
        "listed": [("P", "BGD", f"A{number:08}") for number in listed],
    }


def check(kept: Kept) -> None:
    for number, hits in ((0, 0), (REMOVED, 1), (REAL, 1), (REAL + ADDED, 0)):
        if len(asking(kept)(("P", "BGD", f"A{number:08}"))) != hits:
            raise SystemExit(f"number {number} is not as the delta says")


def from_disk(file: Path) -> None:
    """Let the machine forget what it has read of ``file``."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def peer(folder: Path, asked: dict[str, list[Fields]]) -> dict[str, Any]:
    with contextlib.closing(sqlite3.connect(folder / "peer.sqlite3")) as database:

        def ask(fields: Fields) -> object:
            digest = KEY.document_digest(ListedDocument.of(*fields))
            key = (int.from_bytes(digest, signed=True),)
            return database.execute("SELECT entry FROM listed WHERE digest = ?", key).fetchone()

        lookup = {name: percentiles(ask, each) for name, each in asked.items()}
        new = digests(real(REAL, REAL + ADDED)).view(np.int64).tolist()
        gone = digests(real(0, REMOVED)).view(np.int64).tolist()
        began = time.perf_counter()
        with database:
            database.executemany("INSERT INTO listed VALUES (?, 0)", [(each,) for each in new])
            database.executemany("DELETE FROM listed WHERE digest = ?", [(each,) for each in gone])
        delta = time.perf_counter() - began
    size = (folder / "peer.sqlite3").stat().st_size
    ours = (folder / "published" / KIND / f"{1:016}" / SNAPSHOT / ContentName.DOCUMENTS).stat()
    return {
        "sqlite": lookup,
        "sqlite_delta": delta,
        "sqlite_mb": size / 1e6,
        "mb": ours.st_size / 1e6,
    }


def percentiles(ask: Callable[[Fields], object], asked: Sequence[Fields]) -> dict[str, float]:
    """Return p50 and p99 over the documents, each by the median of its rounds, in microseconds.

    A machine that interrupts a process some hundred times a second delays one in a hundred of
    anything that takes 20 µs, whatever it does. The median of a document's rounds is what the
    document costs; `with_interruptions` is the p99 of all that was measured.
    """
    rounds = [one_round(ask, asked) for _ in range(ROUNDS)]
    typical = sorted(statistics.median(each) for each in zip(*rounds, strict=True))
    everything = sorted(itertools.chain.from_iterable(rounds))
    return shares(typical) | {"with_interruptions": shares(everything)["p99"]}


def one_round(ask: Callable[[Fields], object], asked: Sequence[Fields]) -> list[int]:
    """Return how long each took, in nanoseconds."""
    taken = []
    for each in asked:
        began = time.perf_counter_ns()
        ask(each)
        taken.append(time.perf_counter_ns() - began)
    return taken


def shares(taken: Sequence[float]) -> dict[str, float]:
    """Return p50 and p99 of sorted nanoseconds, in microseconds."""
    return {"p50": taken[len(taken) // 2] / 1e3, "p99": taken[len(taken) * 99 // 100] / 1e3}


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def report(said: dict[str, Any], numbers: int) -> None:
    many = f"{numbers / 1e6:g} M numbers"
    for name in ("unlisted", "listed"):
        ours, sqlite, after = (said[each][name] for each in ("lookup", "sqlite", "after"))
        opens = "; opens its entry, which SQLite has not" if name == "listed" else ""
        interrupted = (
            f"{ours['with_interruptions']:.1f} with the machine's interruptions"
            f" ({after['with_interruptions']:.1f} after the delta, SQLite"
            f" {sqlite['with_interruptions']:.1f})"
        )
        notes = {
            "p50": f"after the delta {after['p50']:.1f}",
            "p99": f"limit {LOOKUP_AIM_US:g} µs; after the delta {after['p99']:.1f}; {interrupted}",
        }
        for share, note in notes.items():
            show(
                f"lists: {name} document, {share}, {many}",
                ours[share],
                "µs",
                reference=f"SQLite INTEGER PRIMARY KEY: {sqlite[share]:.1f} µs",
                ratio=ours[share] / sqlite[share],
                note=f"over documents, each the median of {ROUNDS} rounds; {note}{opens}",
            )
    show(
        f"lists: the same with nothing in the machine's memory, p99, {many}",
        said["cold"]["p99"],
        "µs",
        reference="one read of the disk each",
        note=f"p50 {said['cold']['p50']:.1f} µs; {COLD} look-ups",
    )
    show(
        f"lists: resident memory of the process, {many}",
        said["resident_after"],
        "MB",
        reference=f"limit {MEMORY_AIM_MB:g} MB",
        ratio=said["resident_after"] / MEMORY_AIM_MB,
        note=f"{said['grown']:.0f} MB more than before the list, {said['resident']:.0f} MB before"
        f" the delta; the file has {said['mb']:.0f} MB, SQLite's {said['sqlite_mb']:.0f} MB",
    )
    show(
        f"lists: a delta of {ADDED} additions and {REMOVED} removals, {many}",
        said["delta"],
        "s",
        reference=f"SQLite: {said['sqlite_delta']:.2f} s",
        ratio=said["delta"] / said["sqlite_delta"],
        note=f"limit {DELTA_AIM_S:g} s; received, written, synchronised, verified, in force",
    )
    show(
        f"lists: a snapshot taken in, {many}",
        said["taken"],
        "s",
        note=f"opened and verified again {said['opened']:.2f} s",
    )


def show(name: str, value: float, unit: str, **more: object) -> None:
    print(json.dumps({"name": name, "value": value, "unit": unit, **more}))


if __name__ == "__main__":
    main()
