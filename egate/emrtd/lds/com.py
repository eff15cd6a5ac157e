"""EF.COM: the LDS version and the list of data groups (9303-10 §4.6.1).

Nothing signs it, so it is a hint where to look and never evidence by itself.
"""

from dataclasses import dataclass
from typing import Final, Self

from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.files import BY_TAG, LdsFile
from egate.emrtd.tlv import decode_one, find

_LDS_VERSION: Final = 0x5F01
_UNICODE_VERSION: Final = 0x5F36
_TAG_LIST: Final = 0x5C


@dataclass(frozen=True, slots=True)
class Com:
    """The content of EF.COM.

    Args:
        lds_version: of the LDS and its update level, as ``0107`` and ``0108``.
        unicode_version: as ``040000``.
        data_groups: the data groups it lists; unknown tags are left out.

    """

    lds_version: str
    unicode_version: str
    data_groups: frozenset[LdsFile]

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Parse the whole file.

        Raises:
            TlvMalformed: a data object is missing or ends early.
            DocumentRejected: a version is not of digits.

        """
        content = decode_one(raw, LdsFile.EF_COM.tag)
        listed = (BY_TAG.get(tag) for tag in find(content, _TAG_LIST))
        return cls(
            lds_version=_digits(find(content, _LDS_VERSION), 4, "LDS version"),
            unicode_version=_digits(find(content, _UNICODE_VERSION), 6, "Unicode version"),
            data_groups=frozenset(file for file in listed if file and file.is_data_group),
        )


def _digits(raw: bytes, count: int, name: str) -> str:
    digits = raw.decode("ascii", "replace")
    if len(digits) != count or not (digits.isascii() and digits.isdigit()):
        raise DocumentRejected(f"EF.COM: {name} is not {count} digits")
    return digits
