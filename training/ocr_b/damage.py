"""What paper, wear, optics, sensors and files do to a printed line."""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from training.ocr_b.dirt import smooth, soiled
from training.ocr_b.lettering import PITCH, Mask

Grey = npt.NDArray[np.float32]
Rng = np.random.Generator

_COARSEST: Final = 6.0  # pixels a character: a poor photograph of a whole page
_FINEST: Final = 44.0  # 400 dpi and a little


def photographed(rng: Rng, ink: Mask, severity: float) -> tuple[npt.NDArray[np.uint8], float]:
    """Return the line as an image of a document has it, and its pixels a character."""
    ink = _worn(rng, ink, severity)
    coarsest = _FINEST * (_COARSEST / _FINEST) ** (0.35 + 0.65 * severity)
    pitch = float(np.exp(rng.uniform(np.log(coarsest), np.log(_FINEST))))
    height, width = (max(8, round(side * pitch / PITCH)) for side in ink.shape)
    seen = np.asarray(cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA), np.float32)
    page = _paper(rng, seen.shape, pitch, severity)
    page = _printed(rng, page, seen, severity)
    page = soiled(rng, page, pitch, severity)
    page = _lit(rng, page, pitch, severity)
    page = _blurred(rng, page, pitch, severity)
    grey = _sensed(rng, page, severity)
    return _filed(rng, grey, severity), width / ink.shape[1] * PITCH


def _worn(rng: Rng, ink: Mask, severity: float) -> Mask:
    """Strokes that broke, ink that never took, scratches through the line."""
    if rng.random() < 0.6 * severity:
        # Rubbed off more here than there: a few characters of a line are nearly gone.
        rubbed = np.clip(smooth(rng, ink.shape, PITCH * rng.uniform(0.5, 3)) * 1.6 - 0.5, 0, 1)
        holes = smooth(rng, ink.shape, rng.uniform(4, 22))
        left = np.clip((holes - rng.uniform(0.2, 0.6) * rubbed) * rng.uniform(3, 8), 0, 1)
        ink = ink * left * (1 - rng.uniform(0.1, 0.9) * rubbed)
    elif rng.random() < 0.35 * severity:
        holes = smooth(rng, ink.shape, rng.uniform(3, 14))
        ink = ink * np.clip((holes - rng.uniform(0.05, 0.35)) * 8, 0, 1)
    if rng.random() < 0.15 * severity:
        ink = ink * (rng.random(ink.shape, np.float32) > rng.uniform(0.1, 0.5))
    if rng.random() < 0.3 * severity:
        ink = np.ascontiguousarray(ink, np.float32)
        for _ in range(rng.integers(1, 5)):
            _stroke(rng, ink, 0.0, int(rng.integers(1, 5)))
    return np.asarray(ink, np.float32)


def _stroke(rng: Rng, image: Grey, value: float, width: int) -> None:
    height, length = image.shape
    start = (int(rng.integers(0, length)), int(rng.integers(0, height)))
    reach = rng.normal(0, height / 1.5, 2).astype(int)
    end = (start[0] + int(reach[0]), start[1] + int(reach[1]))
    cv2.line(image, start, end, value, width, cv2.LINE_AA)


def _paper(rng: Rng, shape: tuple[int, ...], pitch: float, severity: float) -> Grey:
    """The unprinted page, 0 to 1: its tone, guilloche, security background, stains."""
    height, width = shape
    paper = np.full((height, width), rng.uniform(0.62, 1.0), np.float32)
    if rng.random() < 0.6:
        paper -= smooth(rng, shape, pitch * rng.uniform(0.5, 6)) * 0.3 * severity * rng.random()
    y = np.arange(height, dtype=np.float32)[:, None] / pitch
    x = np.arange(width, dtype=np.float32) / pitch
    for _ in range(rng.integers(0, 4)):
        paper -= _guilloche(rng, x, y) * rng.uniform(0.02, 0.1 + 0.22 * severity)
    if rng.random() < 0.35 * severity:
        spots = smooth(rng, shape, pitch * rng.uniform(0.08, 0.6))
        paper -= (spots > rng.uniform(0.75, 0.95)) * rng.uniform(0.1, 0.6)
    for _ in range(rng.poisson(0.5 * severity)):
        _stroke(
            rng, paper, float(rng.uniform(0.1, 0.6)), max(1, int(pitch * rng.uniform(0.02, 0.1)))
        )
    return np.asarray(np.clip(paper, 0.05, 1), np.float32)


def _guilloche(rng: Rng, x: Grey, y: Grey) -> Grey:
    """One family of fine wavy lines; ``x`` and ``y`` in pitches."""
    angle, lines = rng.uniform(0, np.pi), rng.uniform(0.5, 7)
    cosine, sine = math.cos(angle), math.sin(angle)
    along, across = x * cosine + y * sine, y * cosine - x * sine
    wave = rng.uniform(0, 0.8) * np.sin(along * rng.uniform(0.3, 5) + rng.uniform(0, 6))
    thin = rng.uniform(0.3, 0.95)
    lines_drawn = np.sin((across + wave) * lines * 2 * math.pi + rng.uniform(0, 6))
    return np.asarray(np.clip((lines_drawn - thin) / (1 - thin + 0.05), 0, 1), np.float32)


