"""Verification of a traveller against the portrait of the document: one to one."""

import threading
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from egate.biometrics.detection import FaceBox, FaceDetector
from egate.biometrics.embedding import FaceEmbedder, align
from egate.biometrics.face_image import FaceImage
from egate.biometrics.models import SFACE, YUNET, read_model
from egate.biometrics.quality import FaceQuality, judge

MEASURED_THRESHOLD: Final = 0.42
"""False match rate 7.9e-5 over 29.6 million comparisons. The gate's policy sets its own."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceTemplate:
    """The largest face of one picture. Biometric data: never logged, never stored.

    Args:
        faces: how many faces the picture has.
        box: of the largest, in pixels.
        quality: of the largest.
        embedding: its unit vector, 128 numbers.

    """

    faces: int
    box: FaceBox
    quality: FaceQuality
    embedding: npt.NDArray[np.float64] = field(repr=False)


class FaceVerifier:
    """Makes templates and compares them; the same picture always gives the same template.

    May be called from several threads: one picture is worked on at a time, so a
    caller waits at most for the others.
    """

    def __init__(self, detector: FaceDetector, embedder: FaceEmbedder) -> None:
        self._detector = detector
        self._embedder = embedder
        self._lock = threading.Lock()

    @classmethod
    def load(cls) -> Self:
        """Load the vendored networks.

        Raises:
            ModelInvalid: a network's file is not the pinned one.

        """
        return cls(FaceDetector(read_model(YUNET)), FaceEmbedder(read_model(SFACE)))

    def template(self, image: FaceImage) -> FaceTemplate | None:
        """Return the template of the largest face, None when there is no face.

        Args:
            image: height x width x 3, BGR, 8 bits a channel.

        """
        with self._lock:
            faces = self._detector.find(image)
            if not faces:
                return None
            aligned = align(image, faces[0].landmarks)
            embedding, norm = self._embedder.embed(aligned)
        quality = judge(faces[0].landmarks, aligned, norm)
        return FaceTemplate(len(faces), faces[0].box, quality, embedding)

    def similarity(self, a: FaceTemplate, b: FaceTemplate) -> float:
        """Return the cosine similarity of two faces, -1 to 1; the order does not matter."""
        return float(np.clip(np.sum(a.embedding * b.embedding), -1.0, 1.0))
