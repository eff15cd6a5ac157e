"""The pictures of a referred traveller: for the officer who takes care of them, then the centre."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

MAX_IMAGE_BYTES: Final = 200_000
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


MAX_IMAGES: Final = len(CaseImageKind) - 1 + MAX_PAD_FRAMES


@dataclass(frozen=True, slots=True)
class CaseImage:
    """One picture. A face: never logged, and on a disk only sealed.

    Args:
        kind: what it shows.
        jpeg: made by the gate from decoded pixels, at most ``MAX_IMAGE_BYTES`` bytes.

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
