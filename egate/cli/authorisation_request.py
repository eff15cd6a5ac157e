"""What ``egate authorisation check`` is asked: a traveller, and all that is known of them."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from egate.cli.outcome import BadInput
from egate.domain.authorisation.succession import Succession, SuccessionKind
from egate.domain.authorisation.travel_authorisation import (
    AuthorisationKind,
    AuthorisationStatus,
    DocumentKey,
    TravelAuthorisation,
    Verification,
)
from egate.domain.authorisation.traveller import (
    Extension,
    Known,
    Offload,
    PastCrossing,
    Purpose,
    Traveller,
)
from egate.domain.record import Direction
from egate.domain.time import UtcSeconds

_MOST: Final = 1000
_FIRST: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_LAST: Final = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)

_State = Annotated[str, Field(pattern=r"^[A-Z]{1,3}$")]
_Number = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,20}$")]
_Port = Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z2-9]{3}$")]
_Moment = Annotated[AwareDatetime, Field(ge=_FIRST, le=_LAST)]
_Ports = Annotated[frozenset[_Port], Field(max_length=_MOST)]
_Count = Annotated[int, Field(ge=0, le=100_000)]
_AboveZero = Annotated[int, Field(ge=1, le=100_000)]


class _Part(BaseModel):
    """A part of the request: an unknown key is an error, and no fault quotes what it was given."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class _Document(_Part):
    issuing_state: _State
    document_number: _Number

    def value(self) -> DocumentKey:
        return DocumentKey(self.issuing_state, self.document_number)


class _Authorisation(_Part):
    kind: AuthorisationKind
    number: Annotated[str, Field(max_length=60)] = ""
    linked_document: _Document
    valid_from: dt.date
    valid_to: dt.date | None
    entries_allowed: _AboveZero | None = None
    entries_used: _Count = 0
    max_stay_days: _AboveZero | None = None
    entry_points: _Ports = frozenset()
    exit_points: _Ports = frozenset()
    conditions: Annotated[str, Field(max_length=500)] = ""
    status: AuthorisationStatus = AuthorisationStatus.VALID
    verified_by: Verification = Verification.SYSTEM
    counted_at: _Moment | None = None

    def value(self) -> TravelAuthorisation:
        return TravelAuthorisation(
            **{
                **dict(self),
                "linked_document": self.linked_document.value(),
                "counted_at": self.counted_at and _utc(self.counted_at),
            }
        )


class _Succession(_Part):
    kind: SuccessionKind
    earlier: _Document
    later: _Document

    def value(self) -> Succession:
        return Succession(self.kind, self.earlier.value(), self.later.value())


class _Crossing(_Part):
    document: _Document
    direction: Direction
    port: _Port
    at: _Moment
    basis: AuthorisationKind | None = None
    max_stay_days: _AboveZero | None = None
    authorised_until: dt.date | None = None
    number: Annotated[str, Field(max_length=60)] = ""

    def value(self) -> PastCrossing:
        return PastCrossing(
            **{**dict(self), "document": self.document.value(), "at": _utc(self.at)}
        )


class _Extension(_Part):
    document: _Document
    number: Annotated[str, Field(max_length=60)] = ""
    given_on: dt.date
    until: dt.date

    def value(self) -> Extension:
        return Extension(**{**dict(self), "document": self.document.value()})


class _Offload(_Part):
    document: _Document
    port: _Port
    begins: _Moment
    ends: _Moment

    def value(self) -> Offload:
        return Offload(self.document.value(), self.port, _utc(self.begins), _utc(self.ends))


class _Request(_Part):
    document: _Document
    document_code: Annotated[str, Field(pattern=r"^[A-Z]{1,2}$")]
    nationality: _State
    direction: Direction
    port: _Port
    at: _Moment
    purpose: Purpose = Purpose.UNKNOWN
    authorisations: Annotated[tuple[_Authorisation, ...], Field(max_length=_MOST)] = ()
    silent: frozenset[AuthorisationKind] = frozenset()
    unconnected: frozenset[AuthorisationKind] = frozenset()
    successions: Annotated[tuple[_Succession, ...], Field(max_length=_MOST)] = ()
    crossings: Annotated[tuple[_Crossing, ...], Field(max_length=_MOST)] | None = ()
    offloads: Annotated[tuple[_Offload, ...], Field(max_length=_MOST)] = ()
    extensions: Annotated[tuple[_Extension, ...], Field(max_length=_MOST)] = ()

    def traveller(self) -> Traveller:
        return Traveller(
            document=self.document.value(),
            document_code=self.document_code,
            nationality=self.nationality,
            direction=self.direction,
            port=self.port,
            at=_utc(self.at),
            purpose=self.purpose,
        )

    def known(self) -> Known:
        crossings = self.crossings
        return Known(
            authorisations=tuple(each.value() for each in self.authorisations),
            silent=self.silent,
            unconnected=self.unconnected,
            successions=tuple(each.value() for each in self.successions),
            crossings=None if crossings is None else tuple(each.value() for each in crossings),
            offloads=tuple(each.value() for each in self.offloads),
            extensions=tuple(each.value() for each in self.extensions),
        )


def traveller_and_known(request: Mapping[str, Any]) -> tuple[Traveller, Known]:
    """Return whom a JSON request asks about, and what it says is known.

    Raises:
        BadInput: a key is unknown or missing, or a value is of the wrong kind; names the key
            and not the value, which is personal.

    """
    try:
        asked = _Request.model_validate_json(json.dumps(request))
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
        key = ".".join(str(part) for part in fault["loc"])
        reason = "unknown key" if fault["type"] == "extra_forbidden" else fault["msg"]
        raise BadInput(f"{key[:200] or 'request'}: {reason}") from None
    return asked.traveller(), asked.known()


def _utc(moment: dt.datetime) -> UtcSeconds:
    return UtcSeconds(moment.timestamp())
