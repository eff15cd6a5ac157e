"""Earlier versions of a trust store, each the whole file as it was when it was replaced.

A store file is never changed in place, so keeping one is giving it a second name.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = "versions"
_NAME: Final = re.compile(r"([0-9]{8})-([0-9a-f]{64})\.sqlite3")
_MIN_PREFIX: Final = 8


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version that was replaced.

    Args:
        number: counts the versions of this store.
        version: SHA-256 over everything that decided, hexadecimal.
        file: where it is.

    """

    number: int
    version: str
    file: Path


def kept_versions(folder: Path) -> Sequence[KeptVersion]:
    """Return what is kept of the store in ``folder``, oldest first."""
    place = folder / FOLDER
    if not place.is_dir():
        return ()
    found = [
        KeptVersion(int(name[1]), name[2], file)
        for file in place.iterdir()
        if (name := _NAME.fullmatch(file.name))
    ]
    return sorted(found, key=lambda each: each.number)


def keep(folder: Path, file: Path, version: str, limit: int) -> None:
    """Keep ``file``, which is about to be replaced, and forget the oldest beyond ``limit``.

    Raises:
        OSError: it cannot be done.

    """
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    kept = kept_versions(folder)
    number = kept[-1].number + 1 if kept else 1
    os.link(file, place / f"{number:08}-{version}.sqlite3")
    for each in kept[: max(0, len(kept) + 1 - limit)]:
        each.file.unlink()


def find_version(folder: Path, wanted: str) -> KeptVersion | None:
    """Return the newest kept version whose SHA-256 begins with ``wanted``.

    Returns:
        None if there is none, if it is too short, or if two different ones begin so.

    """
    found = [each for each in kept_versions(folder) if each.version.startswith(wanted.lower())]
    if len(wanted) < _MIN_PREFIX or len({each.version for each in found}) != 1:
        return None
    return found[-1]
