"""From the file of an image to its template, or the reason why there is none."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Final

import numpy as np

from egate import biometrics
from egate.biometrics import models
from egate.biometrics.detection import FaceBox
from egate.biometrics.face_image import MAX_BYTES, FaceImage, FaceImageInvalid
from egate.biometrics.models import Model
from egate.biometrics.verification import FaceTemplate, FaceVerifier
from egate.cli.face_file import decode_face_file
from egate.cli.outcome import BadInput

_NORM: Final = "embedding_norm"
"""The measure by which comparisons are told apart. The unified score is made of it alone."""

NO_FACE: Final = "no face"
NO_FACE_IN_THE_MIDDLE: Final = "no face in the middle"


class FaceChoice(StrEnum):
    """Which face of an image is meant when there are several."""

    LARGEST = "largest"
    """As at the gate, where the largest is the nearest."""
    CENTRAL = "central"
    """As in Labeled Faces in the Wild, whose label is of the face over the middle pixel."""


@dataclass(frozen=True, slots=True)
class Acquired:
    """What is kept of an image: never the embedding.

    Args:
        quality: measure -> value; empty when there is no face.
        failure: why there is no template, None when there is one.

    """

    quality: Mapping[str, float]
    failure: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Acquisition:
    """An image that was looked at; the template lives only in memory."""

    acquired: Acquired
    template: FaceTemplate | None = field(default=None, repr=False)


def acquire(file: Path, verifier: FaceVerifier, choice: FaceChoice) -> Acquisition:
    """Look at one image.

    Args:
        file: an image, or the EF.DG2 of a chip.
        verifier: makes the template.
        choice: which of several faces it is made of.

    Raises:
        BadInput: the file cannot be read, which says nothing about faces.

    """
    try:
        image = decode_face_file(_beginning(file))
    except FaceImageInvalid as error:
        return Acquisition(Acquired({}, str(error)))
    template = verifier.template(image)
    if template is None:
        return Acquisition(Acquired({}, NO_FACE))
    if choice is FaceChoice.CENTRAL and not _in_the_middle(template.box, image):
        template = _template_in_the_middle(image, verifier)
    if template is None:
        return Acquisition(Acquired({}, NO_FACE_IN_THE_MIDDLE))
    return Acquisition(Acquired({_NORM: template.quality.embedding_norm}), template)


def _template_in_the_middle(image: FaceImage, verifier: FaceVerifier) -> FaceTemplate | None:
    """Cut out the face over the middle of the image, so that no larger one is beside it."""
    boxes = (face.box for face in verifier.observe(image).faces)
    box = next((box for box in boxes if _in_the_middle(box, image)), None)
    if box is None:
        return None
    left, top = (max(0, int(start)) for start in (box.x - box.width / 2, box.y - box.height / 2))
    right, bottom = int(box.x + 1.5 * box.width) + 1, int(box.y + 1.5 * box.height) + 1
    template = verifier.template(np.ascontiguousarray(image[top:bottom, left:right]))
    if template is None:
        return None
    x, y, *size = template.box
    return template if _in_the_middle(FaceBox(x + left, y + top, *size), image) else None


def _in_the_middle(box: FaceBox, image: FaceImage) -> bool:
    height, width = image.shape[:2]
    across = box.x <= width / 2 <= box.x + box.width
    return bool(across and box.y <= height / 2 <= box.y + box.height)


def _beginning(file: Path) -> bytes:
    """Return the file, of a too large one enough for the decoder to refuse it."""
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from error


def software() -> dict[str, str]:
    """Return digests of everything that makes a score: the networks, our code, OpenCV."""
    networks = {
        value.file_name: value.sha256 for value in vars(models).values() if isinstance(value, Model)
    }
    code = hashlib.sha256()
    for folder in biometrics.__path__:
        for file in sorted(Path(folder).rglob("*.py")):
            if "evaluation" not in file.parts:
                code.update(file.read_bytes())
    opencv = metadata.version("opencv-python-headless")
    return networks | {"egate.biometrics": code.hexdigest(), "opencv": opencv}
