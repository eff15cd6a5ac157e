"""The question about a traveller's authorisations and its answer, as messages and back."""

import datetime as dt
import re
from types import MappingProxyType
from typing import Final

from egate.domain.authorisation.background import BackgroundAnswer
from egate.domain.authorisation.entering import Grant
from egate.domain.authorisation.stay import StayLength, StayLimit
from egate.domain.authorisation.travel_authorisation import AuthorisationKind, DocumentKey
from egate.domain.authorisation.traveller import Purpose, Traveller
from egate.emrtd.checks import CheckId
from egate.reporting.wire_values import (
    DIRECTIONS,
    RecordMalformed,
    decode_checks,
    decode_moment,
    encode_checks,
    encode_moment,
    member,
    named,
)
from egate.wire.v1 import authorisation_pb2 as wire
from egate.wire.v1 import crossing_pb2

_CHECKS: Final = (CheckId.AUTHORISATION, CheckId.CLEARANCE, CheckId.STAY)
_PURPOSES: Final = MappingProxyType(
    {
        Purpose.UNKNOWN: wire.PURPOSE_UNSPECIFIED,
        Purpose.EMPLOYMENT: wire.PURPOSE_EMPLOYMENT,
        Purpose.OFFICIAL: wire.PURPOSE_OFFICIAL,
        Purpose.OTHER: wire.PURPOSE_OTHER,
    }
)
_FIRST_SECOND: Final = 946_684_800
"""2000: who asks about an earlier day has a clock that is wrong."""
_LAST_SECOND: Final = 7_258_118_400  # 2200
_FIELDS: Final = MappingProxyType(
    {
        "crossing_id": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        "issuing_state": re.compile(r"[A-Z]{1,3}"),
        "document_number": re.compile(r"[A-Z0-9<]{1,40}"),
        "document_code": re.compile(r"[A-Z][A-Z0-9]?"),
        "nationality": re.compile(r"[A-Z]{1,3}"),
        "border_crossing_point": re.compile(r"[A-Z]{2}[A-Z0-9]{3}"),
    }
)


def encode_question(traveller: Traveller, crossing_id: str) -> wire.CheckRequest:
    """Return the question about ``traveller``.

    Raises:
        RecordMalformed: a text is no Unicode, or the time none of this age.

    """
    try:
        return wire.CheckRequest(
            crossing_id=crossing_id,
            issuing_state=traveller.document.issuing_state,
            document_number=traveller.document.document_number,
            document_code=traveller.document_code,
            nationality=traveller.nationality,
            direction=DIRECTIONS[traveller.direction],
            border_crossing_point=traveller.port,
            occurred_at=encode_moment(traveller.at),
            purpose=_PURPOSES[traveller.purpose],
        )
    except (ValueError, OverflowError) as error:
        # Not chained: protobuf quotes the value in its message.
        raise RecordMalformed(f"a field does not fit: {type(error).__name__}") from None


def decode_question(message: wire.CheckRequest) -> Traveller:
    """Return whom ``message`` asks about.

    Raises:
        RecordMalformed: a field is missing or cannot be right; names it, and not its value.

    """
    for name, pattern in _FIELDS.items():
        if not pattern.fullmatch(getattr(message, name)):
            raise RecordMalformed(f"{name}: missing, or not what it should be")
    if not _FIRST_SECOND <= message.occurred_at.seconds < _LAST_SECOND:
        raise RecordMalformed("occurred_at: missing, or of another century")
    if not 0 <= message.occurred_at.nanos < 10**9:
        raise RecordMalformed("occurred_at: not a time")
    return Traveller(
        document=DocumentKey(message.issuing_state, message.document_number),
        document_code=message.document_code,
        nationality=message.nationality,
        direction=named("direction", DIRECTIONS, message.direction),
        port=message.border_crossing_point,
        at=decode_moment(message.occurred_at),
        purpose=named("purpose", _PURPOSES, message.purpose),
    )


def encode_answer(answer: BackgroundAnswer) -> wire.CheckResponse:
    """Return ``answer`` for the wire."""
    message = wire.CheckResponse(
        checks=encode_checks(answer.checks), rules_version=answer.rules_version
    )
    if grant := answer.grant:
        message.grant.kind = grant.kind
        message.grant.number = grant.number
        message.grant.authorised_until = _text(answer.authorised_until)
        if grant.limit.days is not None:
            message.grant.max_stay_days = grant.limit.days
    if stay := answer.stay:
        message.stay.authorised_until = _text(stay.allowed_until)
        message.stay.days_used = stay.days_used
        message.stay.overstay_days = stay.overstay_days
    return message


def decode_answer(message: wire.CheckResponse) -> BackgroundAnswer:
    """Return what ``message`` says.

    Raises:
        RecordMalformed: a value is unknown to this version, or not one answer to each check.

    """
    checks = decode_checks(message.checks)
    if sorted(check.check_id for check in checks) != sorted(_CHECKS):
        raise RecordMalformed("checks: not each of the three once")
    grant, stay = message.grant, message.stay
    return BackgroundAnswer(
        checks,
        message.rules_version,
        _grant(grant) if message.HasField("grant") else None,
        _day(grant.authorised_until) if message.HasField("grant") else None,
        StayLength(_day(stay.authorised_until), stay.days_used, stay.overstay_days)
        if message.HasField("stay")
        else None,
    )


def _grant(message: crossing_pb2.StayGrant) -> Grant:
    days = message.max_stay_days if message.HasField("max_stay_days") else None
    kind = member("grant.kind", AuthorisationKind, message.kind)
    return Grant(kind, StayLimit(days), message.number)


def _text(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise RecordMalformed("authorised_until: not a day") from None
