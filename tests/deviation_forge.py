"""Made-up deviation lists (9303-12 §10), encoded by code that shares nothing with ``egate``."""

from collections.abc import Sequence
from datetime import datetime

import pytest

from egate.emrtd.passive_authentication.deviation_list import DeviationList
from hardware_mocks.pki import certificate as mock
from hardware_mocks.pki import der
from hardware_mocks.pki.signed_data import Signer, signed_data
from hardware_mocks.tlv import encode
from tests.trust_forge import NOW, SHA256, Forge, key

DEVIATION_LIST = "2.23.136.1.1.7"
DEVIATION_LIST_SIGNING = "2.23.136.1.1.8"
TYPE = f"{DEVIATION_LIST}."


def documents(
    *,
    kind: str | None = None,
    signer: bytes = b"",
    issued: tuple[datetime, datetime] | None = None,
    numbers: Sequence[str] | None = None,
    more: bytes = b"",
) -> bytes:
    """DeviationDocuments; ``signer`` is one of the three below."""
    return der.sequence(
        b"" if kind is None else encode(0x80, kind.encode("ascii")),
        signer,
        b"" if issued is None else encode(0xA4, *map(der.generalized_time, issued)),
        b"" if numbers is None else encode(0xA5, *map(der.printable, numbers)),
        more,
    )


def by_issuer_and_serial(certificate: mock.Certificate, serial: int | None = None) -> bytes:
    number = certificate.serial if serial is None else serial
    return encode(0xA1, certificate.issuer, der.integer(number))


def by_key_identifier(ski: bytes) -> bytes:
    return encode(0x82, ski)


def by_digest(digest: bytes) -> bytes:
    return encode(0x83, digest)


def description(
    kind: str, parameter: int | str | None = None, *, text: bytes = b"", use: bytes = b""
) -> bytes:
    """A DeviationDescription of the type ``2.23.136.1.1.7.<kind>``."""
    if isinstance(parameter, str):
        value = encode(0xA0, der.oid(parameter))
    else:
        value = b"" if parameter is None else encode(0xA0, der.integer(parameter))
    return der.sequence(text, der.oid(f"{TYPE}{kind}"), value, use)


def deviation(named: bytes, *descriptions: bytes) -> bytes:
    return der.sequence(named, der.set_of(descriptions))


def content(*deviations: bytes, hash_oid: str | None = None) -> bytes:
    algorithm = b"" if hash_oid is None else der.sequence(der.oid(hash_oid))
    return der.sequence(der.integer(0), algorithm, der.set_of(deviations))


def listed(*deviations: bytes, hash_oid: str | None = None) -> DeviationList:
    return DeviationList.parse(content(*deviations, hash_oid=hash_oid), NOW)


def numbers_deviate(number: str, *descriptions: bytes) -> DeviationList:
    """A list that names one document by its number."""
    return listed(deviation(documents(numbers=[number]), *descriptions))


def list_signer(forge: Forge, *, country: str | None = None) -> Signer:
    """A deviation list signer certified by the CSCA of ``forge``."""
    subject = forge.subject(mock.name(C=country or forge.country, CN="DL"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mock, "MASTER_LIST_SIGNING", DEVIATION_LIST_SIGNING)
        raw = mock.master_list_signer(subject, key("deviations"), forge.name, forge.csca_key)
    return Signer(key("deviations"), mock.Certificate.parse(raw))


def signed(*deviations: bytes, signer: Signer) -> bytes:
    return signed_data(DEVIATION_LIST, content(*deviations), signer, NOW)


def deviation_lists() -> tuple[bytes, ...]:
    """Contents with every field that a list can have."""
    year = (NOW.replace(year=2024), NOW)
    by_number = documents(kind="P", issued=year, numbers=["BG0123456", "BG0123457"])
    by_digest_or_key = [documents(signer=by(bytes(32))) for by in (by_digest, by_key_identifier)]
    told = description("1.2", "2.5.29.35", text=der.printable("a note"), use=encode(0xA1, der.NULL))
    return (
        content(deviation(by_number, description("2.2", 2), told), hash_oid=SHA256),
        content(*(deviation(each, description("3.1", 4)) for each in by_digest_or_key)),
    )
