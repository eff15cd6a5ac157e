"""EF.DG1: the machine readable zone as the chip has it (9303-10 §4.7.1)."""

from typing import Final

from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.tlv import decode_one, find

_MRZ: Final = 0x5F1F
_LINE_LENGTHS: Final = {90: 30, 72: 36, 88: 44}


def mrz_lines(raw: bytes) -> tuple[str, ...]:
    """Return the lines of the MRZ in the whole file ``raw``. They are personal.

    Raises:
        TlvMalformed: the file is not a data group 1.
        DocumentRejected: the MRZ has the length of no format, or other characters.

    """
    text = find(decode_one(raw, LdsFile.EF_DG1.tag), _MRZ)
    length = _LINE_LENGTHS.get(len(text))
    if length is None or not text.isascii():
        raise DocumentRejected("DG1: the MRZ has the shape of no format")
    characters = text.decode("ascii")
    return tuple(characters[start : start + length] for start in range(0, len(text), length))
