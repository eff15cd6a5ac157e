"""The key of a station's certificate, without files: the same in each process of a test."""

import sqlite3

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from egate.domain.evidence.chain import key_id_of
from egate.outbox.chain_audit import ChainAudit, ChainBreak
from egate.ports.signing import SignerUnavailable


class KeyOfTests:
    """A ``Signer``; two of one number are the same key.

    Args:
        number: of the key.

    """

    def __init__(self, number: int = 1) -> None:
        self.is_away = False
        self.become(number)

    def become(self, number: int) -> None:
        """Be another key, as of a station that is enrolled anew."""
        self._key = ec.derive_private_key(number, ec.SECP256R1())
        self.public_key = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.key_id = key_id_of(self.public_key)

    def sign(self, message: bytes) -> bytes:
        if self.is_away:
            raise SignerUnavailable("the token was pulled out")
        return self._key.sign(message, ec.ECDSA(hashes.SHA256()))


def first_break(database: sqlite3.Connection, station_id: str) -> ChainBreak | None:
    """What a station finds when it looks over its own chain."""
    audit = ChainAudit(database, station_id)
    while audit.look(2):
        pass
    return audit.found
