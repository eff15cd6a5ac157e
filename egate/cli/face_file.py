"""Files that hold a face: an image, or the EF.DG2 of a chip."""

from typing import Final

from egate.biometrics.face_image import FaceImage, FaceImageInvalid, decode_face_image
from egate.emrtd.errors import EmrtdError
from egate.emrtd.lds.dg2 import face_images, reference_image
from egate.emrtd.lds.files import LdsFile

_DG2: Final = bytes((LdsFile.EF_DG2.tag,))


def decode_face_file(raw: bytes) -> FaceImage:
    """Decode an image file, or the reference portrait of an EF.DG2.

    Args:
        raw: the whole file.

    Returns:
        height x width x 3, BGR, 8 bits a channel.

    Raises:
        FaceImageInvalid: it is neither, or damaged.

    """
    try:
        encoded = reference_image(face_images(raw)).encoded if raw[:1] == _DG2 else raw
        return decode_face_image(encoded)
    except EmrtdError as error:
        raise FaceImageInvalid(str(error)) from error
