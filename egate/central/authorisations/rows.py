"""Rows of files about authorisations, successions, extensions and systems, as texts and as values.

A row has texts alone, as CSV does, so that what is written is read back as it was.
"""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from egate.central.document_key import document_key, plain_number
from egate.domain.authorisation.succession import Succession, SuccessionKind
from egate.domain.authorisation.travel_authorisation import (
    AuthorisationKind,
    AuthorisationStatus,
    DocumentKey,
    TravelAuthorisation,
    Verification,
)
from egate.domain.authorisation.traveller import Extension
from egate.domain.time import UtcSeconds

OF_NO_DOCUMENT: Final = UUID(int=0)
_MOST_CHARACTERS: Final = 500
_MOST_HOURS: Final = 24 * 366
_FIRST: Final = dt.date(1900, 1, 1)
_LAST: Final = dt.date(2200, 1, 1)


class RowRefused(ValueError):
    """A row cannot be taken; says why in one line, and nothing of what is in it."""


class Standing(StrEnum):
    """Whether what was said still holds."""

    VALID = "valid"
    WITHDRAWN = "withdrawn"


class SystemState(StrEnum):
    """Whether a system that issues authorisations can be believed to have told all."""

    CONNECTED = "connected"
    SILENT = "silent"
    UNCONNECTED = "unconnected"


def _or_none(value: object) -> object:
    return None if value == "" else value


def _day(value: str) -> dt.date:
    return dt.date.fromisoformat(value)  # pydantic takes 20260101 for seconds


