"""Letters changed: in the machine readable zone, in the visual zone, or all of it reprinted."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import numpy as np

from hardware_mocks.chip.mrz import ZoneFields
from hardware_mocks.page_scanner.bearer import (
    Content,
    another_name,
    visual_date,
    zone_date,
    zone_lines,
)
from hardware_mocks.page_scanner.forgeries.plan import Hand, Plan, forgers_ink, scrape
from hardware_mocks.page_scanner.ink import INKS, Ink, Sheet
from hardware_mocks.page_scanner.layout import Layout, Place, rounded
from hardware_mocks.page_scanner.lettering import letters
from hardware_mocks.page_scanner.printing import (
    HALF_CAPITAL_EM,
    OCR_B_EM_MM,
    Craft,
    letter_at,
    text_place,
    write,
)

_IN_BOTH: Final = ("surname", "given_names", "document_number", "date_of_birth", "date_of_expiry")
_CELL_MM: Final = (2.54, 3.1)
_CLUMSY: Final = 0.25  # of the careless take another font than OCR-B


class _Tool(NamedTuple):
    """What letters are set with."""

    font: str
    ink: Ink


def mrz_altered(model: Layout, said: Content, rng: np.random.Generator) -> Plan:
    """Change a field of the zone; the careful make its check digits right again."""
    hand = Hand.of(rng)
    skill = hand.skill
    name, fields, text = changed_field(model, said, rng)
    lines = zone_lines(model.zone.format, fields)
    if skill < 0.4:
        lines = _careless(said.lines, lines)
    cells = [
        (row, place)
        for row, line in enumerate(lines)
        for place, letter in enumerate(line)
        if letter != said.lines[row][place]
    ]
    both = bool(skill > 0.5 and rng.random() < 0.5)
    texts = {**said.texts, name: text} if both else said.texts

    def alter(sheet: Sheet) -> Sheet:
        font = "sans" if skill < 0.5 and rng.random() < _CLUMSY else "ocr_b"
        tool = _Tool(font, forgers_ink(model.zone.ink, hand)[1])
        for row, place in cells:
            _overprint(sheet, model, (row, place), lines[row][place], tool, hand)
        if both:
            _rewrite(sheet, model, name, (said.texts[name], text), hand)
        return sheet

    truth = {
        "care": round(skill, 2),
        "field": name,
        "check_digits_right": skill >= 0.4,
        "visual_zone_too": both,
        "mrz_before": list(said.lines),
        "forged": [_cell(model, row, place) for row, place in cells],
    }
    return Plan(model, said, replace(said, lines=lines, texts=texts), alter=alter, truth=truth)


def visual_zone_changed(model: Layout, said: Content, rng: np.random.Generator) -> Plan:
    """Change a field of the visual zone and leave the machine readable one."""
    hand = Hand.of(rng)
    skill = hand.skill
    name, _, text = changed_field(model, said, rng)
    shown = replace(said, texts={**said.texts, name: text})
    (style,) = (each for each in model.texts if each.field == name)
    truth = {
        "care": round(skill, 2),
        "field": name,
        "text_before": said.texts[name],
        "forged": [rounded(text_place(style, text))],
    }
    if skill > 0.75:  # made so from the start: nothing was scraped
        return Plan(model, shown, shown, truth=truth)

    def alter(sheet: Sheet) -> Sheet:
        _rewrite(sheet, model, name, (said.texts[name], text), hand)
        return sheet

    return Plan(model, said, shown, alter=alter, truth=truth)


def mrz_visible_ink_only(model: Layout, said: Content, rng: np.random.Generator) -> Plan:
    """Print the zone, or all that is the bearer's, with an ink that infrared does not see."""
    hand = Hand.of(rng)
    skill = hand.skill
    dye = INKS["dye"]
    ink = replace(dye, infrared=float(dye.infrared - 0.32 * skill * rng.uniform(0, 1)))
    whole = bool(rng.random() < 0.5)
    craft = Craft(
        zone_ink=ink, personal_ink=ink if whole else None, picture_ink=ink if whole else None
    )
    truth = {
        "care": round(skill, 2),
        "all_of_the_bearer": whole,
        "forged": [(0.0, model.size[1] - 23.2, model.size[0], 23.2)],
    }
    return Plan(model, said, said, craft, truth=truth)


