"""What one model of documents says: its file in TOML, checked while it is read."""

import re
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from egate.domain.optical_finding import Light
from egate.emrtd.checks import CheckId
from egate.emrtd.mrz.layout import MrzFormat
from egate.optical.visual_zone.visual_field import VisualField
from egate.settings.values import ConfiguredPath, Table

_MOST_MM: Final = 200.0
"""No travel document's page is larger (9303-3 §4: TD3 is 125 x 88)."""

ModelCheck = Literal[CheckId.OPTICAL_IR, CheckId.OPTICAL_UV, CheckId.PHOTOGRAPH, CheckId.PATTERN]
Millimetres = Annotated[float, Field(ge=0, le=_MOST_MM)]
Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise PydanticCustomError(
            "pattern", "no regular expression: {e}", {"e": str(error)}
        ) from None
    return text


class OpticalProperty(StrEnum):
    """The properties of TR-03135-1 §5.5.1.2 that models use, and the opposite of *bright*."""

    ABSORBENT = "absorbent"
    """AB: what is printed there is darker than its ground."""
    TRANSPARENT = "transparent"
    """TR: what is printed there has vanished."""
    AGREEING = "agreeing"
    """AB in infrared and in white light together: both show one picture, equally dark."""
    DULL = "dull"
    """BR, as TR-03135 means it of paper: nothing there shines beyond the limit."""
    LUMINESCENT = "luminescent"
    """LU: what shines there shines in the specimen's shape."""
    CONTINUOUS = "continuous"
    """LU through a photograph: what shines there is the specimen's, as strong as around it."""
    PATTERN = "pattern"
    """FR: the print there is that of the specimen."""
    COLOURS = "colours"
    """FR of the colours alone: background print that runs through a grey photograph."""


Box = tuple[Millimetres, Millimetres, Millimetres, Millimetres]
"""Left, top, width and height in millimetres from the page's upper left corner."""


class Expectation(Table):
    """One routine of TR-03135-1 §5.5.1: a light, a property, places, and from where it holds.

    Args:
        check: the check that the routine is a part of.
        feature: what it is called before an officer.
        boxes: where it is looked for; the measure of most of them counts.
        around: of what is *continuous*, places of the same print beside it; else none.
        limit: the score that is just good enough, 0 to 1; scores are explained in
            docs/optical-checks.md.
        chosen_from: the figures that the limit was chosen from.

    """

    check: ModelCheck
    feature: str
    light: Light
    property: OpticalProperty
    boxes: Annotated[tuple[Box, ...], Field(min_length=1, max_length=400)]
    around: Annotated[tuple[Box, ...], Field(max_length=400)] = ()
    limit: Share
    chosen_from: str

    @model_validator(mode="after")
    def _continuous_beside_something(self) -> Self:
        if (self.property is OpticalProperty.CONTINUOUS) != bool(self.around):
            raise PydanticCustomError("around", "around: of a continuous print, and of no other")
        return self


class Document(Table):
    """Which documents a model describes.

    Args:
        issuing_state: as in the MRZ; None for every State.
        document_code: a regular expression of the whole code in the MRZ.
        number: a regular expression of the whole document number, where it shows the series.

    """

    format: MrzFormat
    issuing_state: Annotated[str, Field(pattern=r"^[A-Z]{1,3}$")] | None = None
    document_code: Annotated[str, AfterValidator(_pattern)] = ".*"
    number: Annotated[str, AfterValidator(_pattern)] = ".*"


class SpecimenImages(Table):
    """The mean specimen under each light, beside the model's file.

    Args:
        pixels_per_mm: of all of them.

    """

    white: ConfiguredPath
    infrared: ConfiguredPath
    ultraviolet: ConfiguredPath
    pixels_per_mm: Annotated[float, Field(ge=1, le=12)] = 4.0


class ModelFile(Table):
    """A model's file.

    Args:
        measured_from: which specimens.
        photograph: where the holder's is; None of a document without.
        personal: where else each document has its own print; nothing is expected there.
        visual_zone: which of its fields say what the MRZ says (docs/visual-zone.md).
        seal: where the document bears a visible digital seal (9303-13); None of one without.

    """

    title: str
    measured_from: str
    document: Document
    size_mm: tuple[
        Annotated[float, Field(gt=10, le=_MOST_MM)], Annotated[float, Field(gt=10, le=_MOST_MM)]
    ]
    photograph: Box | None = None
    personal: tuple[Box, ...] = ()
    visual_zone: tuple[VisualField, ...] = ()
    seal: Box | None = None
    expectations: dict[Name, Expectation] = Field(default_factory=dict)
    specimen: SpecimenImages | None = None

    @model_validator(mode="after")
    def _boxes_are_on_the_page(self) -> Self:
        places = [
            (f"expectations.{name}.{key}", boxes)
            for name, each in self.expectations.items()
            for key, boxes in (("boxes", each.boxes), ("around", each.around))
        ]
        places.append(("personal", self.personal))
        places.append(("visual_zone", tuple(each.box for each in self.visual_zone)))
        for name, place in (("photograph", self.photograph), ("seal", self.seal)):
            if place is not None:
                places.append((name, (place,)))
        for key, boxes in places:
            if not all(self._is_on_the_page(box) for box in boxes):
                raise PydanticCustomError("box", "{key}: not on the page", {"key": key})
        return self

    def _is_on_the_page(self, box: Box) -> bool:
        left, top, width, height = box
        wide, high = self.size_mm
        return 0 < width <= wide - left and 0 < height <= high - top
