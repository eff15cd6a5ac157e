"""The pictures of the traveller in the lane, in memory alone and for one session."""

import threading
from collections import deque
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.detection import FaceBox
from egate.biometrics.officer_picture import officer_picture, page_picture
from egate.ports.case_images import MAX_PAD_FRAMES, CaseImage, CaseImageKind

_MOST: Final = {CaseImageKind.PAD_FRAME: MAX_PAD_FRAMES}


class CaseImages:
    """Three pictures, six PAD frames and a page in three lights of one session, at the most.

    May be filled from several threads. After `drop` it holds nothing and takes nothing, so
    that work which ends late cannot bring a forgotten traveller back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._images = {kind: deque[CaseImage](maxlen=_MOST.get(kind, 1)) for kind in CaseImageKind}
        self._dropped = False

    def keep(
        self,
        kind: CaseImageKind,
        image: npt.NDArray[np.uint8],
        around: FaceBox | None = None,
    ) -> None:
        """Keep ``image`` for an officer: computing work of a few milliseconds.

        A PAD frame joins the others, and beyond six the oldest goes; any other kind takes
        the place of the one before.

        Args:
            kind: what it shows.
            image: height x width x 3, BGR, or of a page height x width; 8 bits a channel.
            around: show this face and its surroundings alone, in pixels of ``image``; a page is
                always shown whole, so that places on it stay what they are.

        """
        jpeg = page_picture(image) if kind.is_page else officer_picture(image, around)
        kept = CaseImage(kind, jpeg)
        with self._lock:
            if not self._dropped:
                self._images[kind].append(kept)

    def all(self) -> tuple[CaseImage, ...]:
        """Return what is kept, in the order of the kinds: the pages, the largest ones, last."""
        with self._lock:
            return tuple(image for images in self._images.values() for image in images)

    def drop(self) -> None:
        """Forget the pictures, and keep none from now on."""
        with self._lock:
            for images in self._images.values():
                images.clear()
            self._dropped = True
