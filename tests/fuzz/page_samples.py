"""Scanned pages to damage: messages of a scanner's program, whole and with changed pixels."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from random import Random
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from egate.domain.optical_finding import Light
from egate.optical.page_image import MAX_BYTES
from hardware_mocks.page_scanner.rendering import Wanted, rendered
from tests.fuzz.images import reshaped
from tests.fuzz.mutator import Mutator
from tests.seal_pages import drawn_by_others, qr_code
from tests.seal_pages import page as sealed

Image = npt.NDArray[np.uint8]
Lights = Mapping[Light, Image]
Deform = Callable[[np.random.Generator, Image], Image]

_DOTS_PER_MM: Final = 150 / 25.4  # the least that a character needs, so that a case is quick
_CODES: Final = {Light.WHITE: 1, Light.INFRARED: 2, Light.ULTRAVIOLET: 3}
_MRZ_SHARE: Final = 0.3
_MOST_PIXELS: Final = 2_500_000
_SIDES: Final = (1, 2, 3, 7, 16, 40, 100, 333, 1200)
_LONG: Final = 60_000
_SMALL: Final = 0.85  # of the cases: the lower part of a page alone, which is quicker


@cache
def pages() -> Sequence[Lights]:
    """Return pages of two sizes in three lights, and their lower parts alone."""
    whole = []
    for number, document in enumerate(("bd_e_passport", "td1", "bd_visa")):
        scan = rendered(Wanted(document, dots_per_mm=_DOTS_PER_MM), (7, number)).scan
        whole.append({light: getattr(scan, light.value) for light in Light})
    lower = [
        {light: image[round((1 - _MRZ_SHARE) * len(image)) :] for light, image in page.items()}
        for page in whole
    ]
    return (*whole, *lower)


@cache
def sealed_pages() -> Sequence[Lights]:
    """Return pages with visible digital seals and with another bar code."""
    codes = [drawn_by_others(name) for name in ("visa.data_matrix", "emergency.aztec")]
    drawn = [sealed(code, module=3) for code in (*codes, qr_code(b"none of ours"))]
    return tuple({Light.WHITE: page} for page in (*drawn, sealed(*codes, module=3)))


@cache
def sealed_messages() -> Sequence[bytes]:
    """Return what a scanner's program sends of them."""
    return tuple(message(page, ".png") for page in sealed_pages())


@cache
def messages() -> Sequence[bytes]:
    """Return what a scanner's program sends of these pages, and of the white light alone."""
    alone = [{Light.WHITE: page[Light.WHITE]} for page in pages()]
    return tuple(message(page, ".jpg") for page in (*pages(), *alone))


@cache
def files() -> Sequence[Mapping[Light, bytes]]:
    """Return the files of these pages in two formats."""
    return tuple(
        {light: encoded(image, suffix) for light, image in page.items()}
        for page in pages()
        for suffix in (".jpg", ".png")
    )


def message(page: Lights, suffix: str) -> bytes:
    return framed({light: encoded(image, suffix) for light, image in page.items()})


def framed(files: Mapping[Light, bytes]) -> bytes:
    parts = [b"EGPS\x01", bytes((len(files),))]
    for light, raw in files.items():
        parts += [bytes((_CODES[light],)), len(raw).to_bytes(4, "big"), raw]
    return b"".join(parts)


def encoded(image: Image, suffix: str) -> bytes:
    fast = (cv2.IMWRITE_PNG_COMPRESSION, 1) if suffix == ".png" else ()
    return cv2.imencode(suffix, image, fast)[1].tobytes()


def bytes_damaged(random: Random, samples: Sequence[bytes]) -> bytes:
    """Damage the message, or the file of one light within it."""
    if random.random() < 0.4:
        return Mutator(random, samples).damage(random.choice(samples))
    damaged = dict(random.choice(files()))
    for light in random.sample(tuple(damaged), random.choice((1, 1, 3))):
        raw = damaged[light]
        cut = random.random() < 0.2
        changed = raw[: random.randrange(len(raw))] if cut else reshaped(random, raw)
        # Nobody reads more than is allowed; 390 MB of it would only be memory of this process.
        damaged[light] = changed[: MAX_BYTES + 1]
    return framed(damaged)


