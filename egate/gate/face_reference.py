"""The portrait of the chip as what live faces are compared with."""

from egate.biometrics.face_image import FaceImageInvalid, decode_face_image
from egate.biometrics.verification import FaceTemplate
from egate.domain.evidence import CheckResult
from egate.emrtd.errors import EmrtdError
from egate.emrtd.lds.dg2 import face_images, reference_image
from egate.gate.case_images import CaseImages
from egate.gate.face_checks import unknown
from egate.gate.face_watch import Faces
from egate.ports.case_images import CaseImageKind


def reference_of(dg2: bytes | None, faces: Faces, images: CaseImages) -> FaceTemplate | CheckResult:
    """Return the template of the portrait, or why there is none. Computing work.

    Args:
        dg2: the file EF.DG2; None when the chip gave none.
        faces: finds the face.
        images: takes the portrait, for an officer.

    """
    if dg2 is None:
        return unknown("the chip gave no portrait")
    try:
        image = decode_face_image(reference_image(face_images(dg2)).encoded)
    except (EmrtdError, FaceImageInvalid) as error:
        return unknown(f"the portrait: {error}")
    images.keep(CaseImageKind.CHIP_PORTRAIT, image)
    return faces.template(image) or unknown("no face in the portrait")
