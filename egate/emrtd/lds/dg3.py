"""EF.DG3: how many fingers in which formats; the images stay closed (9303-10 §4.7.3).

Only a State that may read fingerprints gets this far (terminal authentication), and
no decision of a gate needs them.
"""

import struct
from dataclasses import dataclass, field
from typing import Final

from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.cbeff import BiometricHeader, BiometricTemplate, biometric_templates
from egate.emrtd.lds.files import LdsFile

_MAX_FINGERS: Final = 10
_SC_37: Final = 0x0101
_FINGER_IMAGE: Final = 0x0007
# ISO/IEC 19794-4:2005 §7: the general record header; its length field has six bytes.
_RECORD_HEADER: Final = struct.Struct(">4s4sHI2sHBB4H3B1x")
_FORMAT: Final = b"FIR\x00"


@dataclass(frozen=True, slots=True)
class FingerImage:
    """What is known of one template without opening its image; personal.

    Args:
        header: which finger it is, and the format of the block.
        compression: as ISO/IEC 19794-4 numbers it (2 is WSQ, 4 JPEG 2000); None for
            blocks of other formats.
        resolution: of the image in pixels per unit of the record; None as above.
        block: the biometric data block, unopened.

    """

    header: BiometricHeader
    compression: int | None
    resolution: tuple[int, int] | None
    block: bytes = field(repr=False)


def finger_images(raw: bytes) -> tuple[FingerImage, ...]:
    """Return the fingers of the whole file ``raw``; a State may store none (§4.7.3.2.2).

    Raises:
        TlvMalformed: a data object is missing or ends early.
        DocumentRejected: there are more than ten, a template without a block, or a
            record whose header breaks ISO/IEC 19794-4.

    """
    templates = biometric_templates(raw, LdsFile.EF_DG3, _MAX_FINGERS)
    return tuple(_finger(template) for template in templates)


def _finger(template: BiometricTemplate) -> FingerImage:
    header = BiometricHeader.parse(template.header)
    compression, resolution = None, None
    if (header.format_owner, header.format_type) == (_SC_37, _FINGER_IMAGE):
        compression, resolution = _record_header(template.block)
    return FingerImage(header, compression, resolution, template.block)


def _record_header(block: bytes) -> tuple[int, tuple[int, int]]:
    try:
        fields = _RECORD_HEADER.unpack_from(block)
    except struct.error:
        raise DocumentRejected("DG3: the finger record ends early") from None
    format_id, _, length_high, length_low, _, _, count, _, *resolutions, _, compression, _ = fields
    if format_id != _FORMAT:
        raise DocumentRejected("DG3: not a record of ISO/IEC 19794-4")
    # §4.7.3.2.3: a block has exactly one image.
    if (length_high << 32 | length_low) > len(block) or count != 1:
        raise DocumentRejected("DG3: the finger record's header does not fit")
    return compression, (resolutions[2], resolutions[3])
