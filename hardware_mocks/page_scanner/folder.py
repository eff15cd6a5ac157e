"""A scanner that puts its images into a folder, complete from the moment they have their name."""

from itertools import count
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

_JPEG_QUALITY: Final = 88


class FolderScanner:
    """Scans into ``folder``, which must be there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)

    def scan(self, page: npt.NDArray[np.uint8]) -> None:
        """Scan a page; whoever watches the folder sees all of it or nothing."""
        _, encoded = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
        name = f"page-{next(self._numbers):06}.jpg"
        hidden = self.folder / f".{name}"
        hidden.write_bytes(encoded.tobytes())
        hidden.rename(self.folder / name)
