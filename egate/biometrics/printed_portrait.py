"""The portrait printed on a data page, to be compared with the one in the chip.

A substituted photograph (domain of ICAO 9303-2) shows in the page and not in the chip. Both
pictures were one when the document was issued, so they are more alike than two pictures of
one person, however much printing and scanning have taken from the one on the page.
"""

from typing import Final, Protocol

import numpy as np

from egate.biometrics.face_image import FaceImage
from egate.biometrics.opencv import cv2
from egate.biometrics.verification import FaceTemplate

MIN_SIMILARITY: Final = 0.45
"""From which the printed portrait counts as that of the chip."""

# ICAO 9303-4 section 3.2.2 and Figure 8: Zone V takes the left 37 of 125 mm, and the portrait
# may exceed it by 2 mm. More is allowed for the edge of the scan; a second, smaller ghost
# image stands further right.
_LEFT_PART: Final = 0.42
# Of the page's width: 0.3 mm. The dots of the printer and the lines of the security background
# go before a face is looked for; what tells people apart is larger.
_SMOOTHED: Final = 0.3 / 125


class Faces(Protocol):
    """What is asked of ``FaceVerifier``."""

    def template(self, image: FaceImage) -> FaceTemplate | None: ...


def printed_portrait(page: FaceImage, faces: Faces) -> FaceTemplate | None:
    """Return the template of the largest face in the left part of ``page``, None without one.

    Its box is in pixels of ``page``.

    Args:
        page: a data page, upright; height x width x 3, BGR, 8 bits a channel.
        faces: finds them.

    """
    width = page.shape[1]
    left = np.ascontiguousarray(page[:, : max(1, round(_LEFT_PART * width))])
    smooth = cv2.GaussianBlur(left, (0, 0), max(0.1, _SMOOTHED * width))
    return faces.template(np.asarray(smooth, np.uint8))
