"""The pictures of the traveller in the lane, in memory alone and for one session."""

import threading
from collections import deque
from typing import Final

from egate.biometrics.detection import FaceBox
from egate.biometrics.face_image import FaceImage
from egate.biometrics.officer_picture import officer_picture
from egate.ports.case_images import MAX_PAD_FRAMES, CaseImage, CaseImageKind

_MOST: Final = {CaseImageKind.PAD_FRAME: MAX_PAD_FRAMES}


class CaseImages:
    """At most three pictures and six PAD frames of one session, each at most 200 kB.

    May be filled from several threads. After `drop` it holds nothing and takes nothing, so
    that work which ends late cannot bring a forgotten traveller back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._images = {kind: deque[CaseImage](maxlen=_MOST.get(kind, 1)) for kind in CaseImageKind}
        self._dropped = False

    def keep(self, kind: CaseImageKind, image: FaceImage, around: FaceBox | None = None) -> None:
        """Keep ``image`` for an officer: computing work of a few milliseconds.

        A PAD frame joins the others, and beyond six the oldest goes; any other kind takes
        the place of the one before.

        Args:
            kind: what it shows.
            image: height x width x 3, BGR, 8 bits a channel.
            around: show this face and its surroundings alone, in pixels of ``image``.

        """
        kept = CaseImage(kind, officer_picture(image, around))
        with self._lock:
            if not self._dropped:
                self._images[kind].append(kept)

    def all(self) -> tuple[CaseImage, ...]:
        """Return what is kept: live frame, chip portrait, printed portrait, PAD frames."""
        with self._lock:
            return tuple(image for images in self._images.values() for image in images)

    def drop(self) -> None:
        """Forget the pictures, and keep none from now on."""
        with self._lock:
            for images in self._images.values():
                images.clear()
            self._dropped = True
