"""The pictures of a referred traveller: for the officer who takes care of them, then the centre."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

MAX_IMAGE_BYTES: Final = 200_000
MAX_PAGE_BYTES: Final = 300_000
"""Of a page: it needs more pixels than a face, and its fine lines take more bytes."""
MAX_PAD_FRAMES: Final = 6


class CaseImageKind(StrEnum):
    """What a picture shows."""

    LIVE_FRAME = "live_frame"
    """The face before the camera that was compared."""
    CHIP_PORTRAIT = "chip_portrait"
    """The portrait of EF.DG2 (ICAO 9303-10 section 4.7.2)."""
    PRINTED_PORTRAIT = "printed_portrait"
    """The portrait of the data page (ICAO 9303-4)."""
    PAD_FRAME = "pad_frame"
    """A frame that presentation attack detection looked at, oldest first."""
    PAGE_WHITE = "page_white"
    """All of the scanned page under white light."""
    PAGE_INFRARED = "page_infrared"
    """The same under infrared light (B900)."""
    PAGE_ULTRAVIOLET = "page_ultraviolet"
    """What shines of it under ultraviolet light (365 nm)."""

    @property
    def is_page(self) -> bool:
        """Return whether it shows a whole page, in one of the lights."""
        return self in _PAGES

    @property
    def most_bytes(self) -> int:
        """Return how many bytes a picture of this kind has at most."""
        return MAX_PAGE_BYTES if self.is_page else MAX_IMAGE_BYTES


_PAGES: Final = frozenset(
    {CaseImageKind.PAGE_WHITE, CaseImageKind.PAGE_INFRARED, CaseImageKind.PAGE_ULTRAVIOLET}
)
MAX_IMAGES: Final = len(CaseImageKind) - 1 + MAX_PAD_FRAMES


@dataclass(frozen=True, slots=True)
class CaseImage:
    """One picture. A face or a page: never logged, and on a disk only sealed.

    Args:
        kind: what it shows.
        jpeg: made by the gate from decoded pixels, at most ``kind.most_bytes`` bytes.

    """

    kind: CaseImageKind
    jpeg: bytes = field(repr=False)


class ImageRefused(Exception):
    """The centre will never take this picture; says why in one line."""


class ImageSink(Protocol):
    async def put(self, crossing_id: str, image: CaseImage) -> None:
        """Send ``image`` and return once the centre has it.

        Raises:
            CentreUnavailable: nothing is known; send it again.
            ImageRefused: do not.

        """
        ...
