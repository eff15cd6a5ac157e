"""Certificates and revocation lists in the profiles of 9303-12 §7.1."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self

from asn1crypto import x509

from hardware_mocks.pki import der
from hardware_mocks.pki.keys import SigningKey
from hardware_mocks.tlv import elements, encode

_RDN_OIDS: Final = {
    "C": "2.5.4.6",
    "O": "2.5.4.10",
    "OU": "2.5.4.11",
    "CN": "2.5.4.3",
    "L": "2.5.4.7",
}
_OTHER_STRING: Final = {0x0C: 0x13, 0x13: 0x0C}
MASTER_LIST_SIGNING: Final = "2.23.136.1.1.3"
_SEAL_SIGNING: Final = "2.23.136.1.1.11.1"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as bytes, and what others need of it."""

    raw: bytes = field(repr=False)
    subject: bytes = field(repr=False)
    issuer: bytes = field(repr=False)
    serial: int
    key_identifier: bytes

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a DER certificate; raises ValueError."""
        parsed = x509.Certificate.load(raw, strict=True)
        return cls(
            raw,
            bytes(parsed.subject.dump()),
            bytes(parsed.issuer.dump()),
            int(parsed.serial_number),
            bytes(parsed.key_identifier or b""),
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a certificate is for, from when to when, and the State's three letters.

    ``document_types`` are the first letters of the documents that a document signer signs.
    """

    name: bytes
    state: str
    not_before: datetime
    not_after: datetime
    private_until: datetime
    document_types: tuple[str, ...] = ("I", "P")


def name(**parts: str) -> bytes:
    """A distinguished name; the country as PrintableString (9303-12 §7.1.1.1)."""
    return der.sequence(
        *(
            encode(0x31, der.sequence(der.oid(_RDN_OIDS[kind]), _directory_string(kind, text)))
            for kind, text in parts.items()
        )
    )


def respelled(name: bytes) -> bytes:
    """The same name with PrintableString for every UTF8String, and the other way round."""
    (rdns,) = elements(name)
    return der.sequence(
        *(
            encode(0x31, der.sequence(kind.raw, encode(_OTHER_STRING[text.tag], text.value)))
            for rdn in elements(rdns.value)
            for attribute in elements(rdn.value)
            for kind, text in [elements(attribute.value)]
        )
    )


def csca(subject: Subject, key: SigningKey, issuer_name: bytes, issuer: SigningKey) -> bytes:
    """A CSCA root (issuer is itself) or link certificate (issuer is the older key)."""
    extensions = [
        _extension("2.5.29.19", der.sequence(der.TRUE, der.integer(0)), critical=True),
        _extension("2.5.29.15", der.bit_string(b"\x06", unused_bits=1), critical=True),
        *_common_extensions(subject, key, issuer),
    ]
    return _signed_certificate(subject, key.public_info(), issuer_name, issuer, extensions)


def document_signer(
    subject: Subject, key: SigningKey, issuer_name: bytes, issuer: SigningKey
) -> bytes:
    """A document signer, for the types of documents that it names (9303-12 §7.1.1.6)."""
    types = der.set_of(map(der.printable, subject.document_types))
    document_types = der.sequence(der.integer(0), types)
    extensions = [
        _extension("2.5.29.15", der.bit_string(b"\x80", unused_bits=7), critical=True),
        _extension("2.23.136.1.1.6.2", document_types),
        *_common_extensions(subject, key, issuer),
    ]
    return _signed_certificate(subject, key.public_info(), issuer_name, issuer, extensions)


def master_list_signer(
    subject: Subject, key: SigningKey, issuer_name: bytes, issuer: SigningKey
) -> bytes:
    """A master list signer, with the critical extended key usage of 9303-12 §7.1.1.3."""
    usage = der.sequence(der.oid(MASTER_LIST_SIGNING))
    extensions = [
        _extension("2.5.29.15", der.bit_string(b"\x80", unused_bits=7), critical=True),
        _extension("2.5.29.37", usage, critical=True),
        *_common_extensions(subject, key, issuer),
    ]
    return _signed_certificate(subject, key.public_info(), issuer_name, issuer, extensions)