def _printed(rng: Rng, paper: Grey, ink: Mask, severity: float) -> Grey:
    """Ink on paper: fainter or darker, unevenly, and spread."""
    black = rng.uniform(0.02, 0.15 + 0.35 * severity)
    if rng.random() < 0.3:
        ink = ink * (
            1 - rng.uniform(0, 0.6) * severity * smooth(rng, ink.shape, rng.uniform(2, 30))
        )
    if rng.random() < 0.2:  # a halo of spread ink
        halo = cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.8, 2.5))
        ink = np.maximum(ink, np.asarray(halo, np.float32) * rng.uniform(0.2, 0.7))
    return np.asarray(paper * (1 - ink) + np.minimum(paper, black) * ink, np.float32)


def _lit(rng: Rng, page: Grey, pitch: float, severity: float) -> Grey:
    """Light that falls off, and glare of the laminate."""
    height, width = page.shape
    slope = rng.normal(0, 0.15 + 0.4 * severity, 2)
    y = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None]
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32)
    page = page * np.clip(1 + float(slope[0]) * x + float(slope[1]) * 0.4 * y, 0.25, 1.8)
    for _ in range(rng.poisson(0.25 * severity)):
        middle = rng.uniform(-0.5, 0.5, 2).tolist()
        reach = rng.uniform(0.4, 3) * pitch
        far = ((x - middle[0]) * width) ** 2 + ((y - middle[1]) * height) ** 2
        page = page + rng.uniform(0.15, 0.75) * np.exp(-far / (2 * reach**2))
    return np.asarray(page, np.float32)


def _blurred(rng: Rng, page: Grey, pitch: float, severity: float) -> Grey:
    """Out of focus by a lens, by movement, or just soft."""
    reach = pitch * rng.uniform(0, 0.03 + 0.085 * severity)
    kind = rng.random()
    if kind < 0.5:
        return np.asarray(cv2.GaussianBlur(page, (0, 0), max(reach, 0.2)), np.float32)
    if kind < 0.85:
        kernel = _disc(reach * 1.8) if kind < 0.7 else _track(rng, reach * 3)
        return np.asarray(cv2.filter2D(page, -1, kernel), np.float32)
    return page


def _disc(radius: float) -> Grey:
    side = int(radius) + 1
    y, x = np.mgrid[-side : side + 1, -side : side + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    return np.asarray(disc / disc.sum(), np.float32)


def _track(rng: Rng, length: float) -> Grey:
    side = int(length / 2) + 1
    angle = rng.uniform(0, np.pi)
    kernel = np.zeros((2 * side + 1, 2 * side + 1), np.float32)
    for step in np.linspace(-length / 2, length / 2, 4 * side + 1):
        x, y = side + step * np.cos(angle), side + step * np.sin(angle)
        kernel[round(y), round(x)] += 1
    return np.asarray(kernel / kernel.sum(), np.float32)


def _sensed(rng: Rng, page: Grey, severity: float) -> npt.NDArray[np.uint8]:
    """Exposure, the sensor's curve and its noise."""
    page = np.clip(page * rng.uniform(0.75, 1.1), 0, 1) ** rng.uniform(0.55, 1.9)
    if rng.random() < 0.3 * severity:  # little contrast
        low = rng.uniform(0, 0.5)
        page = low + page * rng.uniform(0.15, 0.5)
    noise = rng.uniform(0, 0.015 + 0.06 * severity)
    page = page + rng.standard_normal(page.shape, np.float32) * noise
    if rng.random() < 0.08 * severity:
        spoilt = rng.random(page.shape, np.float32) < rng.uniform(0.005, 0.05)
        page = np.where(spoilt, rng.random(page.shape, np.float32), page)
    return np.asarray(np.clip(page * 255, 0, 255), np.uint8)


def _filed(rng: Rng, grey: npt.NDArray[np.uint8], severity: float) -> npt.NDArray[np.uint8]:
    """JPEG, and now and then a scanner that knows only black and white, or one that sharpens."""
    if rng.random() < 0.12:
        soft = cv2.GaussianBlur(grey, (0, 0), 1.0)
        grey = np.asarray(cv2.addWeighted(grey, 2.0, soft, -1.0, 0), np.uint8)
    if rng.random() < 0.06:
        level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
        level += rng.uniform(-20, 20) * severity
        return np.asarray(np.where(grey > level, 255, 0), np.uint8)
    if rng.random() < 0.4:
        quality = int(rng.uniform(95 - 70 * severity, 96))
        _, jpeg = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
        return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE), np.uint8)
    return grey
