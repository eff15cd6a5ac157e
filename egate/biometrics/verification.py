"""Verification of a traveller against the portrait of the document: one to one."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from egate.biometrics.detection import LIVE, STILL, DetectedFace, FaceBox, FaceDetector, Search
from egate.biometrics.embedding import FaceEmbedder, align, mirrored, unit
from egate.biometrics.face_image import FaceImage
from egate.biometrics.models import SFACE, YUNET, read_model
from egate.biometrics.quality import FaceQuality, judge

MEASURED_THRESHOLD: Final = 0.43
"""Of two still pictures: false match rate 8.7e-5 over 29.6 million comparisons of LFW.

A template fused of three frames is nearer to everybody: there 0.45 is 7.6e-5 (ADR 16).
The gate's policy sets its own.
"""


@dataclass(frozen=True, slots=True, eq=False)
class FaceTemplate:
    """One face of a picture. Biometric data: never logged, never stored.

    Args:
        faces: how many faces the picture has.
        box: where it is, in pixels.
        quality: how good it is.
        embedding: its unit vector, 128 numbers.

    """

    faces: int
    box: FaceBox
    quality: FaceQuality
    embedding: npt.NDArray[np.float64] = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class FaceObservation:
    """What one live frame shows. Biometric data: never logged, never stored.

    Args:
        faces: every face, the largest or the tracked one first; only the first has precise
            landmarks.
        aligned: the first, upright, 112 x 112 x 3, BGR; None when there is no face.
        template: of the first, without the mirror; None when there is no face.

    """

    faces: tuple[DetectedFace, ...] = ()
    aligned: FaceImage | None = field(default=None, repr=False)
    template: FaceTemplate | None = None


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
        """Return the template of the face that a still picture is of, None without a face.

        That is the face that is large and near the middle. Takes twice the time of
        ``observe``: smaller faces are found, landmarks twice, and the mirrored
        face is averaged in.

        Args:
            image: height x width x 3, BGR, 8 bits a channel.

        """
        seen = self._observe(image, STILL)
        return None if seen.template is None else self.fused([seen])

    def observe(self, image: FaceImage, near: FaceBox | None = None) -> FaceObservation:
        """Return what a live frame shows.

        Args:
            image: height x width x 3, BGR, 8 bits a channel.
            near: where the face was in an earlier frame, in pixels; it is then the first.

        """
        return self._observe(image, LIVE, near)

    def _observe(
        self, image: FaceImage, search: Search, near: FaceBox | None = None
    ) -> FaceObservation:
        with self._lock:
            faces = tuple(self._detector.find(image, search, near))
            if not faces:
                return FaceObservation()
            aligned = align(image, faces[0].landmarks)
            raw = self._embedder.embed(aligned)
        quality = judge(image, faces[0], aligned, float(np.linalg.norm(raw)))
        template = FaceTemplate(len(faces), faces[0].box, quality, unit(raw))
        return FaceObservation(faces, aligned, template)

    def fused(self, observations: Sequence[FaceObservation]) -> FaceTemplate:
        """Return one template of several frames of one person, for the one comparison.

        The mean of the frames and of their mirrored ones; it tells people apart better
        than any of them. Costs an embedding per observation.

        Args:
            observations: each with a face; box and quality are those of the best.

        Raises:
            ValueError: none has a face.

        """
        seen = [
            (observation.template, observation.aligned)
            for observation in observations
            if observation.template is not None and observation.aligned is not None
        ]
        if not seen:
            raise ValueError("no observation has a face")
        best = max((template for template, _ in seen), key=lambda one: one.quality.embedding_norm)
        with self._lock:
            sides = [self._embedder.embed(mirrored(aligned)) for _, aligned in seen]
        fronts = [one.embedding * one.quality.embedding_norm for one, _ in seen]
        both = [unit(front + side) for front, side in zip(fronts, sides, strict=True)]
        return replace(
            best,
            faces=max(template.faces for template, _ in seen),
            embedding=unit(np.sum(both, axis=0)),
        )

    def similarity(self, a: FaceTemplate, b: FaceTemplate) -> float:
        """Return the cosine similarity of two faces, -1 to 1; the order does not matter."""
        return float(np.clip(np.sum(a.embedding * b.embedding), -1.0, 1.0))