_State = Annotated[str, Field(pattern=r"^[A-Z]{1,3}$")]
_Number = Annotated[
    str,
    Field(pattern=r"^[< -]*[A-Za-z0-9][A-Za-z0-9< -]*$", max_length=40, repr=False),
    AfterValidator(plain_number),
]
_OwnNumber = Annotated[str, Field(pattern=r"^[A-Za-z0-9 /.()-]{1,60}$", repr=False)]
_Ports = Annotated[
    str, Field(pattern=r"^([A-Z]{2}[A-Z2-9]{3}( [A-Z]{2}[A-Z2-9]{3})*)?$", max_length=300)
]
_Words = Annotated[str, Field(max_length=_MOST_CHARACTERS, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Name = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,80}$")]
_Day = Annotated[dt.date, BeforeValidator(_day), Field(ge=_FIRST, le=_LAST)]
_OptionalDay = Annotated[_Day | None, BeforeValidator(_or_none)]
_OptionalCount = Annotated[
    Annotated[int, Field(ge=1, le=100_000)] | None, BeforeValidator(_or_none)
]
_OptionalMoment = Annotated[AwareDatetime | None, BeforeValidator(_or_none)]


class _Row(BaseModel):
    """One row: a column that is unknown is an error, and no fault quotes what it was given."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    subject: ClassVar[str]

    @property
    def identity(self) -> str:
        """What tells it from others of its subject, whatever else it says."""
        raise NotImplementedError

    @property
    def documents(self) -> tuple[DocumentKey, ...]:
        """Which documents it is about."""
        return ()

    @property
    def keys(self) -> tuple[UUID, ...]:
        """Where it lies."""
        found = [document_key(*_pair(document)) for document in self.documents]
        return tuple(key for key in found if key) or (OF_NO_DOCUMENT,)

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        """Return the row that a file has.

        Raises:
            RowRefused: a column is unknown or missing, or a value cannot be right.

        """
        try:
            return cls.model_validate({name: _text(row[name]) for name in row})
        except ValidationError as error:
            fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
            place = fault["loc"][0] if fault["loc"] else cls.subject
            if fault["type"] == "extra_forbidden":
                raise RowRefused(f"a column that no row of {cls.subject} has") from None
            raise RowRefused(f"{place}: {fault['msg']}") from None

    def texts(self) -> dict[str, str]:
        """Return the columns; `of` gives the same row again."""
        found = self.model_dump(mode="json")
        return {name: "" if value is None else str(value) for name, value in found.items()}


class AuthorisationRow(_Row):
    """One authorisation; its kind and number tell it from others."""

    subject = "authorisations"
    kind: AuthorisationKind
    number: _OwnNumber
    issuing_state: _State
    document_number: _Number
    category: _Words = ""
    issued_by: _Words = ""
    issued_on: _OptionalDay = None
    place_of_issue: _Words = ""
    valid_from: _Day
    valid_to: _OptionalDay = None
    entries_allowed: _OptionalCount = None
    entries_used: Annotated[int, Field(ge=0, le=100_000)] = 0
    counted_at: _OptionalMoment = None
    max_stay_days: _OptionalCount = None
    entry_points: _Ports = ""
    exit_points: _Ports = ""
    conditions: _Words = ""
    status: AuthorisationStatus = AuthorisationStatus.VALID
    verified_by: Verification = Verification.SYSTEM

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        if self.entries_used and self.counted_at is None:
            raise ValueError("entries_used needs counted_at: up to when they were counted")
        return self

    @property
    def identity(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def documents(self) -> tuple[DocumentKey, ...]:
        return (DocumentKey(self.issuing_state, self.document_number),)

    def value(self) -> TravelAuthorisation:
        """Return it as the rules take it."""
        return TravelAuthorisation(
            kind=self.kind,
            number=self.number,
            linked_document=self.documents[0],
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            entries_allowed=self.entries_allowed,
            entries_used=self.entries_used,
            max_stay_days=self.max_stay_days,
            entry_points=frozenset(self.entry_points.split()),
            exit_points=frozenset(self.exit_points.split()),
            conditions=self.conditions,
            status=self.status,
            verified_by=self.verified_by,
            counted_at=UtcSeconds(self.counted_at.timestamp()) if self.counted_at else None,
        )


class SuccessionRow(_Row):
    """One document that came after another, or beside it."""

    subject = "successions"
    kind: SuccessionKind
    earlier_issuing_state: _State
    earlier_document_number: _Number
    later_issuing_state: _State
    later_document_number: _Number
    recorded_on: _OptionalDay = None
    status: Standing = Standing.VALID

    @model_validator(mode="after")
    def _of_two(self) -> Self:
        if len(set(self.documents)) < 2:  # noqa: PLR2004 - both
            raise ValueError("a document does not succeed itself")
        return self

    @property
    def identity(self) -> str:
        return " ".join([self.kind, *(part for each in self.documents for part in _pair(each))])

    @property
    def documents(self) -> tuple[DocumentKey, ...]:
        return (
            DocumentKey(self.earlier_issuing_state, self.earlier_document_number),
            DocumentKey(self.later_issuing_state, self.later_document_number),
        )

    def value(self) -> Succession | None:
        """Return it as the rules take it, None when it was withdrawn."""
        return Succession(self.kind, *self.documents) if self.status is Standing.VALID else None


class ExtensionRow(_Row):
    """One decision about the last day of a stay."""

    subject = "extensions"
    number: _OwnNumber
    issuing_state: _State
    document_number: _Number
    given_on: _Day
    authorised_until: _Day
    status: Standing = Standing.VALID

    @property
    def identity(self) -> str:
        return self.number

    @property
    def documents(self) -> tuple[DocumentKey, ...]:
        return (DocumentKey(self.issuing_state, self.document_number),)

    def value(self) -> Extension | None:
        """Return it as the rules take it, None when it was withdrawn."""
        if self.status is Standing.WITHDRAWN:
            return None
        return Extension(self.documents[0], self.number, self.given_on, self.authorised_until)


class SystemRow(_Row):
    """Which system issues authorisations of a kind, and whether it tells the centre of them."""

    subject = "systems"
    kind: AuthorisationKind
    source_system: _Name
    state: SystemState
    heard_within_hours: Annotated[
        Annotated[int, Field(ge=1, le=_MOST_HOURS)] | None, BeforeValidator(_or_none)
    ] = None

    @property
    def identity(self) -> str:
        return self.kind


Row = AuthorisationRow | SuccessionRow | ExtensionRow | SystemRow
ROWS: Final[Mapping[str, type[Row]]] = {
    kind.subject: kind for kind in (AuthorisationRow, SuccessionRow, ExtensionRow, SystemRow)
}


def _pair(document: DocumentKey) -> tuple[str, str]:
    return document.issuing_state, document.document_number


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise RowRefused("a field is missing, or not a text")
    return value.strip()
