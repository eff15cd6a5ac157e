"""EF.SOD: the hashes of the data groups, signed by the State (9303-10 §4.6.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Self

from egate.emrtd import asn1
from egate.emrtd.asn1 import Asn1Malformed, Element
from egate.emrtd.crypto.signature import parse_hash

EF_SOD: Final = 0x77
_DATA_GROUPS: Final = range(1, 17)


def unwrap(file: bytes) -> Element:
    """Return the ContentInfo of an EF.SOD file, or of one whose outer tag was left out.

    Raises:
        Asn1Malformed: it is neither.

    """
    outer = asn1.decode(file, trailing=True)
    return outer.fields("EF.SOD").take() if outer.tag == EF_SOD else outer


@dataclass(frozen=True, slots=True)
class LdsSecurityObject:
    """The signed content of a SOD, version 0 or 1.

    Args:
        version: 0, or 1 with the LDS version beside it.
        hash_name: of the data groups, as hashlib names it.
        data_group_hashes: by number of the data group.
        lds_version: as ``"0108"``; None in version 0.

    """

    version: int
    hash_name: str
    data_group_hashes: Mapping[int, bytes] = field(repr=False)
    lds_version: str | None = None

    @classmethod
    def parse(cls, content: bytes) -> Self:
        """Read an LDSSecurityObject (9303-10 §4.6.2.3).

        Raises:
            Asn1Malformed: it is none, or names a data group twice or one that cannot be.
            SignatureAlgorithmRejected: the hash is not one of 9303-12 §4.1.6.4.

        """
        outer = asn1.decode(content).expect(asn1.SEQUENCE, "security object")
        fields = outer.fields("security object")
        version = asn1.integer(fields.take())
        hash_name = parse_hash(fields.take())
        hashes: dict[int, bytes] = {}
        for entry in fields.take(asn1.SEQUENCE).children():
            parts = entry.fields("data group hash")
            number = asn1.integer(parts.take())
            if number not in _DATA_GROUPS or number in hashes:
                raise Asn1Malformed("security object names a data group twice or beyond 16")
            hashes[number] = asn1.octets(parts.take())
        if not hashes:
            raise Asn1Malformed("security object names no data group")
        return cls(version, hash_name, MappingProxyType(hashes), _lds_version(fields))


def _lds_version(fields: asn1.Fields) -> str | None:
    versions = fields.optional(asn1.SEQUENCE)
    if versions is None:
        return None
    version = versions.fields("LDS version").take().content.decode("ascii", "replace")
    if not (version.isascii() and version.isdigit() and len(version) == 4):
        raise Asn1Malformed("LDS version is not 4 digits")
    return version
