"""Canonical JSON with a signature: there is one way to write it, so no bit can change unseen.

The bytes are the JSON, a line feed, and the signature in hexadecimal: ECDSA P-256 with SHA-256
over a domain tag and the JSON, r and s of 32 bytes each.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from egate.lists.errors import ListRefused

_HALF_BYTES: Final = 32
_SIGNATURE: Final = re.compile(rb"[0-9a-f]{128}")
_MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"
_HASH: Final = ec.ECDSA(hashes.SHA256())


def sign(domain: bytes, body: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return ``body`` with the signature of it under ``domain``."""
    r, s = decode_dss_signature(key.sign(domain + body, _HASH))
    return body + b"\n" + (r.to_bytes(_HALF_BYTES) + s.to_bytes(_HALF_BYTES)).hex().encode()


def verified(
    domain: bytes, raw: bytes, signer: ec.EllipticCurvePublicKey, most: int, what: str
) -> bytes:
    """Return the body that ``signer`` signed under ``domain``.

    Args:
        domain: the tag.
        raw: as ``sign`` made it.
        signer: whose signature it must be.
        most: bytes that it may have.
        what: it is, for the message.

    Raises:
        ListRefused: malformed, or the signature is not that of ``signer``.

    """
    body, _, signature = raw.rpartition(b"\n")
    if len(raw) > most or not _SIGNATURE.fullmatch(signature):
        raise ListRefused(f"{what}: malformed")
    halves = bytes.fromhex(signature.decode("ascii"))
    r, s = int.from_bytes(halves[:_HALF_BYTES]), int.from_bytes(halves[_HALF_BYTES:])
    try:
        signer.verify(encode_dss_signature(r, s), domain + body, _HASH)
    except InvalidSignature:
        raise ListRefused(f"{what}: not signed by the pinned signer") from None
    return body


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return the one way to write ``document``."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode("ascii")


def number(value: object, least: int, most: int) -> int:
    """Return ``value`` if it is a whole number of that range, else raise ``ValueError``."""
    if type(value) is not int or not least <= value <= most:
        raise ValueError
    return value


def moment(text: str) -> dt.datetime:
    """Return the time that ``written_moment`` wrote, else raise ``ValueError``."""
    return dt.datetime.strptime(text, _MOMENT).replace(tzinfo=dt.UTC)


def written_moment(at: dt.datetime) -> str:
    """Return a time of UTC, to the second."""
    return at.strftime(_MOMENT)
