"""Parts that several messages of the wire have in common, and what cannot be understood."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from egate.domain.evidence import CheckId, CheckResult, Outcome, TravelDocument
from egate.domain.record import Direction
from egate.wire.v1 import crossing_pb2 as wire

_Value = TypeVar("_Value", bound=StrEnum)
_Number = TypeVar("_Number", bound=int)

DIRECTIONS: Final = MappingProxyType(
    {
        Direction.ENTRY: wire.DIRECTION_ENTRY,
        Direction.EXIT: wire.DIRECTION_EXIT,
    }
)
_OUTCOMES: Final = MappingProxyType(
    {
        Outcome.SUCCESSFUL: wire.OUTCOME_SUCCESSFUL,
        Outcome.FAILED: wire.OUTCOME_FAILED,
        Outcome.UNDETERMINED: wire.OUTCOME_UNDETERMINED,
        Outcome.NOT_SUPPORTED: wire.OUTCOME_NOT_SUPPORTED,
        Outcome.ABORTED: wire.OUTCOME_ABORTED,
    }
)
_DOCUMENT_FIELDS: Final = tuple(field.name for field in wire.TravelDocument.DESCRIPTOR.fields)


class RecordMalformed(ValueError):
    """A value does not fit the wire format, or bytes are no message of it.

    The message names the field, never its value.
    """


def encode_document(document: TravelDocument | None) -> wire.TravelDocument | None:
    if document is None:
        return None
    return wire.TravelDocument(**{name: getattr(document, name) for name in _DOCUMENT_FIELDS})


def decode_document(message: wire.TravelDocument) -> TravelDocument:
    return TravelDocument(**{name: getattr(message, name) for name in _DOCUMENT_FIELDS})


def encode_checks(checks: Iterable[CheckResult]) -> list[wire.CheckResult]:
    return [
        wire.CheckResult(
            check_id=check.check_id,
            outcome=_OUTCOMES[check.outcome],
            detail=check.detail,
            duration_ms=check.duration_ms,
        )
        for check in checks
    ]


def decode_checks(messages: Iterable[wire.CheckResult]) -> tuple[CheckResult, ...]:
    """Return the results in ``messages``; raises RecordMalformed when one is unknown."""
    return tuple(
        CheckResult(
            check_id=member("check_id", CheckId, check.check_id),
            outcome=named("outcome", _OUTCOMES, check.outcome),
            detail=check.detail,
            duration_ms=check.duration_ms,
        )
        for check in messages
    )


def named(field: str, values: Mapping[_Value, _Number], number: _Number) -> _Value:
    """Return what ``number`` stands for in ``values``; raises RecordMalformed when nothing."""
    for value, known in values.items():
        if known == number:
            return value
    raise RecordMalformed(f"{field}: {number} is unknown")


def member(field: str, kind: type[_Value], text: str) -> _Value:
    """Return the ``kind`` that ``text`` names; raises RecordMalformed when it names none."""
    try:
        return kind(text)
    except ValueError:
        raise RecordMalformed(f"{field}: a value that is unknown") from None
