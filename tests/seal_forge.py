"""Made-up visible digital seals and their signers.

The encoder, the arithmetic and the certificates share no code with what they test.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache

from egate.emrtd.crypto.ec_domain import STANDARD_CURVES, Curve
from egate.emrtd.crypto.public_key import EcPublicKey
from egate.emrtd.passive_authentication.certificate import Certificate
from hardware_mocks.pki import certificate as mock
from hardware_mocks.pki import der
from hardware_mocks.tlv import encode
from tests.trust_forge import NOW, YEAR, Forge

SEALS = "2.23.136.1.1.11.1"
CURVES = {curve.name: curve for curve in STANDARD_CURVES}
VISA = (0x5D, 0x01)
EMERGENCY = (0x5E, 0x03)
VISA_LINES = (
    "V<BGDSPECIMEN<<RAHIMA<".ljust(44, "<"),
    "V1234567<7IND8001014F3001019<<<<<<<<<<<<<<<<",
)
_C40 = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def c40(text: str) -> bytes:
    """Encode as 9303-13 §2.6 says."""
    values = [_C40.index(letter) + 3 for letter in text.replace("<", " ")]
    encoded = b""
    for start in range(0, len(values), 3):
        triple = values[start : start + 3]
        if len(triple) == 1:
            encoded += bytes((254, ord(text.replace("<", " ")[start]) + 1))
            continue
        first, second, third = (*triple, 0)[:3]
        encoded += (1600 * first + 40 * second + third + 1).to_bytes(2, "big")
    return encoded


def day(month: int, of_month: int, year: int) -> bytes:
    return int(f"{month:02}{of_month:02}{year:04}").to_bytes(3, "big")


def with_check_digits(line: str, *spans: tuple[int, int]) -> str:
    """Put right the check digits behind ``spans`` of ``line``."""
    for start, end in spans:
        weighed = (
            (0 if c == "<" else int(c, 36)) * (7, 3, 1)[i % 3]
            for i, c in enumerate(line[start:end])
        )
        line = line[:end] + str(sum(weighed) % 10) + line[end + 1 :]
    return line


VISA_MRZ = (VISA_LINES[0], with_check_digits(VISA_LINES[1], (0, 9), (13, 19), (21, 27)))
VISA_FEATURES: Mapping[int, bytes] = {
    0x01: c40(VISA_MRZ[0] + VISA_MRZ[1][:28]),
    0x03: b"\x02",
    0x04: bytes((30, 0, 0)),
    0x05: c40("K1234567<"),
}


@dataclass(frozen=True)
class SealKey:
    """A private key on a curve, and plain ECDSA with it."""

    curve: Curve
    secret: int

    @property
    def size(self) -> int:
        return (self.curve.n.bit_length() + 7) // 8

    @property
    def spki(self) -> bytes:
        x, y = _multiply(self.curve, self.secret)
        width = self.curve.size_bytes
        point = b"\x04" + x.to_bytes(width, "big") + y.to_bytes(width, "big")
        return EcPublicKey(self.curve, point).named_spki()

    def sign(self, message: bytes, hash_name: str) -> bytes:
        n = self.curve.n
        digest = hashlib.new(hash_name, message).digest()
        value = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - n.bit_length())
        nonce = int.from_bytes(hashlib.sha512(digest).digest(), "big") % n
        r = _multiply(self.curve, nonce)[0] % n
        s = pow(nonce, -1, n) * (value + r * self.secret) % n
        return r.to_bytes(self.size, "big") + s.to_bytes(self.size, "big")


@cache
def seal_key(curve: str = "brainpoolP256r1", secret: int = 0x5EA1) -> SealKey:
    return SealKey(CURVES[curve], secret << 64 | secret)


@dataclass(frozen=True)
class SealSigner:
    """A seal signer of one State, in the profile of 9303-12 §7.1.3 unless told otherwise."""

    state: Forge = field(default_factory=Forge)
    key: SealKey = field(default_factory=seal_key)
    name: str = "VS"
    country: str = "BD"
    serial: int = 0x1A2B
    usages: Sequence[str] = (SEALS,)
    document_types: Sequence[str] = ()
    years: tuple[int, int] = (-1, 5)
    spki: bytes = b""

    def certificate(self) -> Certificate:
        start, end = (NOW + YEAR * each for each in self.years)
        extensions = [_key_identifier(self.state.csca_key.key_identifier())]
        if self.usages:
            usages = der.sequence(*map(der.oid, self.usages))
            extensions.append(_extension("2.5.29.37", usages, critical=True))
        if self.document_types:
            types = der.set_of(map(der.printable, self.document_types))
            extensions.append(_extension("2.23.136.1.1.6.2", der.sequence(der.integer(0), types)))
        return Certificate.parse(self._signed(start, end, extensions))

    def _signed(self, start: datetime, end: datetime, extensions: Sequence[bytes]) -> bytes:
        issuer = self.state.csca_key
        tbs = der.sequence(
            encode(0xA0, der.integer(2)),
            der.integer(self.serial),
            issuer.algorithm(),
            self.state.name,
            der.sequence(der.time(start), der.time(end)),
            mock.name(C=self.country, CN=self.name),
            self.spki or self.key.spki,
            encode(0xA3, der.sequence(*extensions)),
        )
        return der.sequence(tbs, issuer.algorithm(), der.bit_string(issuer.sign(tbs)))


@dataclass(frozen=True)
class SealForm:
    """Everything that a seal says, to be put into bytes and signed."""

    version: int = 4
    country: str = "BGD"
    signer: str = "BDVS"
    reference: str = "1A2B"
    issued: bytes = day(5, 20, 2026)
    signed: bytes = day(5, 21, 2026)
    kind: tuple[int, int] = VISA
    features: Mapping[int, bytes] = field(default_factory=lambda: VISA_FEATURES)

    def but(self, **changes: object) -> "SealForm":
        return replace(self, **changes)  # type: ignore[arg-type]

    def header(self) -> bytes:
        length = f"{len(self.reference):02X}" if self.version == 4 else ""
        text = self.signer + length + self.reference
        return (
            bytes((0xDC, self.version - 1))
            + c40(self.country.ljust(3, "<"))
            + c40(text)
            + self.issued
            + self.signed
            + bytes(self.kind)
        )

    def message(self) -> bytes:
        return self.header() + b"".join(
            bytes((tag,)) + self._length(value) + value for tag, value in self.features.items()
        )

    def signed_by(self, key: SealKey | None = None, hash_name: str = "sha256") -> bytes:
        message = self.message()
        signature = (key or seal_key()).sign(message, hash_name)
        return message + b"\xff" + der_length(len(signature)) + signature

    def _length(self, value: bytes) -> bytes:
        return bytes((len(value),)) if self.version == 3 else der_length(len(value))


def der_length(length: int) -> bytes:
    return encode(0x04, bytes(length))[1 : -length or None]


def _multiply(curve: Curve, scalar: int) -> tuple[int, int]:
    found: tuple[int, int] | None = None
    added: tuple[int, int] | None = (curve.x, curve.y)
    while scalar:
        if scalar & 1:
            found = _add(curve, found, added)
        added = _add(curve, added, added)
        scalar >>= 1
    assert found is not None
    return found


def _add(
    curve: Curve, left: tuple[int, int] | None, right: tuple[int, int] | None
) -> tuple[int, int] | None:
    if left is None or right is None:
        return right if left is None else left
    (x1, y1), (x2, y2) = left, right
    if x1 == x2:
        if (y1 + y2) % curve.p == 0:
            return None
        slope = (3 * x1 * x1 + curve.a) * pow(2 * y1, -1, curve.p)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, curve.p)
    x = (slope * slope - x1 - x2) % curve.p
    return x, (slope * (x1 - x) - y1) % curve.p


def _key_identifier(identifier: bytes) -> bytes:
    return _extension("2.5.29.35", der.sequence(encode(0x80, identifier)))


def _extension(dotted: str, value: bytes, *, critical: bool = False) -> bytes:
    flag = der.TRUE if critical else b""
    return der.sequence(der.oid(dotted), flag, der.octet_string(value))
