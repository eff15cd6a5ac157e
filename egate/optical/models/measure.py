"""Make a model from specimens: what repeats on new ones, and limits that worn ones keep.

    python -m egate.optical.models.measure MODEL.toml --new FOLDER --worn FOLDER...

MODEL.toml has what only a person knows: which documents it describes, their size, where the
photograph and the holder's own print are. Its mean specimens are written beside it, its
expectations are written into it, in the place of those it had. The method and the measures are
explained in docs/optical-checks.md.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from math import hypot
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from egate.biometrics.opencv import cv2
from egate.domain.optical_finding import Light
from egate.emrtd.checks import CheckId
from egate.optical.checks.expectations import contrast, scores_of
from egate.optical.checks.inspected_page import InspectedPage
from egate.optical.checks.page_views import Box
from egate.optical.models.document_model import Expectation, ModelCheck, ModelFile, OpticalProperty
from egate.optical.models.specimen_folder import views_of
from egate.optical.models.specimens import Common, common, grid, onto, static_boxes
from egate.settings.files import SettingsError, load

_MEASURED: Final = "# Measured: "
_INK: Final = "photograph_ink"
_FEWEST_BOXES: Final = 3
_LEAST_LIMIT: Final = 0.2
"""Below it an expectation tells nothing: what is measured says so of any page."""
_PRINTED: Final = 0.2
_VANISHED: Final = 0.1
_SHINES: Final = 30.0
"""Standard deviation of ultraviolet grey values from which a place has something that shines."""
_MOST_AROUND: Final = 16
_ROOM: Final = 0.15
"""How far below the lowest score of a genuine page the limit lies."""


class _Wanted(NamedTuple):
    name: str
    check: ModelCheck
    feature: str
    light: Light
    property: OpticalProperty
    boxes: Sequence[Box]
    around: Sequence[Box] = ()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, metavar="MODEL.toml")
    parser.add_argument("--new", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--worn", type=Path, nargs="+", required=True, metavar="FOLDER")
    chosen = parser.parse_args(arguments)
    try:
        written = measure(chosen.model, chosen.new, chosen.worn)
    except SettingsError as error:
        print(f"measure: {error}", file=sys.stderr)  # noqa: T201
        return 2
    print(f"{chosen.model}: {written} expectations")  # noqa: T201
    return 0


def measure(file: Path, new: Path, worn: Sequence[Path]) -> int:
    """Write the expectations and mean specimens of a model; return how many expectations.

    Raises:
        SettingsError: the model or the specimens cannot be used.

    """
    model = load(ModelFile, file)
    shared = common(list(views_of(new)), model)
    boxes = static_boxes(model)
    white = shared.mean[Light.WHITE]
    pages = [*shared.pages]
    for folder in worn:
        pages += [onto(white, views, model, boxes) for views in views_of(folder)]
    for light in Light:
        cv2.imwrite(str(file.with_suffix(f".{light}.png")), shared.mean[light])
    measured = [
        _measured(wanted, shared, pages)
        for wanted in _wanted(shared, model)
        if len(wanted.boxes) >= _FEWEST_BOXES or wanted.name == _INK
    ]
    blocks = [_block(name, each) for name, each in measured if each.limit >= _LEAST_LIMIT]
    by_hand = file.read_text("utf-8").partition(_MEASURED)[0].rstrip()
    head = f"{_MEASURED}{len(shared.pages)} new specimens, {len(pages)} in all."
    file.write_text("\n\n".join([by_hand, head, _specimen(file), *blocks]) + "\n", "utf-8")
    return len(blocks)


def _wanted(shared: Common, model: ModelFile) -> Iterator[_Wanted]:
    """Give what can be expected of a document whose specimens have this in common."""
    white, infrared, ultraviolet = Light.WHITE, Light.INFRARED, Light.ULTRAVIOLET
    optical = OpticalProperty
    boxes = static_boxes(model)
    printed = shared.repeating(white, boxes)
    vanishing, staying = [], []
    for box in printed:
        if contrast(shared.piece(white, box)) > _PRINTED:
            left = contrast(shared.piece(infrared, box))
            vanishing += [box] if left < _VANISHED else []
            staying += [box] if left > _PRINTED else []
    yield _Wanted("print", CheckId.PATTERN, "print of the page", white, optical.PATTERN, printed)
    yield _Wanted(
        "vanishing", CheckId.OPTICAL_IR, "visible print", infrared, optical.TRANSPARENT, vanishing
    )
    yield _Wanted(
        "staying", CheckId.OPTICAL_IR, "infrared print", infrared, optical.PATTERN, staying
    )
    whole = grid((0.0, 0.0, *model.size_mm))
    yield _Wanted("paper", CheckId.OPTICAL_UV, "paper", ultraviolet, optical.DULL, whole)
    shining = [box for box in whole if shared.piece(ultraviolet, box).max(axis=2).std() > _SHINES]
    shining = list(shared.repeating(ultraviolet, shining))
    yield _Wanted(
        "fluorescent",
        CheckId.OPTICAL_UV,
        "fluorescent print",
        ultraviolet,
        optical.LUMINESCENT,
        shining,
    )
    if model.photograph:
        yield from _wanted_of_photograph(shared, model, model.photograph)


def _wanted_of_photograph(shared: Common, model: ModelFile, photograph: Box) -> Iterator[_Wanted]:
    boxes = grid(photograph)
    check: ModelCheck = CheckId.PHOTOGRAPH
    optical = OpticalProperty
    through = shared.coloured_through(boxes)
    yield _Wanted("through_photograph", check, "photograph", Light.WHITE, optical.COLOURS, through)
    yield _Wanted("dull_photograph", check, "photograph", Light.ULTRAVIOLET, optical.DULL, boxes)
    ink = optical.AGREEING if shared.shows_in_infrared(photograph) else optical.TRANSPARENT
    yield _Wanted(_INK, check, "photograph", Light.INFRARED, ink, [photograph])
    yield _Wanted(
        "fluorescent_photograph",
        check,
        "fluorescent print through the photograph",
        Light.ULTRAVIOLET,
        optical.CONTINUOUS,
        shared.shining(boxes),
        _nearest(shared.shining(static_boxes(model)), photograph),
    )


def _nearest(boxes: Sequence[Box], photograph: Box) -> Sequence[Box]:
    """Return the places nearest to the photograph."""
    across, down = (photograph[side] + photograph[side + 2] / 2 for side in (0, 1))

    def away(box: Box) -> float:
        return hypot(box[0] + box[2] / 2 - across, box[1] + box[3] / 2 - down)

    return sorted(boxes, key=away)[:_MOST_AROUND]


def _measured(
    wanted: _Wanted, shared: Common, pages: Sequence[InspectedPage]
) -> tuple[str, Expectation]:
    """Return an expectation with the limit that these pages keep, and its name."""
    trial = Expectation(
        check=wanted.check,
        feature=wanted.feature,
        light=wanted.light,
        property=wanted.property,
        boxes=tuple(wanted.boxes),
        around=tuple(wanted.around),
        limit=0.0,
        chosen_from="",
    )
    scores = [float(np.median(scores_of(page, shared.mean, trial, trial.boxes))) for page in pages]
    lowest, middle = min(scores), float(np.median(scores))
    figures = f"{len(scores)} genuine pages: lowest {lowest:.2f}, median {middle:.2f}"
    limit = round(max(lowest - _ROOM, 0.0), 2)
    return wanted.name, trial.model_copy(update={"limit": limit, "chosen_from": figures})


def _block(name: str, each: Expectation) -> str:
    """Return an expectation in TOML."""
    around = f"around = [\n{_lines(each.around)}]\n" if each.around else ""
    return (
        f"[expectations.{name}]\n"
        f'check = "{each.check}"\nfeature = "{each.feature}"\nlight = "{each.light}"\n'
        f'property = "{each.property}"\nlimit = {each.limit:.2f}\n'
        f'chosen_from = "{each.chosen_from}"\n'
        f"{around}boxes = [\n{_lines(each.boxes)}]"
    )


def _lines(boxes: Sequence[Box]) -> str:
    return "".join(f"    [{', '.join(f'{side:.1f}' for side in box)}],\n" for box in boxes)


def _specimen(file: Path) -> str:
    lines = [f'{light} = "{file.with_suffix(f".{light}.png").name}"' for light in Light]
    return "\n".join(["[specimen]", *lines])


if __name__ == "__main__":
    sys.exit(main())
