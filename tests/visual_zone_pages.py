"""Pages with a visual zone, in OpenCV's own typeface: no reader of ours was trained on it."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from egate.emrtd.mrz.parse import Mrz, parse
from egate.optical.page_geometry import PageGeometry
from egate.optical.visual_zone.visual_field import VisualField, VisualFieldKind
from tests.trust_forge import TODAY

Image = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]

SCALE = 11.8  # pixels a millimetre: 300 dots an inch
CAPITAL_MM = 2.2
TURNED = 0.6  # degrees
_PAPER = (215, 226, 222)
MRZ = (
    "P<BGDRAHMAN<CHOWDHURY<<NUSRAT<JAHAN".ljust(44, "<"),
    "K102938472BGD8803148F3109122<<<<<<<<<<<<<<<4",
)
VALUES = {
    "country": "BGD",
    "passport number": "K10293847",
    "surname": "RAHMAN CHOWDHURY",
    "given names": "NUSRAT JAHAN",
    "nationality": "BANGLADESHI",
    "date of birth": "14 MAR 1988",
    "sex": "F",
    "date of expiry": "12 SEP 2031",
}
_KINDS = {
    "country": VisualFieldKind.ISSUING_STATE,
    "passport number": VisualFieldKind.DOCUMENT_NUMBER,
    "surname": VisualFieldKind.PRIMARY_IDENTIFIER,
    "given names": VisualFieldKind.SECONDARY_IDENTIFIER,
    "nationality": VisualFieldKind.NATIONALITY,
    "date of birth": VisualFieldKind.DATE_OF_BIRTH,
    "sex": VisualFieldKind.SEX,
    "date of expiry": VisualFieldKind.DATE_OF_EXPIRY,
}
PLACES: dict[str, Box] = {
    name: (44.0, 10.0 + 6.8 * row, 58.0, CAPITAL_MM) for row, name in enumerate(_KINDS)
}


@dataclass(frozen=True)
class Model:
    visual_zone: tuple[VisualField, ...]


@dataclass(frozen=True)
class Reading:
    mrz: Mrz
    geometry: PageGeometry


MODEL = Model(
    tuple(
        VisualField(
            name=name,
            kind=kind,
            box=PLACES[name],
            texts={"BGD": "BANGLADESHI"} if name == "nationality" else {},
        )
        for name, kind in _KINDS.items()
    )
)


def reading(lines: tuple[str, ...] = MRZ) -> Reading:
    """Return the MRZ of a page as it was read, with the page's place."""
    angle = np.deg2rad(TURNED)
    cosine, sine = SCALE * np.cos(angle), SCALE * np.sin(angle)
    to_pixels = np.array([[cosine, -sine, 25.0], [sine, cosine, 14.0], [0, 0, 1]])
    return Reading(parse(lines, TODAY), PageGeometry(to_pixels, (1530, 1090)))


def page(ink: tuple[int, int, int] = (30, 25, 28), **changed: str) -> Image:
    """Return a page with ``VALUES``, of which some are ``changed``; _ for the space in a name."""
    values = VALUES | {name.replace("_", " "): value for name, value in changed.items()}
    image = np.full((1090, 1530, 3), _PAPER, np.uint8)
    for shift in range(0, 1200, 14):
        points = [(x, int(shift + 9 * np.sin(x / 37 + shift / 200))) for x in range(0, 1530, 6)]
        cv2.polylines(image, [np.array(points)], False, (170, 205, 160), 2, cv2.LINE_AA)
    for name, value in values.items():
        left, top, _, height = PLACES[name]
        _write(image, name.title(), (left, top - 1.2), 1.6, (90, 120, 60))
        _write(image, value, (left, top + height), CAPITAL_MM, ink)
    turn = reading().geometry.to_pixels @ np.diag([1 / SCALE, 1 / SCALE, 1.0])
    image = cv2.warpPerspective(image, turn, (1530, 1090), borderValue=_PAPER)
    lens = cv2.GaussianBlur(image, (0, 0), 0.7).astype(np.float32)
    noise = np.random.default_rng(1).normal(0, 3, lens.shape)
    return np.clip(lens + noise, 0, 255).astype(np.uint8)


def _write(
    image: Image, text: str, base: tuple[float, float], capital: float, ink: tuple[int, int, int]
) -> None:
    """Write on an upright page; ``base`` and ``capital`` in millimetres."""
    at = (round(base[0] * SCALE), round(base[1] * SCALE))
    cv2.putText(image, text, at, ink, cv2.FontFace("sans"), round(capital * SCALE / 0.7), 400)
