"""Files that hold a seal: an image of the page, the bytes of its bar code, or those as text."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import date
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
from egate.optical.models.library import read_models
from egate.optical.mrz_image.reading import MrzImageReading, MrzImageUnread, read_mrz_image
from egate.optical.page_image import MAX_BYTES, PageImage, PageImageInvalid, decode_page_image
from egate.optical.seals.page_seals import NoSeal, seals_of
from egate.optical.seals.place import SealPlace, seal_place
from egate.ports.devices import PageScan

_MAGIC: Final = b"\xdc"
_IMAGES: Final = (JPEG, PNG, JP2, CODESTREAM)
# In hexadecimal every byte takes two characters; people break lines and indent.
_MAX_TEXT_BYTES: Final = 4 * MAX_SEAL_BYTES
_HEXADECIMAL: Final = re.compile(rb"[0-9A-Fa-f]+")


@dataclass(frozen=True, slots=True)
class SealFile:
    """What a file has: a seal, and if it is a picture of a page what was read of its MRZ."""

    seal: VisibleDigitalSeal
    reading: MrzImageReading | MrzImageUnread | None = None


def read_seal(file: Path, at: date) -> SealFile:
    """Read the seal in ``file``: image, bytes, hexadecimal or base64, told by the content.

    Args:
        file: of a scanner, or of a program that decodes bar codes.
        at: settles the century of two-digit years in the MRZ of a page.

    Raises:
        BadInput: the file cannot be read, holds no seal, or is an image of several.

    """
    content = read_file(file, MAX_BYTES)
    if content.startswith(_IMAGES):
        return _on_a_page(file, content, at)
    if len(content) > _MAX_TEXT_BYTES:
        raise BadInput(f"{file}: more than {_MAX_TEXT_BYTES} bytes, and no image")
    try:
        return SealFile(VisibleDigitalSeal.parse(_bytes_of(content)))
    except SealMalformed as error:
        raise BadInput(f"{file}: no visible digital seal: {error}") from error


def _on_a_page(file: Path, content: bytes, at: date) -> SealFile:
    try:
        page = decode_page_image(content)
        reading = read_mrz_image(page, at)
        seals = seals_of(page, _place(page, reading))
    except (PageImageInvalid, NoSeal) as error:
        raise BadInput(f"{file}: {error}") from error
    if len(seals) > 1:
        raise BadInput(f"{file}: {len(seals)} visible digital seals; give an image of one")
    return SealFile(seals[0].seal, reading)


def _place(page: PageImage, reading: MrzImageReading | MrzImageUnread) -> SealPlace | None:
    """Return where the page bears its seal, if its MRZ says what document it is."""
    if isinstance(reading, MrzImageUnread):
        return None
    return seal_place(PageScan(page), reading, read_models().of(reading.mrz))


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
