"""Makes a backup beside a running centre: whole under its name, or not there at all."""

import asyncio
import fcntl
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from egate.central.backup.contents import (
    CONTENTS,
    DATABASE,
    IMAGES,
    Contents,
    contents_of,
    image_key_of,
)
from egate.central.backup.sums import Advance, write_sums
from egate.central.database import Pool
from egate.central.embedded import program
from egate.central.image_store import ImageStore
from egate.durable_files import put_file, synchronise

_NAME: Final = re.compile(r"egate-(?P<at>[0-9]{8}T[0-9]{6}Z)")
_TIME: Final = "%Y%m%dT%H%M%SZ"
_LEFT_OVER: Final = re.compile(r"\.egate-[0-9]{8}T[0-9]{6}Z\.(unfinished|removed)")
_PRIVATE_FOLDER: Final = 0o700
_PRIVATE: Final = 0o600
_VERSION: Final = "SELECT current_setting('server_version_num')::int"
_NOTE: Final = "INSERT INTO backup (begun_at, files, bytes) VALUES ($1, $2, $3)"


class BackupFailed(Exception):
    """There is no new backup; says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is backed up.

    Args:
        address: of the database.
        images: folder of the pictures; None without any.

    """

    address: str
    images: Path | None


@dataclass(frozen=True, slots=True)
class Backup:
    """One that was made."""

    folder: Path
    contents: Contents
    files: int
    bytes: int
    seconds: float


async def make_backup(pool: Pool, source: Source, to: Path, advance: Advance) -> Backup:
    """Make a backup in ``to``; when it returns, it is on the disk and noted in the database.

    Args:
        pool: of the centre's database.
        source: of what.
        to: folder of backups, of its own for this centre.
        advance: told of the bytes that are summed up.

    Raises:
        BackupFailed: another one is being made, or PostgreSQL does not give one.
        OSError: the disk does not take it.
        KeyFileUnusable: the key of the pictures cannot be read.
        what ``CONNECTION_FAULTS`` names: the database is away.

    """
    begun = time.monotonic()
    begun_at: datetime = await pool.fetchval("SELECT now()")
    contents = await contents_of(pool, begun_at, image_key_of(source.images))
    target = to / f"egate-{begun_at.astimezone(UTC).strftime(_TIME)}"
    with _alone(to), _unfinished(target) as folder:
        await _base_backup(pool, source.address, folder / DATABASE)
        # After the database: of each picture that it names the file was there before.
        await asyncio.to_thread(_copy_images, source.images, folder / IMAGES)
        files, size = await asyncio.to_thread(_finish, folder, contents, advance)
        folder.rename(target)
        synchronise(to)
    await pool.execute(_NOTE, begun_at, files, size)
    return Backup(target, contents, files, size, time.monotonic() - begun)


def remove_old(to: Path, newest: Path, keep: int | None, keep_days: int | None) -> list[Path]:
    """Remove backups in ``to`` that are too many or too old; never ``newest``.

    Args:
        to: folder of backups.
        newest: the one that was just made.
        keep: how many are kept; None: however many.
        keep_days: for how long; None: however long.

    Raises:
        OSError: one cannot be removed.

    """
    found = sorted((each for each in to.iterdir() if _NAME.fullmatch(each.name)), reverse=True)
    many = found[keep:] if keep is not None else []
    oldest = _made_at(newest) - timedelta(days=keep_days) if keep_days is not None else None
    old = [each for each in found if oldest is not None and _made_at(each) < oldest]
    gone = sorted({*many, *old} - {newest})
    with _alone(to):
        for each in gone:
            # Half of a backup must not look like one.
            removed = each.with_name(f".{each.name}.removed")
            each.rename(removed)
            shutil.rmtree(removed)
    return gone


def _made_at(backup: Path) -> datetime:
    found = _NAME.fullmatch(backup.name)
    if found is None:
        raise ValueError(f"{backup}: not the name of a backup")
    return datetime.strptime(found["at"], _TIME).replace(tzinfo=UTC)


@contextmanager
def _alone(to: Path) -> Iterator[None]:
    """Keep others from ``to``; what somebody left who was killed is removed."""
    with (to / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BackupFailed(f"{to}: another backup is being made") from error
        for each in to.iterdir():
            if _LEFT_OVER.fullmatch(each.name):
                shutil.rmtree(each)
        yield


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    if target.exists():
        raise BackupFailed(f"{target}: is there already")
    folder = target.with_name(f".{target.name}.unfinished")
    folder.mkdir(mode=_PRIVATE_FOLDER)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # whole, it has another name by now


async def _base_backup(pool: Pool, named: str, folder: Path) -> None:
    """Have PostgreSQL copy itself while it works, with the log that makes the copy one moment."""
    version: int = await pool.fetchval(_VERSION)
    address, password = _without_password(named)
    command = [
        *(str(program("pg_basebackup", version // 10_000)), "--pgdata", str(folder)),
        *("--dbname", address, "--format=plain", "--wal-method=stream", "--checkpoint=fast"),
        *("--no-manifest", "--no-password", "--label=egate"),
    ]
    running = await asyncio.create_subprocess_exec(
        *command,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", **password},
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await running.communicate()
    except asyncio.CancelledError:
        running.terminate()
        await running.wait()
        raise
    if running.returncode:
        lines = said.decode(errors="replace").splitlines() or ["no reason given"]
        raise BackupFailed(f"pg_basebackup: {lines[-1].removeprefix('pg_basebackup: ')}")


def _without_password(address: str) -> tuple[str, dict[str, str]]:
    """Return ``address`` as every user of the machine may see it, and its password apart."""
    parts = urlsplit(address)
    asked = dict(parse_qsl(parts.query))
    password = asked.pop("password", None) or (unquote(parts.password) if parts.password else None)
    user, _, host = parts.netloc.rpartition("@")
    netloc = f"{user.partition(':')[0]}@{host}" if user else host
    shown = urlunsplit(parts._replace(netloc=netloc, query=urlencode(asked)))
    return shown, {"PGPASSWORD": password} if password else {}


def _copy_images(images: Path | None, target: Path) -> None:
    if images is None:
        return
    target.mkdir(mode=_PRIVATE_FOLDER)
    for digest in ImageStore(images).all():
        name = digest.hex()
        place = Path(name[:2], name[2:4], name)
        (target / place).parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        try:
            shutil.copyfile(images / place, target / place)
        except FileNotFoundError:
            continue  # its time was over meanwhile


def _finish(folder: Path, contents: Contents, advance: Advance) -> tuple[int, int]:
    database = folder / DATABASE
    # PostgreSQL's messages may quote a row, and nobody restores them.
    (database / "log").unlink(missing_ok=True)
    folders = sorted(str(each.relative_to(database)) for each in database.rglob("*/"))
    put_file(folder / CONTENTS, replace(contents, folders=folders).as_json(), _PRIVATE)
    return write_sums(folder, advance)
