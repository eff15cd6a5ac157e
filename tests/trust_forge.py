"""Made-up authorities, signers and SODs for what no real document shows.

The certificates come from ``hardware_mocks``, which shares no code with ``egate``.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from egate.emrtd.asn1 import encode
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.revocation import RevocationList
from hardware_mocks.pki import certificate as mock
from hardware_mocks.pki import der
from hardware_mocks.pki.keys import SigningKey, new_key
from hardware_mocks.pki.signed_data import LDS_SECURITY_OBJECT, Signer, signed_data

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
YEAR = timedelta(days=365)
DG1 = bytes.fromhex("615B5F1F58") + b"P<BGDSPECIMEN<<".ljust(88, b"<")
SHA256 = "2.16.840.1.101.3.4.2.1"


@cache
def key(name: str, kind: str = "brainpoolP256r1") -> SigningKey:
    """A key by name, made once in a run."""
    del name
    return SigningKey(new_key(kind))


@dataclass(frozen=True)
class Forge:
    """One State's authority."""

    country: str = "BD"
    csca_key: SigningKey = key("csca")  # noqa: RUF009  made once on purpose

    @property
    def name(self) -> bytes:
        return mock.name(C=self.country, O="GOV", CN="CSCA")

    def subject(self, name: bytes, *, years: tuple[int, int] = (-1, 5)) -> mock.Subject:
        start, end = (NOW + YEAR * years[0], NOW + YEAR * years[1])
        return mock.Subject(name, "BGD", start, end, end)

    def csca(self, *, years: tuple[int, int] = (-1, 5)) -> Certificate:
        raw = mock.csca(
            self.subject(self.name, years=years), self.csca_key, self.name, self.csca_key
        )
        return Certificate.parse(raw)

    def link(self, new: SigningKey, *, country: str | None = None) -> Certificate:
        name = mock.name(C=country or self.country, O="GOV", CN="CSCA")
        return Certificate.parse(mock.csca(self.subject(name), new, self.name, self.csca_key))

    def signer(
        self, *, years: tuple[int, int] = (-1, 5), country: str = "BD", issuer: bytes | None = None
    ) -> Signer:
        subject = self.subject(mock.name(C=country, CN="DS"), years=years)
        raw = mock.document_signer(subject, key("signer"), issuer or self.name, self.csca_key)
        return Signer(key("signer"), mock.Certificate.parse(raw))

    def crl(
        self,
        serials: Sequence[int] = (),
        *,
        days: tuple[int, int] = (-1, 30),
        signed_by: SigningKey | None = None,
        name: bytes | None = None,
    ) -> RevocationList:
        start, end = (NOW + timedelta(days=each) for each in days)
        content = mock.RevocationList(1, start, end, serials)
        return RevocationList.parse(
            mock.crl(name or self.name, signed_by or self.csca_key, content)
        )


def security_object(groups: Mapping[int, bytes], *, version: int = 0) -> bytes:
    hashes = [
        der.sequence(der.integer(number), der.octet_string(hashlib.sha256(content).digest()))
        for number, content in groups.items()
    ]
    lds = der.sequence(der.printable("0108"), der.printable("040000")) if version else b""
    digest = der.sequence(der.oid(SHA256))
    return der.sequence(der.integer(version), digest, der.sequence(*hashes), lds)


def make_sod(
    signer: Signer,
    groups: Mapping[int, bytes],
    *,
    content: bytes | None = None,
    content_type: str = LDS_SECURITY_OBJECT,
    others: Sequence[mock.Certificate] = (),
) -> bytes:
    signed = security_object(groups) if content is None else content
    cms = signed_data(content_type, signed, signer, NOW, others=others)
    return encode(0x77, cms)
