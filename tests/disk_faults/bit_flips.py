"""A bit of a file is another one: what a book says then, and whether it says that it is spoilt."""

import random
import shutil
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from egate.console.audit.log import AuditUnusable
from egate.outbox.database import DatabaseUnusable
from egate.outbox.sealing import SealBroken
from egate.ports.devices import DeviceError
from tests.disk_faults.scenes import SCENES, Book

REFUSED: Final = (sqlite3.Error, DatabaseUnusable, AuditUnusable, SealBroken, DeviceError)
DEEDS: Final = 24
AFTERWARDS: Final = 4


@dataclass
class FlipFigures:
    """What came of the flips.

    Args:
        flips: how many.
        outcomes: how many were refused, told or harmless.
        unnoticed: where one changed what the book says, and nobody would know.

    """

    flips: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    unnoticed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Left:
    """The files of a book as a gate left them, and what it said from then on."""

    name: str
    folder: Path
    files: dict[str, bytes]
    history: list[object]


def left(name: str, folder: Path, *, killed: bool) -> Left:
    """Do some deeds, and take the files as they are after an orderly end or after a kill."""
    with SCENES[name](folder) as book:
        for number in range(DEEDS):
            book.do(number)
        there = _files(folder)
    files = there if killed else _files(folder)
    history = []
    with SCENES[name](_laid(files, folder.with_name("after"))) as book:
        history.append(book.known())
        for number in range(DEEDS, DEEDS + AFTERWARDS):
            book.do(number)
            history.append(book.known())
    return Left(name, folder, files, history)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        each.name: each.read_bytes()
        for each in folder.iterdir()
        if not each.name.endswith(("-shm", ".lock"))
    }


def _laid(files: dict[str, bytes], folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def flip(run: Left, flips: int, folder: Path, seed: int) -> FlipFigures:
    """Flip one bit of ``run``'s files ``flips`` times, anywhere, and see what the book says."""
    choices = random.Random(seed)
    figures = FlipFigures()
    names = sorted(run.files)
    sizes = [len(run.files[name]) for name in names]
    for _ in range(flips):
        (name,) = choices.choices(names, sizes)
        bit = choices.randrange(8 * len(run.files[name]))
        content = bytearray(run.files[name])
        content[bit // 8] ^= 1 << bit % 8
        _laid({**run.files, name: bytes(content)}, folder)
        outcome = _outcome(run, folder)
        figures.flips += 1
        figures.outcomes[outcome] += 1
        if outcome not in ("refused", "told", "harmless"):
            figures.unnoticed.append(f"{name}, byte {bit // 8}, bit {bit % 8}: {outcome}")
    return figures


def _outcome(run: Left, folder: Path) -> str:
    try:
        with SCENES[run.name](folder) as book:
            return _said(book, run)
    except REFUSED:
        return "refused"


def _said(book: Book, run: Left) -> str:
    """Return whether the book says the same as an unspoilt one, also after the next deeds."""
    for number, expected in enumerate(run.history, DEEDS):
        known = book.known()
        if book.says_so(known):
            return "told"
        if book.matters(known) != book.matters(expected):
            return f"before deed {number} it says {known}, and not {expected}"
        book.do(number)
    return "harmless"
