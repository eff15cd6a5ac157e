"""Valid images of every form, and valid EF.DG2 files, to damage."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, get_args

import cv2
import numpy as np

from hardware_mocks.chip.face_records import Face, FaceEncoding, FaceKind, dg2
from hardware_mocks.chip.portrait import portrait_in
from hardware_mocks.chip.profile import PHOTOGRAPHS
from tests.jpeg_2000 import GREY, SRGB, SYCC, bare, codestream, jp2
from tests.jpeg_of_components import of_components
from tests.subsampled_jpeg_2000 import ENCODED

_PORTRAIT: Final = (PHOTOGRAPHS / "P001" / "portrait.jpg").read_bytes()
_SMALL: Final = (96, 128)
_NOT_SUBSAMPLED: Final = (cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444)
_EVERY_KIND: Final[Sequence[FaceKind]] = ("basic", "token", "full")


@cache
def images() -> Mapping[str, Sequence[bytes]]:
    """Return images by format: small ones of every form, and portraits of the usual size."""
    portrait = cv2.imdecode(np.frombuffer(_PORTRAIT, np.uint8), cv2.IMREAD_COLOR)
    small = cv2.resize(portrait, _SMALL, interpolation=cv2.INTER_AREA)
    blue, green, red = (np.ascontiguousarray(small[..., each]) for each in range(3))
    colours = (red, green, blue)
    luma, cr, cb = (
        np.ascontiguousarray(cv2.cvtColor(small, cv2.COLOR_BGR2YCrCb)[..., each])
        for each in range(3)
    )
    wide = [plane.astype(np.uint16) * 257 for plane in colours]
    opaque = np.full_like(red, 200)
    palette = np.random.default_rng(1).integers(0, 255, (256, 3), np.uint8)
    return {
        "JPEG": (
            _PORTRAIT,
            portrait_in("grey", _PORTRAIT),
            _encoded(".jpg", small),
            _encoded(".jpg", green),
            _encoded(".jpg", small, cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
            _encoded(".jpg", green, cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
            _encoded(".jpg", small, cv2.IMWRITE_JPEG_RST_INTERVAL, 3),
            of_components([luma, cb, cr]),
            of_components([luma] * 4),
        ),
        "PNG": (
            _encoded(".png", small),
            _encoded(".png", green),
            _encoded(".png", np.dstack((small, opaque))),
            _encoded(".png", small.astype(np.uint16) * 257),
        ),
        "JPEG 2000": (
            portrait_in("jpeg2000", _PORTRAIT),
            portrait_in("jpeg2000-grey-codestream", _PORTRAIT),
            codestream(colours),
            codestream(colours, tile=(64, 64)),
            codestream([green], tile=(32, 64)),
            codestream(wide[:1]),
            codestream([*colours, opaque]),
            codestream([luma, cb[::2, ::2]], steps=((1, 1), (2, 2))),
            *ENCODED.values(),
            jp2(codestream(wide), colour_space=SRGB),
            jp2(codestream([green, opaque]), colour_space=GREY, opacity=1),
            jp2(codestream([luma, cb, cr]), colour_space=SYCC),
            jp2(codestream([green]), colour_space=SRGB, palette=palette),
        ),
    }


@cache
def large() -> Sequence[tuple[str, bytes]]:
    """Return images with as many pixels as are taken, about, in few bytes."""
    return (
        ("JPEG", _blank(".jpg", 2500)),
        ("JPEG", _blank(".jpg", 1730, *_NOT_SUBSAMPLED)),
        ("JPEG", _blank(".jpg", 1730, cv2.IMWRITE_JPEG_PROGRESSIVE, 1, *_NOT_SUBSAMPLED)),
        ("PNG", _blank(".png", 1730)),
        ("JPEG 2000", bare(_blank(".jp2", 1150))),
    )


@cache
def files() -> Sequence[bytes]:
    """Return EF.DG2 files in both encodings, with one image and with several."""
    small = [images()[kind][at] for kind, at in (("JPEG", 2), ("JPEG", 3), ("JPEG 2000", 2))]
    alone = (small[0], small[2], images()["JPEG 2000"][1])
    several = [
        Face(image, kind, "M", grey=False) for image, kind in zip(small, _EVERY_KIND, strict=True)
    ]
    made: list[bytes] = []
    for encoding in get_args(FaceEncoding):
        made += [dg2([Face(image, "full", "F", grey=False)], encoding) for image in alone]
        made += [dg2(several, encoding), dg2(several, encoding, a_template_each=True)]
    return tuple(dict.fromkeys(made))


def _encoded(kind: str, pixels: cv2.typing.MatLike, *options: int) -> bytes:
    return cv2.imencode(kind, pixels, list(options))[1].tobytes()


def _blank(kind: str, side: int, *options: int) -> bytes:
    return _encoded(kind, np.full((side, side, 3), 90, np.uint8), *options)
