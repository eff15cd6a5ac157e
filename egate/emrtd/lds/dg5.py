"""EF.DG5: the portrait as it is printed (9303-10 §4.7.5)."""

from typing import Final

from egate.emrtd.lds.displayed_image import DisplayedImage, displayed_images
from egate.emrtd.lds.files import LdsFile

_DISPLAYED_PORTRAIT: Final = 0x5F40


def displayed_portraits(raw: bytes) -> tuple[DisplayedImage, ...]:
    """Return the portraits of the whole file ``raw``, one to nine.

    Raises:
        TlvMalformed: the file is not a data group 5, or an object ends early.
        DocumentRejected: its images are not what 9303-10 §4.7.5 allows.

    """
    return displayed_images(raw, LdsFile.EF_DG5, _DISPLAYED_PORTRAIT, "displayed portrait")
