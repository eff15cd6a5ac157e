"""The pictures and the networks that ``egate face compare`` and ``quality`` begin with."""

from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from egate.biometrics.face_image import MAX_BYTES, FaceImage, FaceImageInvalid, decode_face_image
from egate.biometrics.models import ModelInvalid
from egate.biometrics.verification import FaceVerifier
from egate.cli.face_file import encoded_face, is_dg2
from egate.cli.input_file import read_file
from egate.cli.outcome import BadInput, Unavailable

FORMATS: Final = "JPEG, PNG or JPEG 2000, or an EF.DG2 file: its first frontal portrait"


class FacePicture(NamedTuple):
    """A picture as it is encoded and as it is decoded, and whether a chip's file had it."""

    encoded: bytes
    pixels: FaceImage
    from_chip: bool


@cache
def verifier() -> FaceVerifier:
    """Return the networks, loaded once.

    Raises:
        Unavailable: a network's file is not the pinned one.

    """
    try:
        return FaceVerifier.load()
    except ModelInvalid as error:
        raise Unavailable(f"face verification: {error}") from error


def read_face(file: Path) -> FacePicture:
    """Read an image file, or the reference portrait of an EF.DG2.

    Raises:
        BadInput: it cannot be read or used; names the file and the fault.

    """
    raw = read_file(file, MAX_BYTES)
    try:
        encoded = encoded_face(raw)
        return FacePicture(encoded, decode_face_image(encoded), is_dg2(raw))
    except FaceImageInvalid as error:
        raise BadInput(f"{file}: {error}") from error
