"""EF.DG13: whatever the State puts there (9303-10 §4.7.13)."""

from egate.emrtd.lds.files import LdsFile
from egate.emrtd.tlv import decode_one


def optional_details(raw: bytes) -> bytes:
    """Return the content of the whole file ``raw``, which only its State understands.

    Raises:
        TlvMalformed: the file is not a data group 13.

    """
    return decode_one(raw, LdsFile.EF_DG13.tag)
