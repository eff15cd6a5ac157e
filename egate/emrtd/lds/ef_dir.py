"""EF.DIR: the applications of the chip, of LDS1 and LDS2 (9303-10 §3.11.2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, Self

from egate.emrtd.errors import DocumentRejected, TlvMalformed
from egate.emrtd.lds.files import LDS1_AID
from egate.emrtd.tlv import decode_header, find

EF_DIR: Final = 0x2F00
_TEMPLATE: Final = 0x61
_IDENTIFIER: Final = 0x4F
_IDENTIFIER_BYTES: Final = range(5, 17)  # ISO/IEC 7816-4 §8.2.1.2
_MAX_APPLICATIONS: Final = 32


class Lds2Application(Enum):
    """An application that may stand beside the passport's, by its identifier (9303-10 §5)."""

    TRAVEL_RECORDS = bytes.fromhex("A0000002472001")
    VISA_RECORDS = bytes.fromhex("A0000002472002")
    ADDITIONAL_BIOMETRICS = bytes.fromhex("A0000002472003")


@dataclass(frozen=True, slots=True)
class EfDir:
    """The application identifiers that EF.DIR lists, in its order."""

    applications: tuple[bytes, ...]

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Parse the whole file ``raw``; other objects than application templates are passed over.

        Raises:
            TlvMalformed: an object ends early, or a template has no identifier.
            DocumentRejected: an identifier has a length that none has, or there are
                too many.

        """
        applications = []
        for tag, content in _objects(raw):
            if tag != _TEMPLATE:
                continue
            identifier = find(content, _IDENTIFIER)
            if len(identifier) not in _IDENTIFIER_BYTES:
                raise DocumentRejected("EF.DIR: an application identifier has no such length")
            applications.append(identifier)
            if len(applications) > _MAX_APPLICATIONS:
                raise DocumentRejected(f"EF.DIR: more than {_MAX_APPLICATIONS} applications")
        return cls(tuple(applications))

    @property
    def has_lds1(self) -> bool:
        """Whether the passport's own application is listed."""
        return LDS1_AID in self.applications

    @property
    def lds2(self) -> frozenset[Lds2Application]:
        """The applications of LDS2 that are listed."""
        return frozenset(found for found in Lds2Application if found.value in self.applications)


def _objects(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the data objects of ``raw``; zero bytes pad the file before, between and after."""
    offset = 0
    while offset < len(raw):
        if raw[offset] == 0:
            offset += 1
            continue
        tag, length, header = decode_header(raw, offset)
        offset += header
        if offset + length > len(raw):
            raise TlvMalformed(f"EF.DIR: data object {tag:02X} ends early")
        yield tag, raw[offset : offset + length]
        offset += length
