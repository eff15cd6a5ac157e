"""The portrait of the chip as what live faces are compared with."""

from dataclasses import dataclass

from egate.biometrics.face_image import FaceImageInvalid, decode_face_image
from egate.biometrics.quality import bits_per_pixel, reference_faults
from egate.biometrics.verification import FaceTemplate
from egate.domain.evidence import CheckResult
from egate.emrtd.errors import EmrtdError
from egate.emrtd.lds.dg2 import face_images
from egate.gate.case_images import CaseImages
from egate.gate.face_checks import unknown
from egate.gate.face_watch import Faces
from egate.ports.case_images import CaseImageKind


@dataclass(frozen=True, slots=True)
class Reference:
    """What live faces are compared with.

    Args:
        template: of the portrait.
        faults: why the portrait is poor, for an officer; "" when it is not. It changes no
            threshold: a poor portrait must not be worth having.

    """

    template: FaceTemplate
    faults: str = ""


def reference_of(dg2: bytes | None, faces: Faces, images: CaseImages) -> Reference | CheckResult:
    """Return the template of the portrait, or why there is none. Computing work.

    Args:
        dg2: the file EF.DG2; None when the chip gave none.
        faces: finds the face.
        images: takes the portrait, for an officer.

    """
    if dg2 is None:
        return unknown("the chip gave no portrait")
    try:
        encoded = face_images(dg2)[0].encoded
        image = decode_face_image(encoded)
    except (EmrtdError, FaceImageInvalid) as error:
        return unknown(f"the portrait: {error}")
    images.keep(CaseImageKind.CHIP_PORTRAIT, image)
    template = faces.template(image)
    if template is None:
        return unknown("no face in the portrait")
    poor = reference_faults(template.quality, bits_per_pixel(encoded, image))
    return Reference(template, f"poor portrait: {', '.join(poor)}" if poor else "")
