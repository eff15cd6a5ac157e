"""The chain of a station's records: what was recorded cannot be changed, dropped or added later.

Each record has a link: a hash over the link before it, the record's number and its bytes. The
station signs each link with the key of its certificate, so that whoever has the records and the
certificate can prove the whole row (docs/decisions/0043).
"""

import hashlib
import struct
from dataclasses import dataclass, field
from typing import Final

HASH_BYTES: Final = 32
"""Of a link, and of all other hashes here: SHA-256."""
FIRST: Final = bytes(HASH_BYTES)
"""What is before the first link of a station."""
_LINK: Final = b"egate chain 1\0"
_SIGNED: Final = b"egate link 1\0"


@dataclass(frozen=True, slots=True)
class ChainLink:
    """How one record hangs on the one before, as it is sent beside the record.

    Args:
        previous: hash of the link before, ``FIRST`` for none.
        signature: of ``signed_message`` of this link, ECDSA with P-256 and SHA-256 in DER.
        key_id: of the key that made it.

    """

    previous: bytes
    signature: bytes = field(repr=False)
    key_id: bytes


def link_hash(station_id: str, gate_seq: int, previous: bytes, record: bytes) -> bytes:
    """Return the hash of the link of ``record``; arguments as `link_hash_of_digest`.

    Args:
        station_id: as in the record.
        gate_seq: as in the record.
        previous: hash of the link before.
        record: its bytes, as they are sent.

    """
    digest = hashlib.sha256(record).digest()
    return link_hash_of_digest(station_id, gate_seq, previous, digest)


def link_hash_of_digest(station_id: str, gate_seq: int, previous: bytes, digest: bytes) -> bytes:
    """Return the hash of a link whose record may be gone.

    Args:
        station_id: gate, kiosk or desk, as its certificate names it.
        gate_seq: the station's number of the record, from 1.
        previous: hash of the link before, ``FIRST`` for none.
        digest: SHA-256 of the record's bytes.

    Raises:
        ValueError: a hash has not 32 bytes, the number not 64 bits, or the id not 16 bits.

    """
    if len(previous) != HASH_BYTES or len(digest) != HASH_BYTES:
        raise ValueError(f"a hash of a link has {HASH_BYTES} bytes")
    station = station_id.encode()
    try:
        head = struct.pack(f">H{len(station)}sQ", len(station), station, gate_seq)
    except struct.error as error:
        raise ValueError("not a number of a record, or not the id of a station") from error
    return hashlib.sha256(_LINK + head + previous + digest).digest()


def signed_message(link: bytes) -> bytes:
    """Return what a station signs for the link with the hash ``link``."""
    return _SIGNED + link


def key_id_of(public_key: bytes) -> bytes:
    """Return by which a key is named in links: SHA-256 of its SubjectPublicKeyInfo in DER."""
    return hashlib.sha256(public_key).digest()
