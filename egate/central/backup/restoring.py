"""Restores a backup into folders that are empty; nothing takes its place before it is whole."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from egate.central.backup.contents import DATABASE, IMAGES, Contents, missing_key
from egate.central.backup.sums import Advance, BackupDamaged, check_sums, copy_checked
from egate.central.database import Pool
from egate.central.evidence.trees import closed_trees
from egate.durable_files import put_file, synchronise

_PRIVATE_FOLDER: Final = 0o700
_PRIVATE: Final = 0o600
# So that another timeline begins, by which the centre sees that it was restored.
_SIGNAL: Final = "recovery.signal"
_SETTINGS: Final = "postgresql.auto.conf"
_RECOVERY: Final = b"""
# Of egate central restore, for that recovery alone: all of the log is in the backup.
restore_command = 'false'
"""
_WATERMARK: Final = """
SELECT coalesce(max(upper(numbers)), 0) FROM gate_sequence, unnest(received) AS numbers
WHERE gate_id = $1 AND lower(numbers) = 0
"""


class CannotRestore(Exception):
    """Nothing was changed; says what stands against it."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a backup goes.

    Args:
        database: folder of PostgreSQL's files.
        owner: user and group of its files; None: whoever restores.
        keys: folder of the keys of its rows; they are there already.
        images: folder of the pictures; None without any.

    """

    database: Path
    owner: tuple[int, int] | None
    keys: Path
    images: Path | None


def restore(backup: Path, places: Places, advance: Advance) -> Contents:
    """Restore ``backup``; when it returns, it is on the disk.

    Args:
        backup: folder of one backup.
        places: where it goes.
        advance: told of the bytes that are read, each of them twice.

    Raises:
        BackupDamaged: it is not what was written; nothing was changed.
        CannotRestore: something is there already, or a key is missing.
        KeysUnusable: a key cannot be read.
        KeyFileUnusable: likewise.
        OSError: the disk does not take it; nothing took its place.

    """
    sums = check_sums(backup, advance)
    contents = Contents.from_file(backup)
    _check_places(contents, sums, places)
    with _beside(places.database) as database:
        for name in contents.folders:
            if ".." in PurePosixPath(name).parts or name.startswith("/"):
                raise BackupDamaged(f"{name}: not a folder of a database")
            (database / name).mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        _copy(backup, DATABASE, database, sums, advance)
        _have_recovered(database)
        if places.images is None:
            _settle(database, places.database, places.owner)
            return contents
        with _beside(places.images) as images:
            _copy(backup, IMAGES, images, sums, advance)
            _settle(images, places.images, owner_around(places.images))
            _settle(database, places.database, places.owner)
    return contents


async def lacks(pool: Pool, contents: Contents) -> str:
    """Return what a restored database has not, though the backup's had it; "" when it has all.

    Args:
        pool: of connections to it.
        contents: of the backup.

    """
    for station_id, watermark in contents.stations.items():
        if await pool.fetchval(_WATERMARK, station_id) < watermark:
            return f"records of {station_id} up to number {watermark}"
    if contents.head is not None:
        heads = [each.signed.as_json() for each in await closed_trees(pool)]
        if contents.head not in heads:
            return f"the tree of {contents.head['day']}"
    return ""


def owner_around(folder: Path) -> tuple[int, int] | None:
    """Return user and group of ``folder``, or of where it will be, for root; None for others."""
    if os.geteuid() != 0:
        return None
    found = next(each for each in (folder, *folder.parents) if each.exists()).stat()
    return found.st_uid, found.st_gid


def _check_places(contents: Contents, sums: Mapping[str, str], places: Places) -> None:
    for folder in (places.database, places.images):
        if folder is not None and folder.exists() and any(folder.iterdir()):
            raise CannotRestore(f"{folder}: not empty; move away what is there")
    if places.images is None and any(name.startswith(f"{IMAGES}/") for name in sums):
        raise CannotRestore("images.folder: missing in the settings, and the backup has pictures")
    if fault := missing_key(contents, places.keys, places.images):
        raise CannotRestore(fault)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Give a folder beside ``target``, which takes its place by `_settle` or goes."""
    folder = target.with_name(f"{target.name}.restoring")
    if folder.exists():
        shutil.rmtree(folder)  # of somebody who was killed
    target.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=_PRIVATE_FOLDER)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy(backup: Path, part: str, target: Path, sums: Mapping[str, str], advance: Advance) -> None:
    for name, digest in sums.items():
        if name.startswith(f"{part}/"):
            file = target / name.removeprefix(f"{part}/")
            file.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
            copy_checked(backup / name, digest, file, advance)


def _have_recovered(database: Path) -> None:
    settings = database / _SETTINGS
    before = settings.read_bytes() if settings.exists() else b""
    put_file(settings, before + _RECOVERY, _PRIVATE)
    put_file(database / _SIGNAL, b"", _PRIVATE)


def _settle(folder: Path, target: Path, owner: tuple[int, int] | None) -> None:
    for each in (folder, *folder.rglob("*")):
        if owner is not None:
            os.chown(each, *owner)
        if each.is_dir():
            synchronise(each)
    if target.exists():
        target.rmdir()  # it is empty
    folder.rename(target)
    synchronise(target.parent)
