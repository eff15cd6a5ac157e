"""EF.COM: the LDS version and the list of data groups (9303-10 §4.6.1).

Nothing signs it, so it is a hint where to look and never evidence by itself.
"""

from dataclasses import dataclass
from typing import Final, Self

from egate.emrtd.lds.files import BY_TAG, LdsFile
from egate.emrtd.tlv import decode_one, find

_LDS_VERSION: Final = 0x5F01
_UNICODE_VERSION: Final = 0x5F36
_TAG_LIST: Final = 0x5C


@dataclass(frozen=True, slots=True)
class Com:
    """The content of EF.COM.

    Args:
        lds_version: such as ``0107``.
        unicode_version: such as ``040000``.
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

        """
        content = decode_one(raw, LdsFile.EF_COM.tag)
        listed = (BY_TAG.get(tag) for tag in find(content, _TAG_LIST))
        return cls(
            lds_version=_digits(find(content, _LDS_VERSION)),
            unicode_version=_digits(find(content, _UNICODE_VERSION)),
            data_groups=frozenset(file for file in listed if file and file.is_data_group),
        )


def _digits(raw: bytes) -> str:
    return raw.decode("ascii", "replace")
