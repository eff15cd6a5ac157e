"""Detached signatures of a policy's file: Ed25519 (RFC 8032), of two different officers."""

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from egate.durable_files import put_file
from egate.policy_files.keys import Keys, is_officer

NEEDED: Final = 2
# So that what an officer signs here is a signature of nothing else.
_CONTEXT: Final = b"egate policy file 1\n"
_SIGNATURE_BYTES: Final = 64
_MOST_SIGNATURES: Final = 20
_MAX_FILE_BYTES: Final = 16_384


class SignaturesRefused(Exception):
    """A file is not signed as it must be; says why in one line."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One officer's signature of one file."""

    officer: str
    value: bytes


def signature_file(file: Path) -> Path:
    """Return where the signatures of ``file`` are."""
    return file.with_name(f"{file.name}.sig")


def sign(content: bytes, key: Ed25519PrivateKey, officer: str) -> Signature:
    """Return the signature of ``officer`` over a whole file."""
    return Signature(officer, key.sign(_CONTEXT + content))


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, and with what.

    Args:
        officer: as the file of their public key is named.
        key: their private one.

    """

    officer: str
    key: Ed25519PrivateKey = field(repr=False)


def add_signature(file: Path, content: bytes, signer: Signer) -> int:
    """Put a signature beside ``file`` and return how many there are now.

    Raises:
        SignaturesRefused: those that are there cannot be read.
        OSError: it cannot be written.

    """
    others = [each for each in read_signatures(file) if each.officer != signer.officer]
    text = as_text((*others, sign(content, signer.key, signer.officer)))
    put_file(signature_file(file), text.encode())
    return len(others) + 1


def signers(content: bytes, signatures: Iterable[Signature], keys: Keys) -> tuple[str, ...]:
    """Return the officers among ``keys`` whose signature fits ``content``, each once."""
    return tuple(sorted({s.officer for s in signatures if _fits(s, content, keys)}))


def demand_two(file: Path, content: bytes, keys: Keys) -> tuple[str, ...]:
    """Return the officers who signed ``content``, read from ``file``.

    Raises:
        SignaturesRefused: fewer than two of them did.

    """
    found = read_signatures(file)
    fitting = signers(content, found, keys)
    if len(fitting) < NEEDED:
        others = sorted({s.officer for s in found} - set(fitting))
        not_fitting = f"; not fitting: {', '.join(others)}" if others else ""
        raise SignaturesRefused(
            f"{file}: signed by {len(fitting)} known officers, not {NEEDED}{not_fitting}"
        )
    return fitting


def read_signatures(file: Path) -> tuple[Signature, ...]:
    """Return the signatures beside ``file``, none if there are none.

    Raises:
        SignaturesRefused: they cannot be read.

    """
    beside = signature_file(file)
    try:
        with beside.open("rb") as stream:
            raw = stream.read(_MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise SignaturesRefused(f"{beside}: {error.strerror}") from error
    try:
        return _parsed(raw)
    except (ValueError, RecursionError, binascii.Error):
        raise SignaturesRefused(f"{beside}: not a list of signatures") from None


def as_text(signatures: Iterable[Signature]) -> str:
    """Return what stands in a signature file."""
    rows = [
        {"officer": each.officer, "signature": base64.b64encode(each.value).decode()}
        for each in signatures
    ]
    return json.dumps({"signatures": rows}, indent=2) + "\n"


def _fits(signature: Signature, content: bytes, keys: Keys) -> bool:
    key = keys.get(signature.officer)
    if key is None:
        return False
    try:
        key.verify(signature.value, _CONTEXT + content)
    except InvalidSignature:
        return False
    return True


def _parsed(raw: bytes) -> tuple[Signature, ...]:
    if len(raw) > _MAX_FILE_BYTES:
        raise ValueError
    content = json.loads(raw.decode("utf-8"))
    if not isinstance(content, dict) or content.keys() != {"signatures"}:
        raise ValueError
    rows = content["signatures"]
    if not isinstance(rows, list) or len(rows) > _MOST_SIGNATURES:
        raise ValueError
    return tuple(_signature(row) for row in rows)


def _signature(row: object) -> Signature:
    if not isinstance(row, dict) or row.keys() != {"officer", "signature"}:
        raise ValueError
    officer, encoded = row["officer"], row["signature"]
    if not isinstance(officer, str) or not is_officer(officer) or not isinstance(encoded, str):
        raise ValueError
    value = base64.b64decode(encoded, validate=True)
    if len(value) != _SIGNATURE_BYTES:
        raise ValueError
    return Signature(officer, value)
