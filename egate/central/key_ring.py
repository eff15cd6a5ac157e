"""The keys that seal what is personal in the centre's database: files, apart from it.

Each key has a number, and what it sealed has that number beside it, so that a new key can take
over while rows of the old one are still here (docs/decisions/0045).
"""

import re
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from egate.outbox.sealing import KeyFileUnusable, Seal
from egate.settings import Database, SettingsError

_NAME: Final = re.compile(r"(?P<number>[1-9][0-9]{0,3})\.key")
_PRIVATE: Final = 0o700
_FINGERPRINTED: Final = b"egate seal key 1"
_KNOWN: Final = "SELECT key_id, fingerprint FROM seal_key"
_REGISTER: Final = """
INSERT INTO seal_key (key_id, fingerprint) SELECT * FROM unnest($1::smallint[], $2::bytea[])
ON CONFLICT DO NOTHING
"""

# A centre looks for new keys each minute.
_TAKEN_OVER: Final = """
SELECT made_at < now() - interval '10 minutes' FROM seal_key WHERE key_id = $1
"""
_FORGET: Final = "DELETE FROM seal_key WHERE key_id = $1"


class Sealed(StrEnum):
    """Which column; what is sealed for one opens in no other."""

    CROSSING = "crossing.payload"
    CROSSING_CONFLICT = "crossing_conflict.payload"
    DECISION = "officer_decision.payload"
    DECISION_CONFLICT = "officer_decision_conflict.payload"
    SPECIAL_BRANCH = "special_branch_outbox.payload"


class KeysUnusable(Exception):
    """The keys are not those of the database; names the folder, the key and the fault."""


def key_folder(database: Database) -> Path:
    """Return where the keys of ``database`` are.

    Raises:
        SettingsError: an address is given, and no folder.

    """
    if database.keys is not None:
        return database.keys
    if database.embedded is None:
        raise SettingsError("database.keys: missing; a folder for the keys that seal its rows")
    return database.embedded.with_name(f"{database.embedded.name}.keys")


class KeyRing:
    """All keys of one database; the newest one seals.

    Args:
        folder: of the files ``NUMBER.key``; made with the first key for a new database.

    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seals: dict[int, Seal] = {}
        self.newest = 0
        """Number of the key that seals."""

    async def settle(self, connection: Any) -> None:  # noqa: ANN401 - asyncpg has no types
        """Take the keys from their files, and make sure that they are those of the database.

        Args:
            connection: to the database, its schema up to date.

        Raises:
            KeysUnusable: a key is missing, another one than was used, or cannot be read.

        """
        if not self.refresh() and not await connection.fetch(_KNOWN):
            await self.make_next(connection)
        prints = await self._register(connection)
        for number, fingerprint in await connection.fetch(_KNOWN):
            if number not in prints:
                raise KeysUnusable(f"{self._folder}: key {number} is missing, and rows need it")
            if prints[number] != fingerprint:
                raise KeysUnusable(f"{self._folder}: key {number} is not that of this database")

    async def make_next(self, connection: Any) -> int:  # noqa: ANN401 - asyncpg has no types
        """Make a new key, which seals from now on, and return its number.

        Raises:
            KeysUnusable: it cannot be made.

        """
        number = max(self._seals, default=0) + 1
        try:
            self._folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
            Seal.from_file(self._file(number))
        except OSError as error:
            raise KeysUnusable(f"{self._folder}: {error.strerror}") from error
        except KeyFileUnusable as error:
            raise KeysUnusable(str(error)) from error
        self.refresh()
        await self._register(connection)
        return number

    async def drop(self, connection: Any, number: int) -> None:  # noqa: ANN401 - asyncpg has no types
        """Destroy a key for ever.

        Args:
            connection: to the database.
            number: of a key that holds no row.

        Raises:
            KeysUnusable: it is the one that seals, or may still be somewhere; there is none, or
                it cannot be destroyed.

        """
        if number not in self._seals or number == self.newest:
            raise KeysUnusable(f"{self._folder}: key {number} is none, or the one that seals")
        if not await connection.fetchval(_TAKEN_OVER, self.newest):
            raise KeysUnusable(f"{self._folder}: key {self.newest} is new; wait ten minutes")
        await connection.execute(_FORGET, number)
        try:
            self._file(number).unlink()
        except OSError as error:
            raise KeysUnusable(f"{self._file(number)}: {error.strerror}") from error
        self.refresh()

    def seal(self, column: Sealed, row: UUID, plain: bytes) -> bytes:
        """Return ``plain`` sealed by the newest key for one column of one row.

        Args:
            column: where it is stored.
            row: id of the row.
            plain: what is stored.

        """
        return self._seals[self.newest].seal(plain, f"{column} {row}")

    def unseal(self, column: Sealed, row: UUID, key_id: int | None, stored: bytes) -> bytes:
        """Return what was stored.

        Args:
            column: where it is stored.
            row: id of the row.
            key_id: the number beside it; None: it is of before and waits for its seal.
            stored: as it lies there.

        Raises:
            KeysUnusable: there is no key of that number.
            SealBroken: it is not what was sealed there.

        """
        if key_id is None:
            return stored
        if key_id not in self._seals and key_id not in self.refresh():
            raise KeysUnusable(f"{self._folder}: key {key_id} is missing")
        return self._seals[key_id].unseal(stored, f"{column} {row}")

    async def _register(self, connection: Any) -> dict[int, bytes]:  # noqa: ANN401 - asyncpg
        prints = {number: self._fingerprint(number) for number in self._seals}
        await connection.execute(_REGISTER, list(prints), list(prints.values()))
        return prints

    def refresh(self) -> dict[int, Seal]:
        """Read the files, also those that came since; return what there is.

        Raises:
            KeysUnusable: a file cannot be read, or holds no key.

        """
        try:
            names = [found.name for found in self._folder.iterdir()]
            found = [_NAME.fullmatch(name) for name in names]
            numbers = {int(each["number"]) for each in found if each}
            self._seals = {number: Seal.from_file(self._file(number)) for number in numbers}
        except FileNotFoundError:
            self._seals = {}
        except OSError as error:
            raise KeysUnusable(f"{self._folder}: {error.strerror}") from error
        except KeyFileUnusable as error:
            raise KeysUnusable(str(error)) from error
        self.newest = max(self._seals, default=0)
        return self._seals

    def fingerprints(self) -> dict[int, str]:
        """Return of each key that is here by what it is told from others, in hexadecimal.

        Raises:
            KeysUnusable: a file cannot be read, or holds no key.

        """
        return {number: self._fingerprint(number).hex() for number in self.refresh()}

    def _file(self, number: int) -> Path:
        return self._folder / f"{number}.key"

    def _fingerprint(self, number: int) -> bytes:
        return self._seals[number].fingerprint(_FINGERPRINTED, str(number))
