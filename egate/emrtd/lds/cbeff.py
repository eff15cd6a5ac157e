"""Biometric information templates of DG2, DG3 and DG4 (9303-10 §4.7.2.1, ISO/IEC 7816-11)."""

from dataclasses import dataclass, field
from typing import Final, Self

from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.tlv import decode_all, decode_one, find

_GROUP: Final = 0x7F61
_TEMPLATE: Final = 0x7F60
_COUNT: Final = 0x02
_DISCRETIONARY: Final = 0x53  # what a State adds to a group of none, so that hashes differ
_HEADER: Final = 0xA1
_BLOCKS: Final = (0x5F2E, 0x7F2E)
_SUB_TYPE: Final = 0x82
_FORMAT_OWNER: Final = 0x87
_FORMAT_TYPE: Final = 0x88
_LONGEST_NUMBER: Final = 4


@dataclass(frozen=True, slots=True)
class BiometricTemplate:
    """One biometric information template; personal.

    Args:
        header: the biometric header template, unopened; empty when there is none.
        block: the biometric data block.

    """

    header: bytes = field(repr=False)
    block: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class BiometricHeader:
    """What a header says of its block; None where it says nothing.

    Args:
        sub_type: which finger or eye, as 9303-10 table 49 encodes it; personal.
        format_owner: of the block's format; 0x0101 is ISO/IEC JTC 1/SC 37.
        format_type: of the block.

    """

    sub_type: int | None = field(repr=False)
    format_owner: int | None
    format_type: int | None

    @classmethod
    def parse(cls, header: bytes) -> Self:
        """Parse the content of a biometric header template.

        Raises:
            TlvMalformed: an object ends early.
            DocumentRejected: a number is longer than any there.

        """
        objects = dict(decode_all(header))
        return cls(
            sub_type=_number(objects.get(_SUB_TYPE), "sub-type"),
            format_owner=_number(objects.get(_FORMAT_OWNER), "format owner"),
            format_type=_number(objects.get(_FORMAT_TYPE), "format type"),
        )


def biometric_templates(raw: bytes, file: LdsFile, limit: int) -> tuple[BiometricTemplate, ...]:
    """Return the templates of the whole file ``raw``; there may be none.

    Args:
        raw: the file.
        file: which one it must be.
        limit: the most templates that are taken.

    Raises:
        TlvMalformed: a data object is missing or ends early.
        DocumentRejected: there are more templates, an object that does not belong
            there, or a template without a biometric data block.

    """
    where = f"DG{file.data_group}"
    templates: list[BiometricTemplate] = []
    for tag, template in decode_all(find(decode_one(raw, file.tag), _GROUP)):
        if tag == _TEMPLATE:
            templates.append(_template(template, where))
        elif tag not in (_COUNT, _DISCRETIONARY):
            raise DocumentRejected(f"{where}: an unknown object among the templates")
        if len(templates) > limit:
            raise DocumentRejected(f"{where}: more than {limit} templates")
    return tuple(templates)


def _template(template: bytes, where: str) -> BiometricTemplate:
    header = b""
    for tag, content in decode_all(template):
        if tag == _HEADER:
            header = content
        elif tag in _BLOCKS:
            return BiometricTemplate(header, content)
    raise DocumentRejected(f"{where}: a template without biometric data")


def _number(raw: bytes | None, name: str) -> int | None:
    if raw is None:
        return None
    if len(raw) > _LONGEST_NUMBER:
        raise DocumentRejected(f"biometric header: {name} is too long")
    return int.from_bytes(raw, "big")
