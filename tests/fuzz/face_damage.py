"""Damaged images and EF.DG2 files; the same numbers give the same one."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Final

from hardware_mocks.chip.face_records import Face, FaceEncoding, dg2
from tests.fuzz.face_samples import files, images, large
from tests.fuzz.images import reshaped
from tests.fuzz.mutator import Mutator

_TEMPLATES_IN_A_HUNDRED: Final = 4
_LARGE: Final = 0.03


@dataclass(frozen=True, slots=True)
class Case:
    """What is tried.

    Args:
        target: the name of its kind.
        raw: the damaged bytes.
        is_file: whether they are EF.DG2, and not an image.
        makes_template: whether a face is looked for in what is decoded.

    """

    target: str
    raw: bytes = field(repr=False)
    is_file: bool
    makes_template: bool


def case_of(seed: int, number: int) -> Case:
    """Return the case ``number`` of ``seed``."""
    random = Random(seed << 64 | number)
    makes_template = random.randrange(100) < _TEMPLATES_IN_A_HUNDRED
    name, make = random.choice(_KINDS)
    target, raw = make(random)
    return Case(f"{name}, {target}", raw, name.startswith("DG2"), makes_template)


def _sample(random: Random) -> tuple[str, bytes]:
    if random.random() < _LARGE:
        return random.choice(large())
    kind = random.choice(("JPEG", "JPEG", "JPEG 2000", "JPEG 2000", "JPEG 2000", "PNG"))
    return kind, random.choice(images()[kind])


def _blind(random: Random) -> tuple[str, bytes]:
    kind, sample = _sample(random)
    return kind, Mutator(random, images()[kind]).damage(sample)


def _reshaped(random: Random) -> tuple[str, bytes]:
    kind, sample = _sample(random)
    return kind, reshaped(random, sample)


def _both(random: Random) -> tuple[str, bytes]:
    kind, sample = _reshaped(random)
    return kind, Mutator(random, images()[kind]).damage(sample)


def _file(random: Random) -> tuple[str, bytes]:
    return "the file", Mutator(random, files()).damage(random.choice(files()))


def _image_in_file(random: Random) -> tuple[str, bytes]:
    """Damage an image only: the file around it fits."""
    kind, damaged = random.choice((_blind, _reshaped))(random)
    encodings: tuple[FaceEncoding, ...] = ("19794-5", "39794-5")
    encoding = random.choice(encodings)
    try:
        return f"a {kind} in it", dg2([Face(damaged, "full", "F", grey=False)], encoding)
    except (
        ValueError,
        ArithmeticError,
        LookupError,
        struct.error,
    ):  # the mock wants to know the size of its images
        return _file(random)


def _noise(random: Random) -> tuple[str, bytes]:
    start = random.choice((b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\xff\x4f\xff\x51"))
    return "noise", start + Mutator(random).noise(2000)


_KINDS: Final[tuple[tuple[str, Callable[[Random], tuple[str, bytes]]], ...]] = (
    *((("image damaged blindly", _blind),) * 6),
    *((("image with parts changed", _reshaped),) * 8),
    *((("image damaged both ways", _both),) * 2),
    *((("DG2 damaged", _file),) * 6),
    *((("DG2 with a damaged image", _image_in_file),) * 3),
    ("image of noise", _noise),
)
