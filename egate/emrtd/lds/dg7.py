"""EF.DG7: the holder's signature or usual mark as it is printed (9303-10 §4.7.7)."""

from typing import Final

from egate.emrtd.lds.displayed_image import DisplayedImage, displayed_images
from egate.emrtd.lds.files import LdsFile

_DISPLAYED_SIGNATURE: Final = 0x5F43


def displayed_signatures(raw: bytes) -> tuple[DisplayedImage, ...]:
    """Return the signatures or usual marks of the whole file ``raw``, one to nine.

    Raises:
        TlvMalformed: the file is not a data group 7, or an object ends early.
        DocumentRejected: its images are not what 9303-10 §4.7.7 allows.

    """
    return displayed_images(raw, LdsFile.EF_DG7, _DISPLAYED_SIGNATURE, "displayed signature")
