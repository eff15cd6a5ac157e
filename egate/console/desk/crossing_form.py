"""The form of a crossing by hand: what the browser sends, as a request that is checked."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from egate.console.access.bodies import Form
from egate.console.desk.request import Desk, DeskRequestBad, desk_entry
from egate.domain.decision import Decision
from egate.domain.desk_record import RECORD_ID
from egate.domain.evidence import TravelDocument
from egate.domain.record import CaptureMode, CrossingStatus, Direction
from egate.domain.time import UtcSeconds
from egate.emrtd.errors import MrzInvalid
from egate.emrtd.mrz.parse import Mrz, parse
from egate.outbox.desk_book import DeskEntry

DOCUMENT_FIELDS: Final = (
    "document_code",
    "issuing_state",
    "document_number",
    "date_of_expiry",
    "primary_identifier",
    "secondary_identifier",
    "nationality",
    "date_of_birth",
    "sex",
)
KINDS: Final = ("P", "PD", "PO", "TP", "CI", "PL", "IS")
"""Codes of the documents that are chosen by name: passports, then those without a chip."""
FALLBACK: Final = ("power_cut", "gate_away", "network_away", "centre_away", "reader_broken")
DECISIONS: Final[Mapping[CrossingStatus, Decision]] = MappingProxyType(
    {
        CrossingStatus.COMPLETED: Decision.CLEAR,
        CrossingStatus.REFUSED_ENTRY: Decision.REFUSE_ENTRY,
        CrossingStatus.DENIED_EXIT: Decision.DENY_EXIT,
        CrossingStatus.OFFLOADED: Decision.OFFLOAD,
    }
)
OUTCOMES: Final[Mapping[Direction, tuple[CrossingStatus, ...]]] = MappingProxyType(
    {
        Direction.ENTRY: (CrossingStatus.COMPLETED, CrossingStatus.REFUSED_ENTRY),
        Direction.EXIT: (
            CrossingStatus.COMPLETED,
            CrossingStatus.DENIED_EXIT,
            CrossingStatus.OFFLOADED,
        ),
    }
)
_CAPITALS: Final = frozenset(
    {"document_code", "issuing_state", "document_number", "nationality", "sex"}
)
_SEEN: Final = (("WC", "seen_clearance"), ("V", "seen_authorisation"))
"""Document codes of what an officer saw beside the travel document, and their fields."""
_LINE_LENGTHS: Final = MappingProxyType({88: 44, 72: 36, 90: 30})
_UNKNOWN_BIRTH: Final = "XXXX-XX-XX"
_MAX_MRZ: Final = 200


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What an officer's decision rests on besides the form.

    Args:
        watchlist: the list of the entry that was met; "" for none.
        entry_id: of that entry.
        revision: of its persons, as the officer saw them.
        second_officer_id: who agreed; "" for nobody.

    """

    watchlist: str = ""
    entry_id: str = ""
    revision: str = ""
    second_officer_id: str = ""


