"""Documents as data: what is printed where on a page, and how. In millimetres throughout."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

_FOLDER: Final = Path(__file__).parent / "layouts"

Place = tuple[float, float, float, float]
"""Left, top, width and height, from the upper left corner of the page."""

ZoneFormat = Literal["TD3", "TD1", "MRV-A"]
SealProfile = Literal["visa", "emergency"]


@dataclass(frozen=True, slots=True)
class ZonePrint:
    """The machine readable zone: where its first characters and the middles of its lines lie."""

    format: ZoneFormat
    document_code: str
    left: float
    lines: tuple[float, ...]
    ink: str


@dataclass(frozen=True, slots=True)
class PicturePrint:
    """A photograph of the bearer; ``fades`` is how much lighter than the first one it is."""

    place: Place
    ink: str
    fades: float = 0.0
    coloured: bool = False


@dataclass(frozen=True, slots=True)
class TextPrint:
    """A text; one of the bearer's when ``field`` names which, the same on every page otherwise."""

    at: tuple[float, float]
    size: float
    ink: str
    text: str = ""
    field: str = ""
    font: str = "sans"
    centred: bool = False


@dataclass(frozen=True, slots=True)
class PatternPrint:
    """A pattern of the background; ``strength`` is how much of the ink there is."""

    kind: str
    ink: str
    strength: float
    wish: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SealPrint:
    """The bar code of a visible digital seal; ``place`` is that of its modules, a square."""

    profile: SealProfile
    place: Place
    ink: str


@dataclass(frozen=True, slots=True)
class CalmPlace:
    """Where the background is fainter, so that what stands there can be read (9303-3 §4.2.2)."""

    place: Place
    share: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of document.

    ``lies_on`` is what the scanner sees around it: its own dark ``lid``, or the ``page`` that a
    sticker is on. ``paper`` names one of the papers; ``fibres`` is how many shining ones lie in a
    page of it; ``laminate`` is how much it shines back at a lamp, 0 (paper) to 1. ``states`` issue
    it, to people of ``nationalities``; it is valid for five or ten years, or ``months_valid``.
    """

    name: str
    size: tuple[float, float]
    lies_on: Literal["lid", "page"]
    paper: str
    fibres: int
    laminate: float
    states: tuple[str, ...]
    nationalities: tuple[str, ...]
    months_valid: int
    zone: ZonePrint
    photograph: PicturePrint | None
    ghost: PicturePrint | None
    patterns: tuple[PatternPrint, ...]
    calm: tuple[CalmPlace, ...]
    texts: tuple[TextPrint, ...]
    seal: SealPrint | None = None


def rounded(place: Place) -> Place:
    """Return a place in hundredths of a millimetre."""
    left, top, width, height = (round(side, 2) for side in place)
    return left, top, width, height


def documents() -> tuple[str, ...]:
    """Return the names of all kinds."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


@cache
def layout(name: str) -> Layout:
    """Return the kind of that name; raises KeyError for one that is not there."""
    file = _FOLDER / f"{name}.toml"
    if name not in documents():
        raise KeyError(name)
    table = tomllib.loads(file.read_text("utf-8"))
    zone = table["zone"]
    defaults = table["print"]
    return Layout(
        name=name,
        size=(table["size"][0], table["size"][1]),
        lies_on=table["lies_on"],
        paper=table["paper"],
        fibres=table["fibres"],
        laminate=table["laminate"],
        states=tuple(table["states"]),
        nationalities=tuple(table.get("nationalities", ())),
        months_valid=table.get("months_valid", 0),
        zone=ZonePrint(**{**zone, "lines": tuple(zone["lines"])}),
        photograph=_picture(table.get("photograph")),
        ghost=_picture(table.get("ghost")),
        patterns=tuple(_pattern(each) for each in table["pattern"]),
        calm=tuple(CalmPlace(_place(each["place"]), each["share"]) for each in table["calm"]),
        texts=tuple(_text(each, defaults) for each in _texts(table)),
        seal=_seal(table.get("seal")),
    )


def _place(given: list[float]) -> Place:
    left, top, width, height = given
    return left, top, width, height


def _picture(table: Mapping[str, Any] | None) -> PicturePrint | None:
    return None if table is None else PicturePrint(**{**table, "place": _place(table["place"])})


def _seal(table: Mapping[str, Any] | None) -> SealPrint | None:
    return None if table is None else SealPrint(**{**table, "place": _place(table["place"])})


def _pattern(table: Mapping[str, Any]) -> PatternPrint:
    wish = {key: value for key, value in table.items() if key not in {"kind", "ink", "strength"}}
    return PatternPrint(table["kind"], table["ink"], table["strength"], wish)


def _texts(table: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the fixed texts, and for each field the label and what stands below it."""
    print_ = table["print"]
    found = list(table.get("text", ()))
    for each in table.get("field", ()):
        left, top = each["at"]
        label = {"at": (left, top), "text": each["label"], "size": print_["label_size"]}
        found.append({**label, "font": print_["label_font"], "ink": print_["label_ink"]})
        below = (left, top + each.get("below", print_["below"]))
        found.append({"at": below, "field": each["field"], "size": each.get("size")})
    return found


def _text(table: Mapping[str, Any], defaults: Mapping[str, Any]) -> TextPrint:
    at = (table["at"][0], table["at"][1])
    written = bool(table.get("field"))
    return TextPrint(
        at=at,
        size=table.get("size") or defaults["size"],
        ink=table.get("ink") or defaults["ink" if written else "label_ink"],
        text=table.get("text", ""),
        field=table.get("field", ""),
        font=table.get("font") or defaults["font" if written else "label_font"],
        centred=table.get("centred", False),
    )
