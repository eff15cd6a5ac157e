"""From the file of an image to its template, or the reason why there is none."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Final

from egate import biometrics
from egate.biometrics import models
from egate.biometrics.face_image import MAX_BYTES, FaceImageInvalid
from egate.biometrics.models import Model
from egate.biometrics.verification import FaceTemplate, FaceVerifier
from egate.cli.face_file import decode_face_file
from egate.cli.outcome import BadInput

_NORM: Final = "embedding_norm"
"""The measure by which comparisons are told apart. The unified score is made of it alone."""

NO_FACE: Final = "no face"


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


def acquire(file: Path, verifier: FaceVerifier) -> Acquisition:
    """Look at one image.

    Raises:
        BadInput: the file cannot be read, which says nothing about faces.

    """
    try:
        template = verifier.template(decode_face_file(_beginning(file)))
    except FaceImageInvalid as error:
        return Acquisition(Acquired({}, str(error)))
    if template is None:
        return Acquisition(Acquired({}, NO_FACE))
    return Acquisition(Acquired({_NORM: template.quality.embedding_norm}), template)


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