def changed_field(
    model: Layout, said: Content, rng: np.random.Generator
) -> tuple[str, ZoneFields, str]:
    """Return which field is changed, the fields with it, and how the visual zone would say it."""
    there = {text.field for text in model.texts}
    name = str(rng.choice([name for name in _IN_BOTH if name in there]))
    fields = said.fields
    if name.startswith("date"):
        return (name, *_other_date(name, fields, said, rng))
    if name == "document_number":
        number = _other_digits(fields.document_number, rng)
        return name, replace(fields, document_number=number), number
    old: Mapping[str, str] = {"surname": fields.surname, "given_names": fields.given_names}
    new = another_name(name, fields.sex, old[name], rng)
    given = {"surname": replace(fields, surname=new)}
    return name, given.get(name, replace(fields, given_names=new)), new


def _other_date(
    name: str, fields: ZoneFields, said: Content, rng: np.random.Generator
) -> tuple[ZoneFields, str]:
    """Move a date of birth by years, or put an expiry off."""
    written = datetime.strptime(said.texts[name], "%d %b %Y").date()  # noqa: DTZ007 - a day
    years = int(rng.integers(1, 9)) * (1 if name == "date_of_expiry" else -1)
    moved = written + timedelta(days=365 * years + int(rng.integers(-40, 40)))
    if name == "date_of_expiry":
        return replace(fields, date_of_expiry=zone_date(moved)), visual_date(moved)
    return replace(fields, date_of_birth=zone_date(moved)), visual_date(moved)


def _other_digits(number: str, rng: np.random.Generator) -> str:
    """Change one to three digits of a number."""
    digits = [place for place, letter in enumerate(number) if letter.isdigit()]
    changed = list(number)
    for place in rng.choice(digits, int(rng.integers(1, 4)), replace=False):
        changed[place] = str((int(changed[place]) + int(rng.integers(1, 10))) % 10)
    return "".join(changed)


def _careless(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    """Change one character of what a careful forger would have changed, and no check digit."""
    for row, (old, new) in enumerate(zip(before, after, strict=True)):
        places = [
            place for place, pair in enumerate(zip(old, new, strict=True)) if len({*pair}) > 1
        ]
        if places:
            kept = len(places) if row == 0 and len(before) == 2 else max(1, len(places) - 2)
            changed = "".join(
                new[place] if place in places[:kept] else letter for place, letter in enumerate(old)
            )
            return (*before[:row], changed, *before[row + 1 :])
    return after


def _cell(model: Layout, row: int, place: int) -> Place:
    left, middle = letter_at(model, row, place)
    return rounded((left, middle - _CELL_MM[1] / 2, *_CELL_MM))


def _overprint(
    sheet: Sheet, model: Layout, cell: tuple[int, int], letter: str, tool: _Tool, hand: Hand
) -> None:
    """Scrape one letter of the zone off and set another."""
    chance, loose = hand.chance, 1 - hand.skill
    scrape(sheet, _cell(model, *cell), float(chance.uniform(0.72, 0.97)), chance)
    left, middle = letter_at(model, *cell)
    size = OCR_B_EM_MM * float(1 + chance.normal(0, 0.02 + 0.05 * loose))
    at = (
        left + (0 if tool.font == "ocr_b" else 0.4) + float(chance.normal(0, 0.05 + 0.18 * loose)),
        middle + HALF_CAPITAL_EM * size + float(chance.normal(0, 0.05 + 0.18 * loose)),
    )
    weight = float(chance.normal(0, 0.03 + 0.05 * loose))
    drawn = letters(letter, tool.font, size, at, sheet.dots_per_mm, weight)
    if drawn is not None:
        sheet.print(drawn.mask, tool.ink, drawn.left, drawn.top)


def _rewrite(sheet: Sheet, model: Layout, name: str, texts: tuple[str, str], hand: Hand) -> None:
    """Scrape a field of the visual zone off and write another; ``texts`` before and after."""
    chance, loose = hand.chance, 1 - hand.skill
    (style,) = (each for each in model.texts if each.field == name)
    left, top, width, height = text_place(style, texts[0])
    gone = (left - 0.3, top - 0.1, width + 0.6, height + 0.2)
    scrape(sheet, gone, float(chance.uniform(0.8, 0.98)), chance)
    off = chance.normal(0, 0.05 + 0.2 * loose, 2)
    new = replace(
        style,
        at=(style.at[0] + float(off[0]), style.at[1] + float(off[1])),
        size=style.size * float(1 + chance.normal(0, 0.01 + 0.05 * loose)),
        font="sans" if loose > 0.5 and chance.random() < 0.4 else style.font,
    )
    write(sheet, new, texts[1], forgers_ink(style.ink, hand)[1])
