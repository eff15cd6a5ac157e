"""Files that hold a seal: the bytes of its bar code, or those bytes as text."""

import base64
import binascii
import re
from pathlib import Path
from typing import Final

from egate.cli.input_file import read_file
from egate.cli.outcome import BadInput
from egate.emrtd.visible_digital_seal.errors import SealMalformed
from egate.emrtd.visible_digital_seal.seal import MAX_SEAL_BYTES, VisibleDigitalSeal

_MAGIC: Final = b"\xdc"
# In hexadecimal every byte takes two characters; people break lines and indent.
_MAX_FILE_BYTES: Final = 4 * MAX_SEAL_BYTES
_HEXADECIMAL: Final = re.compile(rb"[0-9A-Fa-f]+")


def read_seal(file: Path) -> VisibleDigitalSeal:
    """Read the seal in ``file``: bytes, hexadecimal or base64, told apart by the content.

    Raises:
        BadInput: the file cannot be read, or holds no seal.

    """
    try:
        return VisibleDigitalSeal.parse(_bytes_of(read_file(file, _MAX_FILE_BYTES)))
    except SealMalformed as error:
        raise BadInput(f"{file}: no visible digital seal: {error}") from error


def _bytes_of(content: bytes) -> bytes:
    # DC is no letter of either text.
    if content.startswith(_MAGIC):
        return content
    text = b"".join(content.split())
    try:
        if _HEXADECIMAL.fullmatch(text):
            return binascii.unhexlify(text)
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise SealMalformed("neither its bytes nor their hex or base64") from None
