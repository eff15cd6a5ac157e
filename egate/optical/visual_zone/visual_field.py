"""A field of the visual inspection zone: what is printed where (9303-3 §3.1, 9303-4 §3.1)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from egate.settings.values import Table


class VisualFieldKind(StrEnum):
    """What of the MRZ a field shows."""

    DOCUMENT_NUMBER = "document_number"
    PRIMARY_IDENTIFIER = "primary_identifier"
    SECONDARY_IDENTIFIER = "secondary_identifier"
    NAME = "name"
    """Primary and then secondary identifier in one field."""
    NAME_GIVEN_FIRST = "name_given_first"
    """Secondary and then primary identifier."""
    ISSUING_STATE = "issuing_state"
    NATIONALITY = "nationality"
    DATE_OF_BIRTH = "date_of_birth"
    DATE_OF_EXPIRY = "date_of_expiry"
    SEX = "sex"
    PERSONAL_NUMBER = "personal_number"
    """The first optional data of the MRZ."""


Millimetre = Annotated[float, Field(ge=0, le=200)]


class VisualField(Table):
    """One field, as the model of a document has it.

    Args:
        name: what officers call it, in English.
        kind: what of the MRZ it shows.
        box: left, top, width, height of the printed value - without its caption - in
            millimetres of the page; a value that is shorter than others leaves it half empty.
        date_format: of a date: ``DD``, ``MM`` or ``MMM`` (the month's name, by 9303-3 §3.8),
            ``YYYY`` or ``YY``, with anything else between them.
        texts: how a State or a sex is printed, by what the MRZ has of it; a State that is not
            here is not compared. Empty: as in the MRZ.

    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z ]{1,39}$")]
    kind: VisualFieldKind
    box: tuple[Millimetre, Millimetre, Millimetre, Millimetre]
    date_format: Annotated[str, Field(pattern=r"^[DMY ./-]*$")] = "DD MMM YYYY"
    texts: dict[str, str] = Field(default_factory=dict)
