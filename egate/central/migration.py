"""Brings the schema up to date: numbered SQL files, each applied once, all or nothing."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

_LOCK: Final = 0x65676174  # so that two centres that start together take turns
_MAX_SECONDS: Final = 6 * 3600.0  # a table of years is copied once; not a pool's few seconds
_FOLDER: Final = files("egate.central") / "migrations"


class DatabaseTooNew(Exception):
    """The schema was made by a newer version of the centre."""


async def migrate(connection: Any) -> None:  # noqa: ANN401 - asyncpg has no types
    """Apply every migration of this version that is not recorded as applied.

    Args:
        connection: of asyncpg, to the centre's database.

    Raises:
        DatabaseTooNew: the schema has a migration that this version does not know.

    """
    found = (file for file in _FOLDER.iterdir() if file.name.endswith(".sql"))
    await apply(connection, {int(file.name[:4]): file.read_text("utf-8") for file in found})


async def apply(connection: Any, scripts: Mapping[int, str]) -> None:  # noqa: ANN401
    """Apply those of ``scripts`` that are not recorded, by their numbers, each in a transaction.

    A number that comes late, because the work on it ended after that on a higher one, is
    applied too: what counts is the record and not the highest number.

    Args:
        connection: of asyncpg.
        scripts: number to SQL.

    Raises:
        DatabaseTooNew: a number is recorded that ``scripts`` has not; nothing is applied.

    """
    while await _apply_next(connection, scripts):
        pass


async def _apply_next(connection: Any, scripts: Mapping[int, str]) -> bool:  # noqa: ANN401
    """Apply the first one that is missing, and return whether there was any."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_version"
            " (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        rows = await connection.fetch("SELECT version FROM schema_version ORDER BY version")
        applied = [row["version"] for row in rows]
        if unknown := [version for version in applied if version not in scripts]:
            raise DatabaseTooNew(f"schema {unknown[-1]} is not one that this version knows")
        missing = min(scripts.keys() - set(applied), default=None)
        if missing is None:
            return False
        await connection.execute(scripts[missing], timeout=_MAX_SECONDS)
        await connection.execute("INSERT INTO schema_version (version) VALUES ($1)", missing)
    return True
