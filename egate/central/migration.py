"""Brings the schema up to date: numbered SQL files, each applied once, all or nothing."""

from importlib.resources import files
from typing import Any, Final

_LOCK: Final = 0x65676174  # so that two centres that start together take turns
_MAX_SECONDS: Final = 6 * 3600.0  # a table of years is copied once; not a pool's few seconds
_FOLDER: Final = files("egate.central") / "migrations"


class DatabaseTooNew(Exception):
    """The schema was made by a newer version of the centre."""


async def migrate(connection: Any) -> int:  # noqa: ANN401 - asyncpg has no types
    """Apply what is missing, in one transaction, and return the version of the schema.

    Args:
        connection: of asyncpg, to the centre's database.

    Raises:
        DatabaseTooNew: the schema is ahead of this version.

    """
    scripts = {int(file.name[:4]): file for file in _FOLDER.iterdir() if file.name[:4].isdigit()}
    newest = max(scripts)
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_version"
            " (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        present = await connection.fetchval("SELECT coalesce(max(version), 0) FROM schema_version")
        if present > newest:
            raise DatabaseTooNew(f"schema {present}, and this version knows {newest}")
        for version in sorted(number for number in scripts if number > present):
            await connection.execute(scripts[version].read_text("utf-8"), timeout=_MAX_SECONDS)
            await connection.execute("INSERT INTO schema_version (version) VALUES ($1)", version)
    return newest
