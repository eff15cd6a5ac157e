"""COMBINED.MRZ_VIZ: does the visual inspection zone say what the MRZ says?

9303-3 §4.1 has the MRZ for verifying what the visual zone says; BSI TR-03135-1 §5.7.5 asks
readers to compare the two.
"""

import time
from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from egate.domain.optical_finding import OpticalFinding
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.mrz.parse import Mrz
from egate.optical.page_geometry import PageGeometry
from egate.optical.visual_zone.comparison import DIFFERS, End, FieldResult, compare_fields
from egate.optical.visual_zone.field_line import print_without_colours
from egate.optical.visual_zone.unknown_page import compare_unknown_page, is_shown_elsewhere
from egate.optical.visual_zone.visual_field import VisualField

THRESHOLD: Final = 0.5


class PageReading(Protocol):
    """The MRZ of a page, and where the page is in its image."""

    @property
    def mrz(self) -> Mrz: ...
    @property
    def geometry(self) -> PageGeometry: ...


class VisualZoneModel(Protocol):
    """What a model of documents says of the visual zone; nothing if it knows no fields."""

    @property
    def visual_zone(self) -> Sequence[VisualField]: ...


def check_visual_zone(
    white: npt.NDArray[np.uint8], reading: PageReading, model: VisualZoneModel | None
) -> OpticalFinding:
    """Compare the visual zone with the MRZ of one page.

    Args:
        white: the page under white light; height x width x 3, BGR, 8 bits a channel.
        reading: what was read of it.
        model: of the document; None if there is none.

    Returns:
        *failed* if one field shows something else beyond doubt, *undetermined* if one cannot be
        read with certainty, *successful* if all agree. The detail names the fields and never
        what they say.

    """
    began = time.monotonic()
    page = print_without_colours(white)
    fields = () if model is None else model.visual_zone
    if fields:
        results = compare_fields(page, reading.geometry, reading.mrz, fields)
        results = _without_misplaced(results, page, reading, fields)
    else:
        results = compare_unknown_page(page, reading.geometry, reading.mrz)
    outcome, detail, decisive = _judged(results)
    region = None
    if decisive is not None and outcome is Outcome.FAILED:
        region = reading.geometry.region(*decisive.box)
    return OpticalFinding(
        CheckId.MRZ_VIZ,
        outcome,
        detail,
        score=None if decisive is None else 1 / (1 + decisive.contradiction / DIFFERS),
        threshold=THRESHOLD,
        region=region,
        duration_ms=round((time.monotonic() - began) * 1000),
    )


def _without_misplaced(
    results: Sequence[FieldResult],
    page: npt.NDArray[np.uint8],
    reading: PageReading,
    fields: Sequence[VisualField],
) -> list[FieldResult]:
    """Return ``results``, in which what stands elsewhere on the page does not differ.

    Two layouts of one State can have MRZs of one kind; the model may be the other's.
    """
    differing = {each.field for each in results if each.end is End.DIFFERS}
    misplaced = {
        shown.name
        for shown in fields
        if shown.name in differing
        and is_shown_elsewhere(page, reading.geometry, reading.mrz, shown)
    }
    return [
        FieldResult(each.field, End.UNREADABLE, 0.0, each.box)
        if misplaced and each.field in differing
        else each
        for each in results
    ]


def _judged(results: Sequence[FieldResult]) -> tuple[Outcome, str, FieldResult | None]:
    """Return how the check ends, why, and which field decided it."""
    if not results:
        return Outcome.UNDETERMINED, "nothing on this page to compare with the MRZ", None
    worst = max(results, key=lambda each: each.contradiction)
    if differing := [each for each in results if each.end is End.DIFFERS]:
        worst = max(differing, key=lambda each: each.contradiction)
        return Outcome.FAILED, f"not as in the MRZ: {_names(differing)}", worst
    if unreadable := [each for each in results if each.end is End.UNREADABLE]:
        return Outcome.UNDETERMINED, f"cannot be read with certainty: {_names(unreadable)}", None
    return Outcome.SUCCESSFUL, f"as in the MRZ: {_names(results)}", worst


def _names(results: Sequence[FieldResult]) -> str:
    return ", ".join(each.field for each in results)
