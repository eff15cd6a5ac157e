"""Files that hold a face: an image, or the EF.DG2 of a chip."""

from typing import Final

from egate.biometrics.face_image import FaceImage, FaceImageInvalid, decode_face_image
from egate.emrtd.errors import EmrtdError
from egate.emrtd.lds.dg2 import face_images, reference_image
from egate.emrtd.lds.files import LdsFile

_DG2: Final = bytes((LdsFile.EF_DG2.tag,))


def is_dg2(raw: bytes) -> bool:
    """Say whether a file is an EF.DG2, by its first byte."""
    return raw[:1] == _DG2


def encoded_face(raw: bytes) -> bytes:
    """Return the image file that ``raw`` is, or the reference portrait of an EF.DG2.

    Raises:
        FaceImageInvalid: the EF.DG2 is damaged.

    """
    try:
        return reference_image(face_images(raw)).encoded if is_dg2(raw) else raw
    except EmrtdError as error:
        raise FaceImageInvalid(str(error)) from error


def decode_face_file(raw: bytes) -> FaceImage:
    """Decode an image file, or the reference portrait of an EF.DG2.

    Args:
        raw: the whole file.

    Returns:
        height x width x 3, BGR, 8 bits a channel.

    Raises:
        FaceImageInvalid: it is neither, or damaged.

    """
    return decode_face_image(encoded_face(raw))
