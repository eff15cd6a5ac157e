"""What the gate does with a damaged image or EF.DG2, and how that may end."""

from functools import cache
from typing import Final

from egate.biometrics.face_image import FaceImage, FaceImageInvalid, decode_face_image
from egate.biometrics.verification import FaceVerifier
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.dg2 import face_images, reference_image

IS_FILE: Final = 1
MAKES_TEMPLATE: Final = 2


def try_out(raw: bytes, *, is_file: bool, makes_template: bool) -> str:
    """Return how the case ended; anything else than pixels or the two errors is raised.

    Args:
        raw: the damaged bytes.
        is_file: they are EF.DG2, not an image.
        makes_template: a face is looked for in what is decoded.

    """
    try:
        if is_file:
            images = face_images(raw)
            for image in images[:2]:
                _checked(decode_face_image(image.encoded))
            pixels = _checked(decode_face_image(reference_image(images).encoded))
        else:
            pixels = _checked(decode_face_image(raw))
    except (DocumentRejected, FaceImageInvalid) as error:
        return f"{type(error).__name__}: {_named(error)}"
    if makes_template:
        verifier().template(pixels)
    return "decoded"


@cache
def verifier() -> FaceVerifier:
    return FaceVerifier.load()


def _named(error: Exception) -> str:
    """Return the fault without its numbers; an error that names none is a finding itself."""
    if not str(error).strip():
        raise AssertionError("an error without a message")
    return "".join("#" if letter.isdigit() else letter for letter in str(error))[:60]


def _checked(pixels: FaceImage) -> FaceImage:
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype.itemsize != 1 or not pixels.size:
        raise AssertionError(f"pixels of shape {pixels.shape}")
    return pixels
