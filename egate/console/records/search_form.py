"""The form of the search: what an officer typed, and what of it is not searchable."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final, TypeVar

from egate.console.local_time import entered_time
from egate.domain.desk_record import DOCUMENT_NUMBER, RECORD_ID, STATE
from egate.domain.record import CrossingStatus, Direction, RecordVerdict
from egate.domain.time import UtcSeconds
from egate.ports.inquiries import CrossingSearch

FIELDS: Final = (
    "issuing_state", "document_number", "crossing_id", "gate_id", "border_crossing_point",
    "since", "until", "direction", "status", "verdict",
)  # fmt: skip
_MAX_TEXT: Final = 64
_LONGEST_SECONDS: Final = 92 * 86_400.0
_GATE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
PORT: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{3}")
_CAPITALS: Final = ("issuing_state", "document_number", "border_crossing_point")
_FORMS: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "issuing_state": (STATE, "records.fault.state"),
    "document_number": (DOCUMENT_NUMBER, "records.fault.number"),
    "crossing_id": (RECORD_ID, "records.fault.crossing_id"),
    "gate_id": (_GATE, "records.fault.gate"),
    "border_crossing_point": (PORT, "records.fault.port"),
}
_Member = TypeVar("_Member", bound=StrEnum)


def entered(form: Mapping[str, object]) -> dict[str, str]:
    """Return the fields of ``form`` as they are searched for: trimmed, and in capitals."""
    values = {name: str(form.get(name, "")).strip()[:_MAX_TEXT] for name in FIELDS}
    return values | {name: values[name].upper() for name in _CAPITALS}


def faults_of(values: Mapping[str, str], now: UtcSeconds) -> dict[str, str]:
    """Return the key of what is wrong with each field that cannot be searched for."""
    faults = document_faults(values) if _has_document(values) else {}
    for name in ("crossing_id", "gate_id", "border_crossing_point"):
        if fault := _form_fault(values, name):
            faults[name] = fault
    try:
        since, until = entered_time(values["since"]), entered_time(values["until"])
    except ValueError:
        return faults | {"since": "records.fault.time"}
    if since is None:
        if not _has_document(values) and not values["crossing_id"]:
            faults["since"] = "records.fault.since"
    elif not 0 <= (until or now) - since <= _LONGEST_SECONDS:
        faults["since"] = "records.fault.long"
    return faults


def document_faults(values: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with State and number of a document, which are both needed."""
    named = ("issuing_state", "document_number")
    faults = {name: fault for name in named if (fault := _form_fault(values, name))}
    return faults | {name: "records.fault.both" for name in named if not values[name]}


def search_of(values: Mapping[str, str]) -> CrossingSearch:
    """Return what ``values``, in which nothing is wrong, search for."""
    return CrossingSearch(
        crossing_id=values["crossing_id"],
        issuing_state=values["issuing_state"],
        document_number=values["document_number"],
        gate_id=values["gate_id"],
        border_crossing_point=values["border_crossing_point"],
        since=entered_time(values["since"]),
        until=entered_time(values["until"]),
        statuses=_chosen(CrossingStatus, values["status"]),
        verdicts=_chosen(RecordVerdict, values["verdict"]),
        direction=next(iter(_chosen(Direction, values["direction"])), None),
    )


def described(values: Mapping[str, str]) -> str:
    """Return for the audit log what was searched for, without what is personal."""
    personal = ("issuing_state", "document_number")
    shown = {name: value for name, value in values.items() if value and name not in personal}
    by_document = "by document " if _has_document(values) else ""
    return by_document + " ".join(f"{name}={value}" for name, value in shown.items())


def _chosen(members: Callable[[str], _Member], text: str) -> tuple[_Member, ...]:
    try:
        return (members(text),)
    except ValueError:
        return ()


def _has_document(values: Mapping[str, str]) -> bool:
    return bool(values["issuing_state"] or values["document_number"])


def _form_fault(values: Mapping[str, str], name: str) -> str:
    pattern, fault = _FORMS[name]
    return "" if not values[name] or pattern.fullmatch(values[name]) else fault
