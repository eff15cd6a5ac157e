"""Whether two frames show a face alike enough that little but the light differs between them.

Presentation attack detection compares frame with frame. A head that turns or nods changes what
the hall's light shows of it, and a blurred frame what is black in it: that is no attack.
"""

from typing import Final

from egate.biometrics.verification import FaceTemplate

_TURN: Final = 12.0  # degrees; the angles are known to a few
_NEARER: Final = 1.5
_BLURRED: Final = 0.8


def is_same_view(best: FaceTemplate, other: FaceTemplate) -> bool:
    """Say whether ``other`` shows a face from the same side as ``best``, as near and as sharp."""
    a, b = best.quality, other.quality
    turned = max(abs(a.yaw - b.yaw), abs(a.pitch - b.pitch))
    widths = sorted((best.box.width, other.box.width))
    return (
        turned <= _TURN
        and widths[1] <= _NEARER * widths[0]
        and b.sharpness >= _BLURRED * a.sharpness
    )
