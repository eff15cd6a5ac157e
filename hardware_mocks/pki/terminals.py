"""CVCA, document verifier and inspection system: who may read fingerprints (9303-12 §7.2.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from hardware_mocks.pki import der
from hardware_mocks.pki.keys import DOMAINS, PrivateKey, SigningKey, new_key
from hardware_mocks.tlv import encode

CvKind = Literal["ecdsa", "rsa"]
CV_KINDS: Final[tuple[CvKind, ...]] = ("ecdsa", "rsa")

_KINDS: Final = {"ecdsa": "brainpoolP256r1", "rsa": "rsa2048"}
# id-TA-ECDSA-SHA-256 and id-TA-RSA-PSS-SHA-256 (9303-11 §9.2.9).
_ALGORITHMS: Final = {"ecdsa": "0.4.0.127.0.7.2.2.2.2.3", "rsa": "0.4.0.127.0.7.2.2.2.1.4"}
_INSPECTION_SYSTEM: Final = "0.4.0.127.0.7.3.1.2.1"
_CVCA: Final = 0xC0
_DV: Final = 0x80
_FINGERS_AND_IRISES: Final = 0x03
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CvHolder:
    """One who holds a CV certificate: its reference, the certificate and the key."""

    reference: bytes
    certificate: bytes = field(repr=False)
    key: SigningKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class TerminalAuthority:
    """A State's chain: ``next_cvca`` is a link certificate's holder, of the key after."""

    kind: CvKind
    cvca: CvHolder
    next_cvca: CvHolder
    verifier: CvHolder
    terminal: CvHolder

    def holders(self) -> Mapping[str, CvHolder]:
        """All of them by name."""
        return {
            "cvca": self.cvca,
            "next_cvca": self.next_cvca,
            "verifier": self.verifier,
            "terminal": self.terminal,
        }


@dataclass(frozen=True, slots=True)
class _Subject:
    reference: bytes
    authorization: int
    effective: date
    expires: date


def establish_terminals(country: str, kind: CvKind, today: date) -> TerminalAuthority:
    """Make the chain of a State, ``country`` in two letters, valid around ``today``."""
    names = {
        each: f"{country}{name}{country}{number}".encode("ascii")
        for each, name, number in (
            ("cvca", "CVCATEST", "001"), ("next", "CVCATEST", "002"),
            ("verifier", "DVTEST", "001"), ("terminal", "ISTEST", "001"),
        )
    }  # fmt: skip
    keys = {each: SigningKey(new_key(_KINDS[kind])) for each in names}
    started, ended = today - 400 * _DAY, today + 700 * _DAY
    everything = _FINGERS_AND_IRISES

    def holder(each: str, issuer: str, role: int, effective: date, expires: date) -> CvHolder:
        subject = _Subject(names[each], role | everything, effective, expires)
        root = role == _CVCA
        body = _body(kind, subject, keys[each], names[issuer], with_domain=root)
        signature = encode(0x5F37, _sign(keys[issuer], body))
        return CvHolder(names[each], encode(0x7F21, body, signature), keys[each])

    return TerminalAuthority(
        kind,
        cvca=holder("cvca", "cvca", _CVCA, started, ended),
        next_cvca=holder("next", "cvca", _CVCA, today - 2 * _DAY, ended + 700 * _DAY),
        verifier=holder("verifier", "cvca", _DV, today - 30 * _DAY, today + 60 * _DAY),
        terminal=holder("terminal", "verifier", 0, today - _DAY, today + 29 * _DAY),
    )


def cv_certificate(
    kind: CvKind, holder: CvHolder, issuer: CvHolder, authorization: int, period: tuple[date, date]
) -> bytes:
    """Certify the key of ``holder`` anew, by ``issuer`` and with another role, right or period."""
    subject = _Subject(holder.reference, authorization, *period)
    body = _body(kind, subject, holder.key, issuer.reference, with_domain=authorization >= _CVCA)
    return encode(0x7F21, body, encode(0x5F37, _sign(issuer.key, body)))


def _body(
    kind: CvKind, subject: _Subject, key: SigningKey, authority: bytes, *, with_domain: bool
) -> bytes:
    template = encode(0x53, bytes([subject.authorization]))
    return encode(
        0x7F4E,
        encode(0x5F29, b"\0"),
        encode(0x42, authority),
        _public_key(kind, key.private, with_domain=with_domain),
        encode(0x5F20, subject.reference),
        encode(0x7F4C, der.oid(_INSPECTION_SYSTEM), template),
        encode(0x5F25, _digits(subject.effective)),
        encode(0x5F24, _digits(subject.expires)),
    )


def _public_key(kind: CvKind, key: PrivateKey, *, with_domain: bool) -> bytes:
    """DO'7F49' (9303-12 §7.2.3.2); only a CVCA's has the domain parameters of a curve."""
    parts = [der.oid(_ALGORITHMS[kind])]
    if isinstance(key, ec.EllipticCurvePrivateKey):
        domain = DOMAINS[key.curve.name]
        width = (domain.p.bit_length() + 7) // 8
        public = key.public_key().public_numbers()
        if with_domain:
            parts += [
                encode(0x81, _unsigned(domain.p)),
                encode(0x82, _unsigned(domain.a)),
                encode(0x83, _unsigned(domain.b)),
                encode(0x84, _point(domain.g, width)),
                encode(0x85, _unsigned(domain.q)),
            ]
        parts.append(encode(0x86, _point((public.x, public.y), width)))
        if with_domain:
            parts.append(encode(0x87, b"\x01"))
    else:
        numbers = key.public_key().public_numbers()
        parts += [encode(0x81, _unsigned(numbers.n)), encode(0x82, _unsigned(numbers.e))]
    return encode(0x7F49, *parts)


def _sign(key: SigningKey, body: bytes) -> bytes:
    """Over the encoded body, ECDSA in plain format (9303-12 §7.2.2.7, 9303-11 §7.1.4.2.1)."""
    signature = key.sign(body)
    if not isinstance(key.private, ec.EllipticCurvePrivateKey):
        return signature
    width = (DOMAINS[key.private.curve.name].q.bit_length() + 7) // 8
    return b"".join(each.to_bytes(width, "big") for each in decode_dss_signature(signature))


def terminal_signature(terminal: CvHolder, message: bytes) -> bytes:
    """What a terminal answers to a challenge with (9303-11 §7.1.2)."""
    return _sign(terminal.key, message)


def _unsigned(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def _point(point: tuple[int, int], width: int) -> bytes:
    return b"\x04" + b"".join(each.to_bytes(width, "big") for each in point)


def _digits(day: date) -> bytes:
    """YYMMDD in unpacked digits (9303-12 §7.2.3.1.3)."""
    return bytes(int(digit) for digit in day.strftime("%y%m%d"))
