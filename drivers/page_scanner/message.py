"""What a scanner's program sends of one page over a stream.

``EGPS``, a byte of version (1), a byte with the number of images (1 to 3); for each a byte that
names its light (1 white, 2 infrared, 3 ultraviolet), four bytes of length (big-endian), and a
JPEG or PNG of that length. The answer is one byte: taken, or refused.
"""

import asyncio
from typing import Final

from egate.domain.optical_finding import Light
from egate.optical.page_image import MAX_BYTES

TAKEN: Final = b"\x06"
REFUSED: Final = b"\x15"
MAGIC: Final = b"EGPS"
VERSION: Final = 1
_LIGHTS: Final = {1: Light.WHITE, 2: Light.INFRARED, 3: Light.ULTRAVIOLET}


class MessageBroken(Exception):
    """The far end does not speak this protocol; its connection is of no use any more."""


async def read_page(
    first: bytes, stream: asyncio.StreamReader, page_seconds: float
) -> dict[Light, bytes]:
    """Return the files of a page that has begun.

    Args:
        first: its first byte.
        stream: the rest.
        page_seconds: in which the rest has to arrive.

    Raises:
        MessageBroken: something else arrived, or it ended early or took too long.

    """
    try:
        async with asyncio.timeout(page_seconds):
            return await _rest(first, stream)
    except asyncio.IncompleteReadError as error:
        raise MessageBroken("ended in the middle of a page") from error
    except TimeoutError as error:
        raise MessageBroken(f"a page took longer than {page_seconds} seconds") from error


async def _rest(first: bytes, stream: asyncio.StreamReader) -> dict[Light, bytes]:
    if first + await stream.readexactly(len(MAGIC) - 1) != MAGIC:
        raise MessageBroken("does not begin with EGPS")
    version, count = await stream.readexactly(2)
    if version != VERSION:
        raise MessageBroken(f"version {version}, not {VERSION}")
    if count not in range(1, len(_LIGHTS) + 1):
        raise MessageBroken(f"{count} images")
    files: dict[Light, bytes] = {}
    for _ in range(count):
        light = _LIGHTS.get((await stream.readexactly(1))[0])
        if light is None or light in files:
            raise MessageBroken("an unknown light, or one twice")
        length = int.from_bytes(await stream.readexactly(4), "big")
        if length > MAX_BYTES:
            raise MessageBroken(f"an image of more than {MAX_BYTES} bytes")
        files[light] = await stream.readexactly(length)
    return files
