"""A scanner that puts its images into a folder, complete from the moment they have their name."""

from collections.abc import Mapping
from itertools import count
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hardware_mocks.page_scanner.scanning import Image, Scan, as_jpeg


class FolderScanner:
    """Scans into ``folder``, which must be there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)

    def scan(self, page: npt.NDArray[np.uint8] | Scan) -> None:
        """Scan a page under white light alone, or under three.

        Whoever watches the folder sees all of it or nothing: the white image, whose name makes a
        page complete, gets its name last.
        """
        name = f"page-{next(self._numbers):06}"
        if isinstance(page, Scan):
            images = page.images()
            white = images.pop("white")
            self._put({f"{name}.{light}": image for light, image in images.items()})
            self._put({f"{name}.white": white})
        else:
            self._put({name: page})

    def _put(self, images: Mapping[str, Image]) -> None:
        for name, image in images.items():
            hidden = self.folder / f".{name}.jpg"
            hidden.write_bytes(as_jpeg(image))
            hidden.rename(self.folder / f"{name}.jpg")
