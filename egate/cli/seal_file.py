"""Files that hold a seal: an image of the page, the bytes of its bar code, or those as text."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from egate.biometrics.jp2_boxes import JP2
from egate.biometrics.jpeg_2000_header import CODESTREAM
from egate.biometrics.jpeg_header import JPEG
from egate.biometrics.png_header import PNG
from egate.cli.input_file import read_file
from egate.cli.outcome import BadInput
from egate.emrtd.visible_digital_seal.errors import SealMalformed
from egate.emrtd.visible_digital_seal.seal import MAX_SEAL_BYTES, VisibleDigitalSeal
from egate.optical.page_image import MAX_BYTES, PageImage, PageImageInvalid, decode_page_image
from egate.optical.seals.page_seals import NoSeal, seals_of

_MAGIC: Final = b"\xdc"
_IMAGES: Final = (JPEG, PNG, JP2, CODESTREAM)
# In hexadecimal every byte takes two characters; people break lines and indent.
_MAX_TEXT_BYTES: Final = 4 * MAX_SEAL_BYTES
_HEXADECIMAL: Final = re.compile(rb"[0-9A-Fa-f]+")


@dataclass(frozen=True, slots=True)
class SealFile:
    """What a file has: a seal, and the page that it is on if the file is a picture of it."""

    seal: VisibleDigitalSeal
    page: PageImage | None = field(default=None, repr=False)


def read_seal(file: Path) -> SealFile:
    """Read the seal in ``file``: image, bytes, hexadecimal or base64, told by the content.

    Raises:
        BadInput: the file cannot be read, holds no seal, or is an image of several.

    """
    content = read_file(file, MAX_BYTES)
    if content.startswith(_IMAGES):
        return _on_a_page(file, content)
    if len(content) > _MAX_TEXT_BYTES:
        raise BadInput(f"{file}: more than {_MAX_TEXT_BYTES} bytes, and no image")
    try:
        return SealFile(VisibleDigitalSeal.parse(_bytes_of(content)))
    except SealMalformed as error:
        raise BadInput(f"{file}: no visible digital seal: {error}") from error


def _on_a_page(file: Path, content: bytes) -> SealFile:
    try:
        page = decode_page_image(content)
        seals = seals_of(page)
    except (PageImageInvalid, NoSeal) as error:
        raise BadInput(f"{file}: {error}") from error
    if len(seals) > 1:
        raise BadInput(f"{file}: {len(seals)} visible digital seals; give an image of one")
    return SealFile(seals[0].seal, page)


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