@dataclass(frozen=True, slots=True)
class CrossingForm:
    """What an officer has filled in so far. Personal.

    Args:
        entry: id of the form: what is entered under it is entered once.
        values: field to text.
        fallback: why less was known, or why it was on paper.

    """

    entry: str
    values: Mapping[str, str] = field(repr=False)
    fallback: tuple[str, ...] = ()

    @classmethod
    def of(cls, form: Form) -> "CrossingForm":
        """Take what a browser sent."""
        values = {name: form.text(name).strip() for name in form if name != "fallback"}
        values |= {name: values.get(name, "").upper() for name in _CAPITALS}
        reasons = tuple(each for each in FALLBACK if each in form.all("fallback"))
        return cls(form.text("entry"), values, reasons)

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def direction(self) -> Direction:
        return Direction.EXIT if self.text("direction") == Direction.EXIT else Direction.ENTRY

    @property
    def is_on_paper(self) -> bool:
        return self.text("on_paper") == "yes"

    @property
    def outcome(self) -> CrossingStatus:
        """How it ended; completed for whatever the direction does not have."""
        wanted = self.text("outcome")
        return next(
            (each for each in OUTCOMES[self.direction] if each == wanted), CrossingStatus.COMPLETED
        )

    @property
    def document(self) -> TravelDocument:
        return TravelDocument(**{name: self.text(name) for name in DOCUMENT_FIELDS})

    def read(self, today: dt.date) -> tuple["CrossingForm", Mrz | None]:
        """Return the form with the fields of its MRZ, if that was not read into it before.

        Raises:
            MrzInvalid: there are lines, and they are no MRZ.

        """
        lines = mrz_lines(self.text("mrz"))
        if not lines:
            return self, None
        mrz = parse(lines, today)
        read = " ".join(lines)  # browsers write line ends in ways of their own
        if read == self.text("mrz_read"):
            return self, mrz
        found = {
            "document_code": mrz.document_code,
            "issuing_state": mrz.issuing_state,
            "document_number": mrz.document_number,
            "date_of_expiry": mrz.date_of_expiry or "",
            "primary_identifier": mrz.primary_identifier,
            "secondary_identifier": mrz.secondary_identifier,
            "nationality": mrz.nationality,
            "date_of_birth": mrz.date_of_birth or _UNKNOWN_BIRTH,
            "sex": mrz.sex,
        }
        values = {**self.values, **found, "mrz": "\n".join(lines), "mrz_read": read}
        return replace(self, values=values), mrz

    def marked(self, reason: str) -> "CrossingForm":
        """Return the form with one more reason why less was known."""
        return replace(self, fallback=tuple(dict.fromkeys((*self.fallback, reason))))

    def occurred_at(self, now: UtcSeconds) -> UtcSeconds:
        """Return when it took place: now, or as the paper has it; now where that is no time."""
        if self.is_on_paper:
            try:
                moment = dt.datetime.fromisoformat(self._paper_moment())
            except ValueError:
                return now
            return UtcSeconds(moment.timestamp())
        return UtcSeconds(float(int(now)))

    def entered(self, desk: Desk, confirmation: Confirmation) -> DeskEntry:
        """Return what the form enters.

        Raises:
            DeskRequestBad: it is not to be entered; names every field that is wrong.

        """
        if not RECORD_ID.fullmatch(self.entry):
            raise DeskRequestBad(["entry: not the id of a form"])
        content = f"{desk.officer_id} form {self.entry}".encode()
        return desk_entry(self._request(desk.now, confirmation), desk, content)

    def _request(self, now: UtcSeconds, confirmation: Confirmation) -> dict[str, Any]:
        occurred_at = dt.datetime.fromtimestamp(int(now), dt.UTC).isoformat()
        request: dict[str, Any] = {
            "capture_mode": CaptureMode.DESK,
            "direction": self.direction,
            "status": self.outcome,
            "occurred_at": occurred_at,
            "fallback_reasons": self.fallback,
            "document": {name: self.text(name) for name in DOCUMENT_FIELDS},
        }
        if self.is_on_paper:
            request["capture_mode"] = CaptureMode.MANUAL_RETROSPECTIVE
            request["occurred_at"] = self._paper_moment()
        if self.is_decided(confirmation):
            request["decision"] = self._decision(confirmation)
        return request

    def is_decided(self, confirmation: Confirmation) -> bool:
        """Say whether it rests on a decision: who is stopped, was listed, or showed more papers."""
        return (
            self.outcome is not CrossingStatus.COMPLETED
            or bool(confirmation.entry_id)
            or any(self.text(name) for _, name in _SEEN)
        )

    def _decision(self, confirmation: Confirmation) -> dict[str, Any]:
        own = {
            "document_code": self.text("document_code"),
            "issuing_state": self.text("issuing_state"),
            "document_number": self.text("document_number"),
        }
        others = [
            {"document_code": code, "issuing_state": "BGD", "document_number": self.text(name)}
            for code, name in _SEEN
            if self.text(name)
        ]
        made: dict[str, Any] = {
            "decision": DECISIONS[self.outcome],
            "reason_code": self.text("reason_code"),
            "reason_text": self.text("reason_text"),
            "legal_basis": self.text("legal_basis"),
            "documents_seen": [own, *others],
            "second_officer_id": confirmation.second_officer_id,
            "notice_given": self.text("notice_given") or None,
        }
        if self.outcome is CrossingStatus.OFFLOADED:
            made["offload_until"] = self.text("offload_until")
        if confirmation.entry_id:
            made |= {
                "watchlist": confirmation.watchlist,
                "watchlist_entry_id": confirmation.entry_id,
                "watchlist_revision": confirmation.revision,
                "identity_confirmed": self.text("identity_confirmed") or None,
            }
        return made

    def _paper_moment(self) -> str:
        written = self.text("paper_time")
        time = written if ":" in written else f"{written[:2]}:{written[2:]}"
        return f"{self.text('paper_date')}T{time}:00+06:00"


def mrz_lines(text: str) -> tuple[str, ...]:
    """Return the lines of an MRZ as it was typed, or as a reader that knows no lines wrote it.

    Raises:
        MrzInvalid: it is longer than any.

    """
    if len(text) > _MAX_MRZ:
        raise MrzInvalid("an MRZ has at most 90 characters")
    lines = tuple(text.upper().split())
    if len(lines) == 1 and (length := _LINE_LENGTHS.get(len(lines[0]))):
        (whole,) = lines
        return tuple(whole[at : at + length] for at in range(0, len(whole), length))
    return lines
