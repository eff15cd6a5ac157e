"""The header of a seal: who signed when, and what kind of document (9303-13 §2.2)."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from egate.emrtd.visible_digital_seal import c40
from egate.emrtd.visible_digital_seal.errors import SealMalformed

_MAGIC: Final = b"\xdc"
_VERSIONS: Final = {b"\x02": 3, b"\x03": 4}
_COUNTRY: Final = re.compile(r"[A-Z]{1,3}")
_SIGNER: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{2}")
_REFERENCE: Final = re.compile(r"[0-9A-F]+")
_SIGNER_CHARACTERS: Final = 4
_SIGNER_AND_LENGTH_CHARACTERS: Final = 6
_VERSION_3_CHARACTERS: Final = 9
# A serial number has at most 20 octets (RFC 5280 §4.1.2.2).
_MAX_REFERENCE_CHARACTERS: Final = 40
# Germany's arrival attestations have a reference as of version 3 in headers of version 4.
_OF_VERSION_3: Final = re.compile(r"(DEME|DES1)00")


@dataclass(frozen=True, slots=True)
class SealHeader:
    """What a seal says of itself; nothing of it is proven before its signature is.

    Args:
        version: 3 or 4.
        issuing_country: as in an MRZ without fillers (``UTO``, ``D``).
        signer_identifier: two letters of the signer's State and two of the signer.
        certificate_reference: serial number of the signer's certificate, hexadecimal.
        issued_on: day the document was issued.
        signed_on: day the seal was made.
        feature_definition: which definition of features within the category.
        document_category: odd for those of ICAO, even for those of one State.

    """

    version: int
    issuing_country: str
    signer_identifier: str
    certificate_reference: str
    issued_on: date = field(repr=False)
    signed_on: date = field(repr=False)
    feature_definition: int
    document_category: int

    @property
    def certificate_serial(self) -> int:
        """The certificate reference as a number; 0 is reserved for tests (§2.2.1)."""
        return int(self.certificate_reference, 16)


def parse_header(raw: bytes) -> tuple[SealHeader, int]:
    """Return the header that ``raw`` begins with, and its length in bytes.

    Raises:
        SealMalformed: it is none, or ends early.

    """
    if raw[:1] != _MAGIC:
        raise SealMalformed("a seal begins with DC")
    version = _VERSIONS.get(raw[1:2])
    if version is None:
        raise SealMalformed("header of an unknown version")
    country = c40.decode(raw[2:4]).rstrip()
    if not _COUNTRY.fullmatch(country):
        raise SealMalformed("issuing country")
    signer, reference, length = _signer_and_reference(raw[4:], version)
    end = 4 + length
    if len(raw) < end + 8:
        raise SealMalformed("header ends early")
    header = SealHeader(
        version=version,
        issuing_country=country,
        signer_identifier=signer,
        certificate_reference=reference,
        issued_on=_date(raw[end : end + 3], "document issue date"),
        signed_on=_date(raw[end + 3 : end + 6], "signature creation date"),
        feature_definition=_code(raw[end + 6], "document feature definition reference"),
        document_category=_code(raw[end + 7], "document type category"),
    )
    return header, end + 8


def _signer_and_reference(raw: bytes, version: int) -> tuple[str, str, int]:
    """Return signer identifier, certificate reference, and how many bytes they take (§2.2.1)."""
    head = c40.decode(raw[: c40.encoded_bytes(_SIGNER_AND_LENGTH_CHARACTERS)])
    signer, length = head[:_SIGNER_CHARACTERS], head[_SIGNER_CHARACTERS:]
    if not _SIGNER.fullmatch(signer):
        raise SealMalformed("signer identifier")
    if version == 3 or _OF_VERSION_3.fullmatch(head):
        start, characters = _SIGNER_CHARACTERS, _VERSION_3_CHARACTERS
    else:
        following = int(length, 16) if _REFERENCE.fullmatch(length) else 0
        if not 0 < following <= _MAX_REFERENCE_CHARACTERS:
            raise SealMalformed("length of the certificate reference")
        start = _SIGNER_AND_LENGTH_CHARACTERS
        characters = start + following
    encoded = raw[: c40.encoded_bytes(characters)]
    text = c40.decode(encoded)
    if len(text) != characters or not _REFERENCE.fullmatch(text[start:]):
        raise SealMalformed("certificate reference")
    return signer, text[start:], len(encoded)


def _date(raw: bytes, what: str) -> date:
    """Return the day whose number MMDDYYYY is (§2.3.1)."""
    number = int.from_bytes(raw, "big")
    month_and_day, year = divmod(number, 10_000)
    month, day = divmod(month_and_day, 100)
    try:
        return date(year, month, day)
    except ValueError:
        raise SealMalformed(f"{what} is no date") from None


def _code(value: int, what: str) -> int:
    if value in (0x00, 0xFF):
        raise SealMalformed(what)
    return value
