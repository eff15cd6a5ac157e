"""One inspection, told without its traveller (TR-03135-1 §6.3).

Told are ids, versions, times, results, of the document its State, kind, signer and access, and of
a visa on a desk's scanner its State, kind and results. Not told are name, number, dates, sex and
nationality; scores, which are a measure of a face; what a foreigner was granted; and officers. A
value that has not the form of what it should be is left out, whatever it is, so that a station or a
document that puts something else there tells nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from egate.domain.desk_record import MOST_VISAS
from egate.domain.evidence import (
    AccessProtocol,
    InspectedVisa,
    ListUsed,
    TravelDocument,
)
from egate.domain.inspection_log.logged_check import LoggedCheck, ProcessState, logged_checks
from egate.domain.inspection_log.places import DOCUMENT_DOMAINS, PLACES
from egate.domain.record import (
    CaptureMode,
    CrossingRecord,
    CrossingStatus,
    Direction,
    RecordVerdict,
    StepDuration,
)
from egate.domain.time import UtcSeconds
from egate.emrtd.passive_authentication import country

STEPS: Final = ("mrz", "chip", "face", "entering", "passage")
"""Of a session; a step of another name is left out."""

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_STATION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PORT: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{3}")
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_KEY_IDENTIFIER: Final = re.compile(r"(?:[0-9a-f]{2}){1,64}")
_SIGNER: Final = re.compile(r"(?P<country>[A-Z]{2,3}):(?P<serial>[0-9a-f]{1,64})")
_DOCUMENT_CODE: Final = re.compile(r"[ACIPV][A-Z]?")
_LIST: Final = re.compile(r"[A-Z][A-Z_]{0,31}")
_REASON: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST_LISTS: Final = 16
_MOST_REASONS: Final = 8
_LONGEST_STEP_SECONDS: Final = 86_400.0
_LAST_SECOND: Final = 253_370_764_800  # year 9999, the last of which a date can be written


class RecordUntellable(Exception):
    """A record lacks what every transaction has; names the field and not its value."""


@dataclass(frozen=True, slots=True)
class DocumentTold:
    """What is told of a document; "" for what is not known.

    Args:
        issuing_state: as in its MRZ, of a known State.
        document_code: kind of the document, without fillers.
        access: which protocol opened the chip.
        signer_country: of the document signer.
        signer_serial: of its certificate, hexadecimal.
        csca_ski: of the CSCA that verified it, hexadecimal.

    """

    issuing_state: str = ""
    document_code: str = ""
    access: AccessProtocol | None = None
    signer_country: str = ""
    signer_serial: str = ""
    csca_ski: str = ""


@dataclass(frozen=True, slots=True)
class VisaTold:
    """What is told of a visa whose page was laid on the desk's scanner; "" for what is not known.

    Args:
        issuing_state: as in its MRZ, of a known State.
        document_code: kind of the visa, without fillers.
        checks: of its page, each exactly once.

    """

    issuing_state: str
    document_code: str
    checks: tuple[LoggedCheck, ...]


@dataclass(frozen=True, slots=True)
class Transaction:
    """One inspection; see the module for what it never holds.

    Args:
        transaction_id: of the record.
        prepared_by: transaction of the kiosk before it; "" for none.
        supersedes: transaction that it corrects or settles; "" for none.
        station: gate, kiosk or desk.
        station_number: of the record at its station.
        border_crossing_point: UN/LOCODE; "" if it is none.
        direction: entry or exit.
        capture_mode: where and how it was recorded.
        versions: of components, by name.
        began_at: start.
        recorded_at: end.
        steps: that took a time that can be.
        verdict: of the station.
        status: how it ended.
        document: what is told of it.
        lists: that were asked.
        fallback_reasons: without what it was decided.
        checks: each exactly once, in the order of the record.
        visas: that were laid down beside the document.
        attempts: how often the document was presented.
        passage_confirmed: the traveller left on the far side.

    """

    transaction_id: str
    prepared_by: str
    supersedes: str
    station: str
    station_number: int
    border_crossing_point: str
    direction: Direction
    capture_mode: CaptureMode
    versions: tuple[tuple[str, str], ...]
    began_at: UtcSeconds
    recorded_at: UtcSeconds
    steps: tuple[StepDuration, ...]
    verdict: RecordVerdict
    status: CrossingStatus
    document: DocumentTold
    lists: tuple[ListUsed, ...]
    fallback_reasons: tuple[str, ...]
    checks: tuple[LoggedCheck, ...]
    visas: tuple[VisaTold, ...]
    attempts: int
    passage_confirmed: bool

    @property
    def state(self) -> ProcessState:
        """Return whether the inspection came to its end."""
        cut_off = (CrossingStatus.ABORTED, CrossingStatus.INTERRUPTED)
        return ProcessState.ABORTED if self.status in cut_off else ProcessState.TERMINATED


def transaction_of(record: CrossingRecord) -> Transaction:
    """Return what may be told of ``record``.

    Raises:
        RecordUntellable: it has no id, station or times that could be told.

    """
    if not _ID.fullmatch(record.crossing_id):
        raise RecordUntellable("crossing_id: not a UUID")
    if not _STATION.fullmatch(record.gate_id):
        raise RecordUntellable("gate_id: not the id of a station")
    for name, at in (("occurred_at", record.occurred_at), ("recorded_at", record.recorded_at)):
        if not 0 <= at < _LAST_SECOND:
            raise RecordUntellable(f"{name}: not a time of this age")
    versions = (
        ("software", _told(_VERSION, record.software_version)),
        ("policy", _told(_VERSION, record.policy_version)),
        ("trust_store", _told(_SHA256, record.trust_store_version)),
    )
    return Transaction(
        transaction_id=record.crossing_id,
        prepared_by=_told(_ID, record.prepared_crossing_id),
        supersedes=_told(_ID, record.supersedes),
        station=record.gate_id,
        station_number=record.gate_seq,
        border_crossing_point=_told(_PORT, record.border_crossing_point),
        direction=record.direction,
        capture_mode=record.capture_mode,
        versions=tuple((name, version) for name, version in versions if version),
        began_at=record.occurred_at,
        recorded_at=record.recorded_at,
        steps=_steps(record.steps),
        verdict=record.verdict,
        status=record.status,
        document=_document(record),
        lists=_lists(record.lists_used),
        fallback_reasons=tuple(
            each for each in record.fallback_reasons[:_MOST_REASONS] if _REASON.fullmatch(each)
        ),
        checks=logged_checks(record.checks, frozenset(record.findings)),
        visas=tuple(map(_visa, record.visas[:MOST_VISAS])),
        attempts=record.attempts,
        passage_confirmed=record.passage_confirmed,
    )


def _told(form: re.Pattern[str], text: str) -> str:
    """Return ``text`` if the whole of it has ``form``, else ""."""
    return text if form.fullmatch(text) else ""


def _steps(steps: Iterable[StepDuration]) -> tuple[StepDuration, ...]:
    """Return the first step of each name; what is no number of seconds is left out."""
    first: dict[str, StepDuration] = {}
    for each in steps:
        times = (each.seconds, each.gate_seconds)
        if each.step in STEPS and all(0 <= time <= _LONGEST_STEP_SECONDS for time in times):
            first.setdefault(each.step, each)
    return tuple(first.values())


def _document(record: CrossingRecord) -> DocumentTold:
    signer = _SIGNER.fullmatch(record.signer)
    named = signer["country"] if signer and country.is_known(signer["country"]) else ""
    return DocumentTold(
        issuing_state=_issuing_state(record.document),
        document_code=_document_code(record.document),
        access=record.access,
        signer_country=named,
        signer_serial=signer["serial"] if signer and named else "",
        csca_ski=_told(_KEY_IDENTIFIER, record.csca_ski),
    )


def _visa(visa: InspectedVisa) -> VisaTold:
    # A desk asks for nothing but the page of a visa, and no policy names its checks.
    of_a_page = [each for each in visa.checks if PLACES[each.check_id].domain in DOCUMENT_DOMAINS]
    return VisaTold(_issuing_state(visa), _document_code(visa), logged_checks(of_a_page, ()))


def _issuing_state(document: TravelDocument | InspectedVisa | None) -> str:
    # A line that was misread, or forged, may have a piece of a name in this place.
    state = document.issuing_state if document else ""
    return state if state.isascii() and state.isalpha() and country.is_known(state) else ""


def _document_code(document: TravelDocument | InspectedVisa | None) -> str:
    return _told(_DOCUMENT_CODE, document.document_code.rstrip("<")) if document else ""


def _lists(lists: Iterable[ListUsed]) -> tuple[ListUsed, ...]:
    told = [
        each
        for each in lists
        if _LIST.fullmatch(each.name)
        and _SHA256.fullmatch(each.sha256)
        and 0 <= each.made_at < _LAST_SECOND
    ]
    return tuple(told[:_MOST_LISTS])
