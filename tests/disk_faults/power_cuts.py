"""Power cuts: a book is written to once, and its disk is tried after any moment of it."""

import itertools
import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from egate.console.audit.log import AuditUnusable
from egate.outbox.database import DatabaseUnusable
from tests.disk_faults.disk import Acknowledged, Cut, Disk, Moment, Recorder
from tests.disk_faults.scenes import SCENES, Book, Scene
from tests.disk_faults.sqlite_files import Synchronised, watched

_AGAIN: Final = 0.25
_REFUSED: Final = (sqlite3.Error, DatabaseUnusable, AuditUnusable)


@dataclass
class CutFigures:
    """What came of the cuts.

    Args:
        cuts: how many.
        again: how often it was cut once more while it started again.
        acknowledged: deeds of the whole run.
        synchronised: how often files were.
        lossy: cuts that lost a deed that was acknowledged.
        worst: most deeds that one cut lost.
        corrupt: what was found that nobody ever wrote, or that could not be opened.

    """

    cuts: int = 0
    again: int = 0
    acknowledged: int = 0
    synchronised: int = 0
    lossy: int = 0
    worst: int = 0
    corrupt: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Written:
    """A run of a book: what was done to its files, and what was known after each deed."""

    scene: Scene
    moments: list[Moment]
    history: list[object]


def written(
    name: str, folder: Path, deeds: int, *, synchronous: str = "FULL", heeds_sync: bool = True
) -> Written:
    """Do so many deeds with the book ``name`` in ``folder``.

    Args:
        name: of the scene.
        folder: empty.
        deeds: how many.
        synchronous: FULL as the product has it; anything else is a weaker setting.
        heeds_sync: False on a disk that says it has synchronised and has not.

    """
    scene, recorder = SCENES[name], Recorder(heeds_sync)
    with watched(recorder), scene(folder) as book:
        # The log is carried over and begun anew every few deeds, so that cuts hit that often.
        book.database.execute("PRAGMA wal_autocheckpoint = 100")
        if synchronous != "FULL":
            book.database.execute(f"PRAGMA synchronous = {synchronous}")
        recorder.acknowledge()
        history = [book.known()]
        for number in range(deeds):
            book.do(number)
            recorder.acknowledge()
            history.append(book.known())
        return Written(scene, list(recorder.moments), history)


def cut_power(run: Written, cuts: int, folder: Path, seed: int) -> CutFigures:
    """Cut the power at ``cuts`` moments of ``run``, and try what is on the disk after each.

    Every fourth time it goes again while the book is opened and the next deed is done.

    Args:
        run: what was done.
        cuts: how many.
        folder: to start again in; it need not be there.
        seed: of the moments, and of what is left.

    """
    choices = random.Random(seed)
    figures = CutFigures(
        cuts=cuts,
        acknowledged=len(run.history) - 1,
        synchronised=sum(isinstance(each, Synchronised) for each in run.moments),
    )
    places = Counter(choices.randrange(len(run.moments) + 1) for _ in range(cuts))
    for place, (disk, acknowledged) in enumerate(_states(Disk(), run.moments)):
        for _ in range(places[place]):
            cut = choices.choice(tuple(Cut))
            files = disk.after(cut, choices)
            deeds = range(acknowledged - 1, acknowledged + 1)
            first = _restart(run, folder, files, deeds, f"cut {place}, {cut}", figures)
            goes_on = first and first.done in deeds and first.done + 1 < len(run.history)
            if first and goes_on and choices.random() < _AGAIN:
                files, deeds = _cut_again(first, deeds, choices)
                figures.again += 1
                _restart(run, folder, files, deeds, f"and again after cut {place}", figures)
    return figures


def _states(disk: Disk, moments: list[Moment]) -> Iterator[tuple[Disk, int]]:
    """Give the disk before each moment and after the last, and how much was acknowledged then."""
    acknowledged = 0
    yield disk, acknowledged
    for moment in moments:
        if isinstance(moment, Acknowledged):
            acknowledged += 1
        else:
            disk.take(moment)
        yield disk, acknowledged


@dataclass(frozen=True, slots=True)
class _Restart:
    """What a restart found, and what it did."""

    disk: Disk
    moments: list[Moment]
    done: int


def _cut_again(
    first: _Restart, deeds: range, choices: random.Random
) -> tuple[Mapping[str, bytes], range]:
    """Return what is left after a cut in a restart, and how many deeds may be there then."""
    place = choices.randrange(len(first.moments) + 1)
    (*_, (disk, told)) = itertools.islice(_states(first.disk, first.moments), place + 1)
    least = max(deeds[0], first.done + 1 if told else 0)
    return disk.after(Cut.TORN, choices), range(least, first.done + 2)


def _restart(
    run: Written,
    folder: Path,
    files: Mapping[str, bytes],
    deeds: range,
    at: str,
    figures: CutFigures,
) -> _Restart | None:
    """Start again after a cut: one of so many ``deeds`` must be there, and it must go on."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    there = {str(folder / Path(name).name): content for name, content in files.items()}
    for name, content in there.items():
        Path(name).write_bytes(content)
    recorder = Recorder()
    try:
        with watched(recorder), run.scene(folder) as book:
            found = book.known()
            if found not in run.history:
                figures.corrupt.append(f"{at}: found what was never written")
                return None
            done = run.history.index(found)
            _go_on(run, book, done, at, figures)
            recorder.acknowledge()
    except _REFUSED as error:
        figures.corrupt.append(f"{at}: {error}")
        return None
    lost = deeds[0] - done
    figures.lossy += lost > 0
    figures.worst = max(figures.worst, lost)
    if done > deeds[-1]:
        figures.corrupt.append(f"{at}: found {done} deeds, and only {deeds[-1]} were begun")
    return _Restart(Disk.holding(there), recorder.moments, done)


def _go_on(run: Written, book: Book, done: int, at: str, figures: CutFigures) -> None:
    fault = book.database.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if fault != "ok":
        figures.corrupt.append(f"{at}: {fault}")
    book.do(done)
    if done + 1 < len(run.history) and book.known() != run.history[done + 1]:
        figures.corrupt.append(f"{at}: it does not go on as it would have")
