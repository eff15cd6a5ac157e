"""Pictures of chips, of scanned pages and for officers."""

import struct
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from random import Random
from typing import Final

from egate.biometrics.face_image import FaceImage, FaceImageInvalid, decode_face_image
from egate.biometrics.officer_picture import officer_picture, page_picture
from egate.biometrics.printed_portrait import printed_portrait
from egate.biometrics.verification import FaceVerifier
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.dg2 import face_images, reference_image
from hardware_mocks.chip.face_records import Face, FaceEncoding, dg2
from tests.fuzz.face_samples import files, images, large
from tests.fuzz.images import reshaped
from tests.fuzz.mutator import Mutator
from tests.fuzz.target import Target

_LARGE: Final = 0.03
_REFUSALS: Final = (DocumentRejected, FaceImageInvalid)
_STARTS: Final = (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\xff\x4f\xff\x51")
_ENCODINGS: Final[tuple[FaceEncoding, ...]] = ("19794-5", "39794-5")
# A portrait of a chip and the decoder's own pixels: 40 MB, and a template's 30.
_MOST_MEGABYTES: Final = 100


class NotPixels(AssertionError):
    """A decoder gave something else."""


def _checked(pixels: FaceImage) -> FaceImage:
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype.itemsize != 1 or not pixels.size:
        raise NotPixels(f"pixels of shape {pixels.shape}")
    return pixels


def picture(raw: bytes) -> FaceImage:
    """Decode an image as the gate does, and draw it as an officer sees it."""
    pixels = _checked(decode_face_image(raw))
    officer_picture(pixels)
    page_picture(pixels)
    return pixels


def file(raw: bytes) -> FaceImage:
    """Read EF.DG2 and decode what it holds."""
    found = face_images(raw)
    for image in found[:2]:
        _checked(decode_face_image(image.encoded))
    return _checked(decode_face_image(reference_image(found).encoded))


def _template(raw: bytes) -> None:
    _verifier().template(_checked(decode_face_image(raw)))


def _page(raw: bytes) -> None:
    printed_portrait(_checked(decode_face_image(raw)), _verifier())


@cache
def _verifier() -> FaceVerifier:
    return FaceVerifier.load()


def _damaged(random: Random, kind: str, samples: Sequence[bytes]) -> bytes:
    """Damage an image blindly, in its parts, or both ways."""
    sample = random.choice(samples)
    if kind and random.random() < _LARGE:
        sample = random.choice([raw for each, raw in large() if each == kind])
    match random.randrange(8):
        case 0:
            return random.choice(_STARTS) + Mutator(random).noise(2000)
        case 1 | 2:
            return Mutator(random, samples).damage(sample)
        case 3:
            return Mutator(random, samples).damage(reshaped(random, sample))
        case _:
            return reshaped(random, sample)


def _in_file(image: bytes) -> None:
    """Take an image only that is damaged: the file around it fits."""
    try:
        whole = dg2([Face(image, "full", "F", grey=False)], _ENCODINGS[len(image) % 2])
    except (ValueError, ArithmeticError, LookupError, struct.error):
        picture(image)  # the mock wants to know the size of its images
        return
    file(whole)


def _all_images() -> Sequence[bytes]:
    return tuple(raw for kind in images().values() for raw in kind)


def targets() -> Mapping[str, Target]:
    """Return the targets by name."""

    def of(
        take: Callable[[bytes], object],
        made: Callable[[], Sequence[bytes]],
        damage: Callable[[Random, Sequence[bytes]], bytes],
        share: int,
    ) -> Target:
        return Target(
            take, made, _REFUSALS, damage, share, most_megabytes=_MOST_MEGABYTES, prepare=_verifier
        )

    found = {
        kind: of(picture, partial(_images_of, kind), partial(_kind_damaged, kind), share)
        for kind, share in (("JPEG", 5), ("PNG", 3), ("JPEG 2000", 6))
    }
    found["EF.DG2"] = Target(
        file, files, _REFUSALS, share=3, most_megabytes=_MOST_MEGABYTES, prepare=_verifier
    )
    found["EF.DG2 with a damaged image"] = of(_in_file, _all_images, partial(_kind_damaged, ""), 2)
    found["template of a face"] = of(_template, _all_images, partial(_kind_damaged, ""), 1)
    found["scanned page"] = of(_page, _all_images, partial(_kind_damaged, ""), 1)
    return {f"image/{name}": target for name, target in found.items()}


def _kind_damaged(kind: str, random: Random, samples: Sequence[bytes]) -> bytes:
    return _damaged(random, kind, samples)


def _images_of(kind: str) -> Sequence[bytes]:
    return images()[kind]
