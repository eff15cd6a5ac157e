"""Signed heads of the centre's trees: whether one is genuine, and how one is kept as a file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from egate.domain.evidence.chain import HASH_BYTES
from egate.domain.evidence.tree_head import TreeHead
from egate.reporting.credentials import has_issued
from egate.reporting.identity import IdentityMissing, Role, identity_of
from egate.reporting.x509_faults import X509_FAULTS

_ALGORITHM: Final = ec.ECDSA(hashes.SHA256())
_MAX_BYTES: Final = 16 << 10
_FIELDS: Final = {
    "number": int,
    "day": str,
    "size": int,
    "root": str,
    "days_root": str,
    "signature": str,
    "certificate": str,
}


class HeadRefused(Exception):
    """It is not a head that our centre signed; says why."""


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head, its signature, and the certificate of whoever signed it (DER)."""

    head: TreeHead
    signature: bytes = field(repr=False)
    certificate: bytes = field(repr=False)

    def check(self, authorities: Sequence[x509.Certificate]) -> None:
        """See that a centre of one of ``authorities`` signed it.

        Raises:
            HeadRefused: none did.

        """
        try:
            certificate = x509.load_der_x509_certificate(self.certificate)
            identity = identity_of(certificate.public_bytes(Encoding.PEM))
            key = certificate.public_key()
        except (IdentityMissing, *X509_FAULTS):
            raise HeadRefused("signed with no certificate of ours") from None
        if not any(has_issued(each, certificate) for each in authorities):
            raise HeadRefused("signed with a certificate that is not of our authority")
        if identity.role is not Role.CENTRE:
            raise HeadRefused(f"signed by a {identity.role}, which is no centre")
        if certificate.not_valid_after_utc.date() < self.head.day:
            raise HeadRefused("signed with a certificate that was over")
        if not self._is_signed_by(key):
            raise HeadRefused("its signature is wrong")

    def _is_signed_by(self, key: object) -> bool:
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return False
        try:
            key.verify(self.signature, self.head.signed_message(), _ALGORITHM)
        except InvalidSignature:
            return False
        return True

    def as_json(self) -> dict[str, object]:
        """Return it as it is kept in a file."""
        head = self.head
        return {
            "number": head.number,
            "day": head.day.isoformat(),
            "size": head.size,
            "root": head.root.hex(),
            "days_root": head.days_root.hex(),
            "signature": self.signature.hex(),
            "certificate": self.certificate.hex(),
        }

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Return what `as_json` made; whether it is genuine `check` says.

        Raises:
            HeadRefused: it is malformed.

        """
        if len(text) > _MAX_BYTES:
            raise HeadRefused(f"larger than {_MAX_BYTES} bytes")
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise HeadRefused("not JSON") from None
        if not isinstance(found, dict) or not all(
            type(found.get(name)) is kind for name, kind in _FIELDS.items()
        ):
            raise HeadRefused(f"not an object with {', '.join(_FIELDS)}")
        try:
            head = TreeHead(
                found["number"],
                date.fromisoformat(found["day"]),
                found["size"],
                bytes.fromhex(found["root"]),
                bytes.fromhex(found["days_root"]),
            )
            signed = cls(
                head, bytes.fromhex(found["signature"]), bytes.fromhex(found["certificate"])
            )
        except ValueError:
            raise HeadRefused("a value of it is malformed") from None
        _check_values(head)
        return signed

    @classmethod
    def from_file(cls, file: Path) -> Self:
        """Return the head in ``file``.

        Raises:
            OSError: it cannot be read.
            HeadRefused: it is malformed.

        """
        with file.open("rb") as stream:
            return cls.from_json(stream.read(_MAX_BYTES + 1))


def _check_values(head: TreeHead) -> None:
    """See that ``head`` can be packed."""
    counts_fit = 1 <= head.number < 1 << 63 and 1 <= head.size < 1 << 63
    if not counts_fit or {len(head.root), len(head.days_root)} != {HASH_BYTES}:
        raise HeadRefused("a value of it is out of range")