def seal_signer(
    subject: Subject, key: SigningKey, issuer_name: bytes, issuer: SigningKey, serial: int
) -> bytes:
    """A bar code signer with no extensions but its own (9303-12 §7.1.3).

    ``serial`` is short: every seal repeats it.
    """
    usage = der.sequence(der.oid(_SEAL_SIGNING))
    extensions = [
        _authority_key_identifier(issuer),
        _extension("2.5.29.37", usage, critical=True),
    ]
    return _signed_certificate(subject, key.public_info(), issuer_name, issuer, extensions, serial)


@dataclass(frozen=True, slots=True)
class RevocationList:
    """What a CRL says: numbers revoked at ``this_update``, valid until ``next_update``."""

    number: int
    this_update: datetime
    next_update: datetime
    serials: Sequence[int]


def crl(issuer_name: bytes, issuer: SigningKey, content: RevocationList) -> bytes:
    """A complete CRL (9303-12 §7.1.4)."""
    revoked = [
        der.sequence(der.integer(serial), der.time(content.this_update))
        for serial in content.serials
    ]
    extensions = der.sequence(
        _authority_key_identifier(issuer), _extension("2.5.29.20", der.integer(content.number))
    )
    to_be_signed = der.sequence(
        der.integer(1),
        issuer.algorithm(),
        issuer_name,
        der.time(content.this_update),
        der.time(content.next_update),
        der.sequence(*revoked) if revoked else b"",
        encode(0xA0, extensions),
    )
    return _signed(to_be_signed, issuer)


def _signed_certificate(
    subject: Subject,
    public_info: bytes,
    issuer_name: bytes,
    issuer: SigningKey,
    extensions: Sequence[bytes],
    serial: int | None = None,
) -> bytes:
    to_be_signed = der.sequence(
        encode(0xA0, der.integer(2)),
        der.integer(serial or secrets.randbits(126) | 1 << 126),
        issuer.algorithm(),
        issuer_name,
        der.sequence(der.time(subject.not_before), der.time(subject.not_after)),
        subject.name,
        public_info,
        encode(0xA3, der.sequence(*extensions)),
    )
    return _signed(to_be_signed, issuer)


def _signed(to_be_signed: bytes, issuer: SigningKey) -> bytes:
    signature = der.bit_string(issuer.sign(to_be_signed))
    return der.sequence(to_be_signed, issuer.algorithm(), signature)


def _common_extensions(subject: Subject, key: SigningKey, issuer: SigningKey) -> list[bytes]:
    period = der.sequence(
        der.generalized_time(subject.not_before, tag=0x80),
        der.generalized_time(subject.private_until, tag=0x81),
    )
    alternative = der.sequence(encode(0x82, b"csca.invalid"), encode(0xA4, name(L=subject.state)))
    points = encode(0x86, f"http://csca.invalid/{subject.state}.crl".encode())
    distribution = der.sequence(der.sequence(encode(0xA0, encode(0xA0, points))))
    return [
        _extension("2.5.29.14", der.octet_string(key.key_identifier())),
        _authority_key_identifier(issuer),
        _extension("2.5.29.16", period),
        _extension("2.5.29.17", alternative),
        _extension("2.5.29.18", alternative),
        _extension("2.5.29.31", distribution),
    ]


def _authority_key_identifier(issuer: SigningKey) -> bytes:
    return _extension("2.5.29.35", der.sequence(encode(0x80, issuer.key_identifier())))


def _extension(dotted: str, value: bytes, *, critical: bool = False) -> bytes:
    flag = der.TRUE if critical else b""
    return der.sequence(der.oid(dotted), flag, der.octet_string(value))


def _directory_string(kind: str, text: str) -> bytes:
    return der.printable(text) if kind in {"C", "L"} else der.utf8(text)
