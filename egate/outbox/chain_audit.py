"""Looks over a station's own chain, from its first link to its last."""

import sqlite3
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from egate.domain.evidence.chain import FIRST, key_id_of, link_hash_of_digest, signed_message

_LINKS: Final = """
SELECT gate_seq, previous, digest, signature, key_id, public_key FROM chain_link
LEFT JOIN chain_key ON place = key ORDER BY gate_seq
"""
_SIGNATURE: Final = ec.ECDSA(hashes.SHA256())


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
    key_id: bytes | None
    public_key: bytes | None


def first_break(database: sqlite3.Connection, station_id: str) -> ChainBreak | None:
    """Return where the chain of a station breaks first, None if it holds to its end.

    Args:
        database: in which the station numbers its records; it is read and not written.
        station_id: as in the station's certificate and records.

    Raises:
        sqlite3.Error: it cannot be read, or has no chain.

    """
    return next(_breaks(database, station_id), None)


def _breaks(database: sqlite3.Connection, station_id: str) -> Iterator[ChainBreak]:
    keys = _Keys()
    adopted = deque(database.execute("SELECT gate_seq, link FROM chain_adopted ORDER BY gate_seq"))
    before = FIRST
    for row in database.execute(_LINKS):
        link = _Link(*row)
        while adopted and adopted[0][0] < link.gate_seq:
            before = adopted.popleft()[1]
        if link.previous != before:
            yield ChainBreak(link.gate_seq, "does not hang on the link before")
        before = link_hash_of_digest(station_id, link.gate_seq, link.previous, link.digest)
        if not keys.signed(link, before):
            yield ChainBreak(link.gate_seq, "is not signed by its key")
    number, head = database.execute("SELECT gate_seq, link FROM chain_head").fetchone()
    if head != (adopted[-1][1] if adopted else before):
        yield ChainBreak(number, "is missing, and was the last")


class _Keys:
    """The public keys of a chain, each read once."""

    def __init__(self) -> None:
        self._known: dict[bytes, ec.EllipticCurvePublicKey | None] = {}

    def signed(self, link: _Link, link_hash: bytes) -> bool:
        if link.public_key is None or key_id_of(link.public_key) != link.key_id:
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