def pixels_damaged(random: Random, _samples: Sequence[bytes]) -> bytes:
    """Deform a page, all lights alike, as no scanner would but a hostile program may."""
    half = len(pages()) // 2
    page = random.choice(pages()[half:] if random.random() < _SMALL else pages()[:half])
    if random.random() < 0.3:
        page = {Light.WHITE: page[Light.WHITE]}
    return _deformed_page(random, page)


def seals_damaged(random: Random, _samples: Sequence[bytes]) -> bytes:
    """Deform a page of bar codes."""
    return _deformed_page(random, random.choice(sealed_pages()))


def _deformed_page(random: Random, page: Lights) -> bytes:
    chosen = [random.choice(_DEFORMATIONS) for _ in range(random.choice((1, 1, 2, 3)))]
    seed = random.randrange(2**32)
    return message({light: _deformed(image, chosen, seed) for light, image in page.items()}, ".png")


def _deformed(image: Image, deformations: Sequence[Deform], seed: int) -> Image:
    chance = np.random.default_rng(seed)  # the same for each light: one place, one size
    for deform in deformations:
        image = deform(chance, image)
        if image.shape[0] * image.shape[1] > _MOST_PIXELS:
            break
    return np.ascontiguousarray(image)


def _resized(chance: np.random.Generator, image: Image) -> Image:
    """From one pixel to several thousand, and as long and thin as a file can say."""
    height, width = (int(each) for each in chance.choice(_SIDES, 2))
    if chance.random() < 0.1:
        height, width = (1, _LONG) if chance.random() < 0.5 else (_LONG, 1)
    return np.asarray(cv2.resize(image, (width, height)), np.uint8)


def _cropped(chance: np.random.Generator, image: Image) -> Image:
    top, left = (int(chance.integers(side)) for side in image.shape[:2])
    height, width = (int(chance.integers(1, side + 1)) for side in image.shape[:2])
    return image[top : top + height, left : left + width]


def _turned(chance: np.random.Generator, image: Image) -> Image:
    return np.rot90(image, int(chance.integers(1, 4)))


def _skewed(chance: np.random.Generator, image: Image) -> Image:
    height, width = image.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    moved = corners + chance.normal(0, 0.15, (4, 2)).astype(np.float32) * (width, height)
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    return np.asarray(cv2.warpPerspective(image, matrix, (width, height)), np.uint8)


def _noisy(chance: np.random.Generator, image: Image) -> Image:
    noise = chance.integers(0, 256, image.shape[:2], np.uint8)
    shown = chance.random(image.shape[:2]) < chance.choice((0.01, 0.1, 0.5, 1.0))
    changed = image.copy()
    changed[shown] = noise[shown][:, None] if image.ndim == 3 else noise[shown]
    return changed


def _constant(chance: np.random.Generator, image: Image) -> Image:
    return np.full_like(image, chance.choice((0, 1, 127, 254, 255)))


def _covered(chance: np.random.Generator, image: Image) -> Image:
    changed = image.copy()
    part = _cropped(chance, changed)
    part[...] = chance.choice((0, 255, 128))
    return changed


def _repeated(chance: np.random.Generator, image: Image) -> Image:
    """Lines over lines: many machine readable zones on one page."""
    strip = image[int((1 - _MRZ_SHARE) * len(image)) :]  # of one row, too, one is left
    times = int(chance.integers(2, 8))
    return np.concatenate([strip] * times, axis=int(chance.integers(2)))


def _striped(chance: np.random.Generator, image: Image) -> Image:
    """Rows and columns of ink, as of a table or a bar code."""
    changed = image.copy()
    step = int(chance.integers(2, 30))
    if chance.random() < 0.5:
        changed[::step] = 0
    else:
        changed[:, ::step] = 0
    return changed


def _inverted(_chance: np.random.Generator, image: Image) -> Image:
    return np.asarray(255 - image, np.uint8)


def _blurred(chance: np.random.Generator, image: Image) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), chance.uniform(0.5, 9)), np.uint8)


def _shuffled(chance: np.random.Generator, image: Image) -> Image:
    parts = np.array_split(image, min(len(image), 12))
    return np.concatenate([parts[each] for each in chance.permutation(len(parts))])


_DEFORMATIONS: Final[Sequence[Deform]] = (
    _resized, _resized, _cropped, _turned, _skewed, _noisy, _constant, _covered, _repeated,
    _striped, _inverted, _blurred, _shuffled,
)  # fmt: skip
