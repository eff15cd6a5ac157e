"""What a model expects of places of its page, measured: the basic routines of TR-03135-1 §5.5.1."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from egate.domain.optical_finding import Light
from egate.emrtd.checks import Outcome
from egate.optical.checks.inspected_page import COARSE, InspectedPage, fine_colours
from egate.optical.checks.page_views import Box, Image, grey
from egate.optical.checks.routine import Routine, judged
from egate.optical.checks.shining_print import continuities
from egate.optical.checks.tiles import cut, found_tiles
from egate.optical.models.document_model import Expectation, OpticalProperty
from egate.optical.page_image import brightest_channel

_FAULTS: Final = {
    OpticalProperty.ABSORBENT: "{}: fainter than the model's",
    OpticalProperty.TRANSPARENT: "{}: seen where the model's ink vanishes",
    OpticalProperty.AGREEING: "{}: infrared does not show what white light shows",
    OpticalProperty.DULL: "{}: shines where the model's is dull",
    OpticalProperty.LUMINESCENT: "{}: what shines is not the model's",
    OpticalProperty.CONTINUOUS: "{}: does not go on as strong as around it",
    OpticalProperty.PATTERN: "{}: not the model's print",
    OpticalProperty.COLOURS: "{}: the background does not run through it",
}


def expected(
    page: InspectedPage, specimen: Mapping[Light, Image], expectation: Expectation
) -> Routine:
    """Measure one expectation of a model, whose specimens are ``specimen``."""
    light, feature = expectation.light, expectation.feature
    if not page.views.has(light):
        return Routine(Outcome.NOT_SUPPORTED, f"the scanner has no {light} image", light)
    seen = [box for box in expectation.boxes if not page.is_hidden(box)]
    if 2 * len(seen) < len(expectation.boxes):
        detail = f"{feature}: too little of it can be seen"
        return Routine(Outcome.UNDETERMINED, detail, light, box=expectation.boxes[0])
    scores = scores_of(page, specimen, expectation, seen)
    return judged(
        float(np.median(scores)),
        expectation.limit,
        light,
        seen[int(np.argmin(scores))],
        (f"{feature}: as the model's", _FAULTS[expectation.property].format(feature)),
    )


def scores_of(
    page: InspectedPage,
    specimen: Mapping[Light, Image],
    expectation: Expectation,
    boxes: Sequence[Box],
) -> list[float]:
    """Return the score of each place, 0 to 1."""
    light, quality = expectation.light, expectation.property
    match quality:
        case OpticalProperty.PATTERN | OpticalProperty.LUMINESCENT:
            tiles = found_tiles(page.coarse(light), specimen[light], boxes, COARSE)
            return [max(tile.likeness, 0.0) for tile in tiles]
        case OpticalProperty.CONTINUOUS:
            around = expectation.around
            return continuities(page.coarse(light), specimen[light], boxes, around, COARSE)
        case OpticalProperty.COLOURS:
            wanted = fine_colours(specimen[Light.WHITE])
            tiles = found_tiles(page.colours, wanted, boxes, COARSE)
            return [max(tile.likeness, 0.0) for tile in tiles]
        case OpticalProperty.AGREEING:
            lights = page.coarse(Light.WHITE), page.coarse(light)
            return [agreement(*(cut(each, box, COARSE) for each in lights)) for box in boxes]
        case OpticalProperty.ABSORBENT | OpticalProperty.TRANSPARENT | OpticalProperty.DULL:
            pieces = [cut(page.coarse(light), box, COARSE) for box in boxes]
            return [_measure(piece, quality) for piece in pieces]


def _measure(piece: Image, quality: OpticalProperty) -> float:
    if quality is OpticalProperty.DULL:
        return 1 - brightness(piece)
    share = contrast(piece)
    return share if quality is OpticalProperty.ABSORBENT else 1 - share


def agreement(white: Image, infrared: Image) -> float:
    """Return how far one picture, in the same ink, is seen under both lights, 0 to 1."""
    one = grey(white).astype(np.float64).ravel()
    other = infrared.astype(np.float64).ravel()
    spreads = sorted((float(one.std()), float(other.std())))
    if spreads[0] < 1.0:
        return 0.0
    alike = float(np.corrcoef(one, other)[0, 1])
    return max(alike, 0.0) * spreads[0] / spreads[1]


def contrast(piece: Image) -> float:
    """Return how much darker the darkest of a piece is than its lightest, 0 to 1."""
    light, dark = np.percentile(piece, (90, 3))
    return float((light - dark) / max(light, 1.0))


def brightness(piece: Image) -> float:
    """Return how bright most of a coloured piece is in its brightest channel, 0 to 1."""
    return float(np.percentile(brightest_channel(piece), 75)) / 255
