"""Looks over a station's own chain, from its first link to its last."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from egate.domain.evidence.chain import (
    FIRST,
    HASH_BYTES,
    key_id_of,
    link_hash_of_digest,
    signed_message,
)
from egate.outbox.database import reading

_LINKS: Final = """
SELECT gate_seq, previous, digest, signature, key_id, public_key FROM chain_link
LEFT JOIN chain_key ON place = key WHERE gate_seq > ? ORDER BY gate_seq LIMIT ?
"""
_ADOPTED: Final = """
SELECT link FROM chain_adopted WHERE gate_seq >= ? AND gate_seq < ? ORDER BY gate_seq DESC LIMIT 1
"""
_SIGNATURE: Final = ec.ECDSA(hashes.SHA256())
_NO_NUMBER: Final = 2**63 - 1
_PART: Final = 1000


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """Where a chain does not hold.

    Args:
        gate_seq: of the first link that does not.
        fault: of it; nothing personal.

    """

    gate_seq: int
    fault: str


@dataclass(frozen=True, slots=True)
class _Link:
    gate_seq: int
    previous: bytes
    digest: bytes
    signature: bytes
    key_id: bytes
    public_key: bytes

    def is_damaged(self) -> bool:
        """Say whether a value is not even of its kind: SQLite keeps what it finds on the disk."""
        of_key = (self.signature, self.key_id, self.public_key)
        hashes_of = (self.previous, self.digest)
        return not all(isinstance(each, bytes) for each in (*of_key, *hashes_of)) or any(
            len(each) != HASH_BYTES for each in hashes_of
        )


class ChainAudit:
    """One look over a chain, in as many parts as its caller likes.

    Args:
        database: in which the station numbers its records; it is read and not written.
        station_id: as in the station's certificate and records.

    """

    def __init__(self, database: sqlite3.Connection, station_id: str) -> None:
        self._database = database
        self._station_id = station_id
        self._keys = _Keys()
        self._number, self._link = 0, FIRST
        self.links = 0
        """That were looked over."""
        self.found: ChainBreak | None = None
        """The first break."""

    def look(self, most: int) -> bool:
        """Look over the next ``most`` links; return whether there are more, and no break yet.

        Raises:
            sqlite3.Error: the database cannot be read, or has no chain.

        """
        rows = self._database.execute(_LINKS, (self._number, most)).fetchall()
        for row in rows:
            link = _Link(*row)
            if fault := self._fault(link):
                self.found = ChainBreak(link.gate_seq, fault)
                return False
            self.links += 1
        if len(rows) == most:
            return True
        number, head = self._database.execute("SELECT gate_seq, link FROM chain_head").fetchone()
        if head != self._before(_NO_NUMBER):
            self.found = ChainBreak(number, "is missing, and was the last")
        return False

    def _fault(self, link: _Link) -> str:
        if link.is_damaged():
            return "is damaged, or its key is not here"
        if link.previous != self._before(link.gate_seq):
            return "does not hang on the link before"
        self._number = link.gate_seq
        self._link = link_hash_of_digest(
            self._station_id, link.gate_seq, link.previous, link.digest
        )
        return "" if self._keys.signed(link, self._link) else "is not signed by its key"

    def _before(self, gate_seq: int) -> bytes:
        """Return on what the link of ``gate_seq`` has to hang, if it is the next one."""
        row = self._database.execute(_ADOPTED, (self._number, gate_seq)).fetchone()
        return row[0] if row else self._link


def audit_of(file: Path, station_id: str) -> ChainAudit:
    """Return what a whole look over the chain in ``file`` found; a station may run with it.

    Raises:
        DatabaseUnusable: it is not there, cannot be read, or has no chain.

    """
    with reading(file) as database:
        audit = ChainAudit(database, station_id)
        while audit.look(_PART):
            pass
    return audit


class _Keys:
    """The public keys of a chain, each read once."""

    def __init__(self) -> None:
        self._known: dict[bytes, ec.EllipticCurvePublicKey | None] = {}

    def signed(self, link: _Link, link_hash: bytes) -> bool:
        if key_id_of(link.public_key) != link.key_id:
            return False
        if link.public_key not in self._known:
            self._known[link.public_key] = _key_of(link.public_key)
        key = self._known[link.public_key]
        if key is None:
            return False
        try:
            key.verify(link.signature, signed_message(link_hash), _SIGNATURE)
        except InvalidSignature:
            return False
        return True


def _key_of(public_key: bytes) -> ec.EllipticCurvePublicKey | None:
    try:
        key = serialization.load_der_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, ec.EllipticCurvePublicKey) else None
