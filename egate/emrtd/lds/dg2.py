"""EF.DG2: the portraits, in a CBEFF frame (9303-10 §4.7.2)."""

from collections.abc import Sequence
from typing import Final

from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.cbeff import biometric_templates
from egate.emrtd.lds.facial_image import MAX_IMAGES, FaceImage, FacialImageType
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.iso19794_5 import FORMAT, face_images_of_19794
from egate.emrtd.lds.iso39794_5 import STANDARDISED, face_images_of_39794

# Beyond what a gate reads from a chip; each layer of a file is a copy of what it holds.
_MAX_BYTES: Final = 1 << 20
# A token image is a reduced full frontal one; what says nothing is mostly full frontal.
_PREFERENCE: Final[Sequence[FacialImageType | None]] = (
    FacialImageType.FULL_FRONTAL,
    FacialImageType.MRTD,
    FacialImageType.TOKEN_FRONTAL,
    None,
    FacialImageType.BASIC,
    FacialImageType.GENERAL_PURPOSE,
)


def face_images(raw: bytes) -> tuple[FaceImage, ...]:
    """Return the face images of the whole file ``raw``, one to nine, in its order.

    Which encoding a block has is told from its first bytes: documents are about that
    have a record of ISO/IEC 19794-5 under the tag of the newer standard.

    Raises:
        TlvMalformed: a data object is missing or ends early.
        DocumentRejected: the biometric data break ISO/IEC 19794-5 or 39794-5, or
            there is no image in them, or they are longer than 1 MiB.

    """
    if len(raw) > _MAX_BYTES:
        raise DocumentRejected(f"DG2: more than {_MAX_BYTES} bytes")
    images: list[FaceImage] = []
    for template in biometric_templates(raw, LdsFile.EF_DG2, MAX_IMAGES):
        images += _images_of(template.block)
        if len(images) > MAX_IMAGES:
            raise DocumentRejected(f"DG2: more than {MAX_IMAGES} images")
    if not images:
        raise DocumentRejected("DG2: no image")
    return tuple(images)


def reference_image(images: Sequence[FaceImage]) -> FaceImage:
    """Return the image to compare a traveller with, of one or more.

    A frontal image of the full size goes before a token image, that before one that
    does not say what it is, and those before images of any pose. Of several of a kind the
    one that claims the most pixels, for records of ISO/IEC 39794-5 do not tell token images
    apart; of equal ones the first, which 9303-10 §4.7.2.1 wants every State to be able to read.
    """
    return min(
        images,
        key=lambda image: (_PREFERENCE.index(image.image_type), -image.width * image.height),
    )


def _images_of(block: bytes) -> tuple[FaceImage, ...]:
    if block.startswith(FORMAT):
        return face_images_of_19794(block)
    if block[:1] == bytes((STANDARDISED,)):
        return face_images_of_39794(block)
    raise DocumentRejected("DG2: a record neither of ISO/IEC 19794-5 nor of 39794-5")
