"""Pages made from nothing: on paper from a shop, or after another document's specimen."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hardware_mocks.page_scanner.bearer import Content
from hardware_mocks.page_scanner.forgeries.plan import Hand, Plan
from hardware_mocks.page_scanner.ink import INKS, Sheet
from hardware_mocks.page_scanner.layout import (
    Layout,
    PatternPrint,
    PicturePrint,
    TextPrint,
    documents,
    layout,
)
from hardware_mocks.page_scanner.printing import Craft
from hardware_mocks.page_scanner.security_print import PATTERNS

_FIGURES: Final = ("pitch", "radius", "depth", "reach", "angle", "width")


def uv_bright_paper(model: Layout, said: Content, rng: np.random.Generator) -> Plan:
    """Print the page on paper with optical brightener; some imitate what should shine."""
    skill = Hand.of(rng).skill
    brightness = np.float32(rng.uniform(0.28, 0.55 + 0.45 * (1 - skill)))
    imitated = bool(rng.random() < skill)

    def alter(sheet: Sheet) -> Sheet:
        sheet.shine *= brightness
        blue, green, red = (float(part * brightness) for part in sheet.paper.shine)
        sheet.paper = replace(sheet.paper, shine=(blue, green, red))
        if imitated:
            _imitate(sheet, model, rng)
        return sheet

    truth = {
        "care": round(skill, 2),
        "brightness": round(float(brightness), 2),
        "pattern_imitated": imitated,
        "forged": [(0.0, 0.0, *model.size)],
    }
    craft = Craft(paper="bright_paper", shining=False)
    return Plan(model, said, said, craft, alter=alter, truth=truth)


def _imitate(sheet: Sheet, model: Layout, rng: np.random.Generator) -> None:
    """Print the shining patterns with the one fluorescent ink that a forger has."""
    ink = INKS[str(rng.choice(["shining_green", "shining_yellow", "shining_blue"]))]
    height, width = sheet.infrared.shape
    weak = np.float32(rng.uniform(0.3, 0.7))
    for pattern in model.patterns:
        if pattern.ink.startswith("shining"):
            drawn = PATTERNS[pattern.kind]((height, width), sheet.dots_per_mm, pattern.wish)
            sheet.print(drawn * weak, ink)


def other_specimen(model: Layout, said: Content, rng: np.random.Generator) -> Plan:
    """Pass another kind of page off under this document's code and State."""
    skill = Hand.of(rng).skill
    others = [
        name
        for name in documents()
        if name != model.name and layout(name).zone.format == model.zone.format
        and not {*layout(name).states} & {*model.states}
    ]  # fmt: skip
    truth: dict[str, Any] = {"care": round(skill, 2), "forged": [(0.0, 0.0, *model.size)]}
    if others and skill < 0.5:
        name = str(rng.choice(others))
        made = replace(layout(name), size=model.size)
        return Plan(made, said, said, truth={**truth, "made_after": name})
    return Plan(_fantasy(model, skill, rng), said, said, truth={**truth, "made_after": "fantasy"})


def _fantasy(model: Layout, skill: float, rng: np.random.Generator) -> Layout:
    """Return the kind as somebody draws it from memory or from a bad picture."""
    loose = 1.3 - skill
    askew = rng.normal(0, 0.3 + 0.9 * loose, 2)  # of all that is written
    inks = [name for name in INKS if name.startswith("offset")]
    patterns = tuple(
        _redrawn(each, loose, inks, rng) for each in model.patterns if rng.random() > 0.25 * loose
    )
    return replace(
        model,
        patterns=patterns,
        texts=tuple(_reset(each, askew, loose, rng) for each in model.texts),
        photograph=_moved(model.photograph, loose, rng),
        ghost=_moved(model.ghost, loose, rng) if rng.random() > 0.3 * loose else None,
    )


def _redrawn(
    pattern: PatternPrint, loose: float, inks: list[str], rng: np.random.Generator
) -> PatternPrint:
    wish: Mapping[str, Any] = {
        key: value * float(rng.uniform(1 - 0.35 * loose, 1 + 0.45 * loose))
        if key in _FIGURES
        else value
        for key, value in pattern.wish.items()
    }
    if "lobes" in wish:
        wish = {**wish, "lobes": max(3, wish["lobes"] + int(rng.integers(-5, 6)))}
    if "centre" in wish and isinstance(wish["centre"], list):
        off = rng.normal(0, 1.0 + 4.0 * loose, 2)
        wish = {**wish, "centre": [wish["centre"][0] + off[0], wish["centre"][1] + off[1]]}
    shines = pattern.ink.startswith("shining")
    ink = pattern.ink if shines or rng.random() > 0.5 * loose else str(rng.choice(inks))
    return PatternPrint(pattern.kind, ink, pattern.strength * float(rng.uniform(0.7, 1.2)), wish)


def _reset(
    text: TextPrint, askew: npt.NDArray[np.float64], loose: float, rng: np.random.Generator
) -> TextPrint:
    off = askew + rng.normal(0, 0.1 + 0.3 * loose, 2)
    at = text.at[0] + float(off[0]), text.at[1] + float(off[1])
    return replace(text, at=at, size=text.size * float(rng.uniform(0.93, 1.06)))


def _moved(
    picture: PicturePrint | None, loose: float, rng: np.random.Generator
) -> PicturePrint | None:
    if picture is None:
        return None
    left, top, width, height = picture.place
    off, grown = rng.normal(0, 0.5 + 1.5 * loose, 2), float(rng.uniform(0.93, 1.05))
    place = (max(1.0, left + float(off[0])), top + float(off[1]), width * grown, height * grown)
    return replace(picture, place=place)
