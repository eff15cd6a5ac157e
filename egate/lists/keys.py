"""The keys of lists: one secret that gates share, and the signer that they have pinned.

The list key is a file of its own beside the lists. A disk or a backup of the lists alone tells
nothing; who has the key too can read the entries, and try numbers. A later version keeps it in
the machine's TPM, and only this module changes.
"""

import hmac
import os
import stat
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InternalError, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from egate.lists.errors import ListRefused
from egate.lists.kinds import ListKind
from egate.lists.listed_document import ListedDocument

KEY_BYTES: Final = 32
DIGEST_BYTES: Final = 8
MAX_KEY_FILE_BYTES: Final = 4096
_OTHERS: Final = 0o077


class ListKey:
    """What the lists are digested and sealed with; three keys of one, each with one purpose."""

    def __init__(self, key: bytes) -> None:
        self._documents = hmac.digest(key, b"egate lists: documents", "sha256")
        self._entries = hmac.digest(key, b"egate lists: entry ids", "sha256")
        self._sealing = hmac.digest(key, b"egate lists: sealing", "sha256")

    @classmethod
    def from_file(cls, file: Path) -> Self:
        """Take the key from ``file``: 32 bytes that nobody but the owner may read.

        Raises:
            ListRefused: it cannot be read, others may read it, or it holds no such key.

        """
        return cls(read_list_key(file))

    def document_digest(self, document: ListedDocument) -> bytes:
        """Return the 8 bytes by which the lists know ``document``."""
        return hmac.digest(self._documents, document.as_bytes(), "sha256")[:DIGEST_BYTES]

    def entry_digest(self, kind: ListKind, entry_id: str) -> int:
        """Return 64 bits by which versions of a list tell an entry again."""
        digest = hmac.digest(self._entries, f"{kind}|{entry_id}".encode(), "sha256")
        return int.from_bytes(digest[:DIGEST_BYTES])

    def cipher(self, kind: ListKind, salt: bytes) -> AESGCM:
        """Return the cipher of one file of entries; no two files have the same salt."""
        return AESGCM(hmac.digest(self._sealing, kind.encode() + b"|" + salt, "sha256"))


def read_list_key(file: Path) -> bytes:
    """Return the 32 bytes of a list key.

    Raises:
        ListRefused: as ``ListKey.from_file``.

    """
    key = _secret(file)
    if len(key) != KEY_BYTES:
        raise ListRefused(f"{file}: not a key of {KEY_BYTES} bytes")
    return key


def read_signing_key(file: Path) -> ec.EllipticCurvePrivateKey:
    """Return the private key in ``file``: P-256 in PEM, which only its owner may read.

    Raises:
        ListRefused: it is none, cannot be read, or others may read it.

    """
    try:
        key = load_pem_private_key(_secret(file), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm, InternalError):  # the last: a short X448
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not _is_p256(key.curve):
        raise ListRefused(f"{file}: not a P-256 key in PEM without a password")
    return key


def parse_signer(raw: bytes, where: str) -> ec.EllipticCurvePublicKey:
    """Return the public key of who signs lists: P-256 in PEM; ``where`` it is from, for faults.

    Raises:
        ListRefused: it is none.

    """
    try:
        key = load_pem_public_key(raw)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not _is_p256(key.curve):
        raise ListRefused(f"{where}: not a P-256 public key in PEM")
    return key


def read_signer(file: Path) -> ec.EllipticCurvePublicKey:
    """Return the public key in ``file``.

    Raises:
        ListRefused: it cannot be read, or is none.

    """
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_KEY_FILE_BYTES)
    except OSError as error:
        raise ListRefused(f"{file}: {error.strerror}") from error
    return parse_signer(raw, str(file))


def _is_p256(curve: ec.EllipticCurve) -> bool:
    return isinstance(curve, ec.SECP256R1)


def _secret(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            raw = stream.read(MAX_KEY_FILE_BYTES)
    except OSError as error:
        raise ListRefused(f"{file}: {error.strerror}") from error
    if not stat.S_ISREG(mode) or mode & _OTHERS:
        raise ListRefused(f"{file}: others may read it: chmod 600, and think of a new key")
    return raw
