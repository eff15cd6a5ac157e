"""What a kiosk has prepared and no gate has asked for yet.

That a token was issued or used is in the journal's database before anybody acts on it; what
was found, and the portrait, are in memory alone and go with the token. So a kiosk that is
started again can say that a token is lost, and can never give one out twice.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from egate.domain.record import Direction
from egate.domain.session import model as m
from egate.domain.time import Instant
from egate.domain.token import document_digest
from egate.gate.clocks import Clocks
from egate.observability.logging import logger
from egate.outbox.database import DatabaseUnusable
from egate.outbox.sealing import Seal
from egate.ports.devices import DeviceError, DeviceName
from egate.ports.tokens import MAX_PORTRAIT_BYTES, Prepared, TokenClaim, TokenRefusal

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS token (
    document BLOB PRIMARY KEY,
    crossing_id TEXT NOT NULL,
    expires_at REAL NOT NULL,
    used_by TEXT,
    used_for TEXT
)
"""
_ABOUT: Final = "token"
# Long enough to say why a token is refused, to a traveller who was slow.
_REMEMBERED_SECONDS: Final = 3600.0
_TIDY_SECONDS: Final = 1.0
# At 30 s a traveller, in the ten minutes that a token lasts at most, twenty are on their way.
_MOST_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class _Kept:
    prepared: Prepared
    direction: Direction
    until: Instant


class TokenBook:
    """The tokens of one kiosk.

    Args:
        database: the journal's, this process's alone.
        seal: makes of a document what the database may know.
        clocks: of this machine.

    Raises:
        DatabaseUnusable: the table cannot be made.

    """

    def __init__(self, database: sqlite3.Connection, seal: Seal, clocks: Clocks) -> None:
        self._database = database
        self._seal = seal
        self._clocks = clocks
        self._kept: dict[bytes, _Kept] = {}
        try:
            with database:
                database.execute(_SCHEMA)
        except sqlite3.Error as error:
            raise DatabaseUnusable(f"tokens: {error}") from error

    def issue(self, session: m.Session, portrait: bytes, seconds: float) -> None:
        """Keep what was found about the document of ``session``, in place of an earlier one.

        Args:
            session: a kiosk's, with a chip that was read.
            portrait: the file EF.DG2.
            seconds: how long it can be asked for.

        Raises:
            DeviceError: nothing is kept, since it cannot be written down.

        """
        chip, background = session.chip, session.background
        if chip is None or chip.document is None or background is None:
            return  # nothing that a gate could go by
        if len(portrait) > MAX_PORTRAIT_BYTES:
            logger().error("portrait too large for a gate", crossing_id=session.id)
            return
        document = self._fingerprint(document_digest(chip.document))
        if (known := self._read(document)) and known[0] == session.id:
            return  # told twice; it may be used already
        now = self._clocks.utc_now()
        self._write(
            (
                "INSERT OR REPLACE INTO token (document, crossing_id, expires_at) VALUES (?, ?, ?)",
                (document, session.id, now + seconds),
            ),
            ("DELETE FROM token WHERE expires_at < ?", (now - _REMEMBERED_SECONDS,)),
        )
        self._kept.pop(document, None)  # so that the newest is the last
        prepared = Prepared(session.id, chip, background, portrait)
        until = Instant(self._clocks.now() + seconds)
        self._kept[document] = _Kept(prepared, session.direction, until)
        while len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]

    def redeem(self, claim: TokenClaim) -> Prepared | TokenRefusal:
        """Hand out what was found, once and never again.

        Raises:
            DeviceError: it cannot be written down that the token is used, so it is not.

        """
        document = self._fingerprint(claim.document_digest)
        answer = self._answer(document, claim)
        if isinstance(answer, Prepared):
            del self._kept[document]
        logger().warning(
            "token",
            outcome="redeemed" if isinstance(answer, Prepared) else answer,
            gate_id=claim.gate_id,
            crossing_id=claim.crossing_id,
        )
        return answer

    async def run(self) -> None:
        """Forget what nobody asked for in time, until cancelled."""
        while True:
            await asyncio.sleep(_TIDY_SECONDS)
            now = self._clocks.now()
            for document in [key for key, kept in self._kept.items() if kept.until <= now]:
                del self._kept[document]

    def _answer(self, document: bytes, claim: TokenClaim) -> Prepared | TokenRefusal:
        row = self._read(document)
        if row is None:
            return TokenRefusal.UNKNOWN
        _, expires_at, used_by = row
        if used_by is not None:
            return TokenRefusal.USED
        kept = self._kept.get(document)
        if kept is None:
            past = expires_at <= self._clocks.utc_now()
            return TokenRefusal.EXPIRED if past else TokenRefusal.LOST
        if kept.until <= self._clocks.now():
            return TokenRefusal.EXPIRED
        if kept.direction is not claim.direction:
            return TokenRefusal.OTHER_DIRECTION
        self._write(
            (
                "UPDATE token SET used_by = ?, used_for = ? WHERE document = ?",
                (claim.gate_id, claim.crossing_id, document),
            )
        )
        return kept.prepared

    def _fingerprint(self, digest: bytes) -> bytes:
        return self._seal.fingerprint(digest, _ABOUT)

    def _read(self, document: bytes) -> tuple[str, float, str | None] | None:
        with _journal_failing():
            row: tuple[str, float, str | None] | None = self._database.execute(
                "SELECT crossing_id, expires_at, used_by FROM token WHERE document = ?", (document,)
            ).fetchone()
        return row

    def _write(self, *statements: tuple[str, tuple[object, ...]]) -> None:
        with _journal_failing(), self._database:
            for statement, values in statements:
                self._database.execute(statement, values)


@contextmanager
def _journal_failing() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise DeviceError(DeviceName.JOURNAL, type(error).__name__) from error
