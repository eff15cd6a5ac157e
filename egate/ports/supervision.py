"""A gate as its officers see it: status out, orders in.

A status holds no personal data: a referred traveller is a crossing id and the
reasons. The pictures of the case are a call of their own, and each call is logged.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from egate.domain.guidance import Guidance
from egate.domain.session.message import TravellerMessage
from egate.domain.time import UtcSeconds
from egate.ports.case_facts import CaseFacts
from egate.ports.case_hits import CaseHit
from egate.ports.case_images import CaseImage

__all__ = [
    "GateMode",
    "GateState",
    "GateStatus",
    "ListStatus",
    "OfficerOrder",
    "Supervision",
    "TravellerMessage",
    "TrustAlarm",
    "TrustStatus",
]


class GateState(StrEnum):
    """The session machine's states by name."""

    IDLE = "idle"
    READING_MRZ = "reading_mrz"
    INSPECTING = "inspecting"
    ENTERING = "entering"
    VERIFYING = "verifying"
    PASSING = "passing"
    DIRECTING = "directing"
    AWAITING_OFFICER = "awaiting_officer"
    RELEASING = "releasing"
    EVACUATING = "evacuating"
    OUT_OF_SERVICE = "out_of_service"


class GateMode(StrEnum):
    """What the lane is for now; an order of an officer goes before what the gate notices."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    MAINTENANCE = "maintenance"
    DEGRADED = "degraded"
    """A lost device or a condition leaves less than full service."""
    FEEDER = "feeder"
    """The gate prepares each case, the desk decides."""
    EMERGENCY = "emergency"


class TrustAlarm(StrEnum):
    """What somebody must do something about, before or after documents end *undetermined*."""

    STORE_UNUSABLE = "store_unusable"
    """The newest store cannot be read; the one before is used on."""
    UPDATE_FAILED = "update_failed"
    UPDATE_REFUSED = "update_refused"
    """The source has something that is not believed."""
    LIST_DUE = "list_due"
    LIST_STALE = "list_stale"
    CRL_DUE = "crl_due"
    CRL_STALE = "crl_stale"
    OWN_CSCA_DUE = "own_csca_due"
    OWN_CSCA_MISSING = "own_csca_missing"
    """None that is valid: the lane is out of service."""
    FROM_THE_FUTURE = "from_the_future"
    """A list or a CRL is; the clock of this machine, or of its signer, is wrong."""


@dataclass(frozen=True, slots=True)
class TrustStatus:
    """What a gate trusts, and for how long.

    Args:
        store_version: SHA-256, hexadecimal.
        list_age_days: of the newest master list; None if none is known.
        own_state: normal spelling.
        own_csca_until: end of the last CSCA of the own State, an ISO date; "" if there is none.
        crls_due: States whose CRL is about to become stale.
        crls_stale: States whose CRL is stale.
        alarms: values of ``TrustAlarm``, or of a newer version's.

    """

    store_version: str = ""
    list_age_days: int | None = None
    own_state: str = ""
    own_csca_until: str = ""
    crls_due: tuple[str, ...] = ()
    crls_stale: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListStatus:
    """One list of a gate.

    Args:
        name: such as ``EXIT_BAN``.
        version: in use, 0 for none.
        age_seconds: since the last proof that nothing newer exists; None if nobody can tell.
        trouble: what is wrong with it, in one line; "" if nothing is.

    """

    name: str
    version: int
    age_seconds: float | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class GateStatus:
    """One gate now.

    Args:
        gate_id: the lane.
        state: of the session machine.
        message: what the traveller reads.
        crossing_id: the session under way, "" when none.
        findings: check ids behind a referral, and the device behind an outage.
        outbox_depth: records that the centre has not confirmed.
        outbox_oldest_seconds: age of the oldest of them, 0 when none.
        centre_reachable: the last attempt to send succeeded, or nothing was ever sent.
        sessions: sessions concluded since the process started.
        software_version: what runs.
        trust: what it trusts.
        guidance: what the camera asks of the traveller; for the lane's own display.
        mode: value of ``GateMode``, or of a newer version's; "" from a gate of before it.
        conditions: what the gate notices about itself: values of the machine's conditions.
        flow: how the lane is laid out: ``one_step``, ``two_step``, ``kiosk``, ``token_gate``.
        direction: which way it serves now: ``entry``, ``exit``.
        lists: each list that is there, or should be.
        case_officer_id: who takes care of the referred traveller, "" while nobody does.
        direction_ordered: whether an officer ordered the direction; else the hour has it.
        alarms: what somebody must be told of at once, until the lane is at rest again: names
            of the machine's alarms in lower case, or of a newer version's.
        since: when the state, or the session in it, began; None from a gate of before it.

    """

    gate_id: str
    state: GateState
    message: TravellerMessage
    crossing_id: str = ""
    findings: tuple[str, ...] = ()
    outbox_depth: int = 0
    outbox_oldest_seconds: float = 0.0
    centre_reachable: bool = True
    sessions: int = 0
    software_version: str = ""
    trust: TrustStatus = TrustStatus()
    guidance: Guidance | None = None
    mode: str = ""
    conditions: tuple[str, ...] = ()
    flow: str = ""
    direction: str = ""
    lists: tuple[ListStatus, ...] = ()
    case_officer_id: str = ""
    direction_ordered: bool = False
    alarms: tuple[str, ...] = ()
    since: UtcSeconds | None = None


class OfficerOrder(StrEnum):
    RESET = "reset"
    """The referred traveller was taken care of; serve the next one."""
    EVACUATE = "evacuate"
    CLOSE_LANE = "close_lane"
    OPEN_LANE = "open_lane"
    MAINTENANCE = "maintenance"
    FEEDER = "feeder"
    """Prepare cases for the desk, and admit nobody."""
    RELEASE = "release"
    """Let out whoever stands between the barriers, to the side they came from."""
    SERVE_ENTRY = "serve_entry"
    """Serve arriving travellers from the next one on, whatever the hour says."""
    SERVE_EXIT = "serve_exit"
    SERVE_BY_HOUR = "serve_by_hour"
    """Serve the direction that the lane's shifts have at each hour."""


class Supervision(Protocol):
    """The gate's side: what a service or a page may call."""

    def status(self) -> GateStatus: ...

    def changes(self) -> AsyncIterator[GateStatus]:
        """Give the status now, and again after every change, for ever."""
        ...

    def attended(self) -> AbstractContextManager[None]:
        """Say that an officer has the lane in view, for as long as the block lasts."""
        ...

    def order(self, order: OfficerOrder, officer_id: str, crossing_id: str | None = None) -> bool:
        """Carry ``order`` to the gate; False when it means nothing in this state.

        Args:
            order: what to do.
            officer_id: who orders.
            crossing_id: with a reset, the session that the officer saw, "" when they saw
                none: another one is not settled by it. None when the officer cannot tell.

        """
        ...

    def case_images(self, crossing_id: str, officer_id: str) -> tuple[CaseImage, ...] | None:
        """Return the pictures of a traveller, None unless an officer takes care of them now.

        Args:
            crossing_id: the session that was referred.
            officer_id: who looks.

        """
        ...

    def case_hits(self, crossing_id: str, officer_id: str) -> tuple[CaseHit, ...] | None:
        """Return why a traveller is listed, None unless an officer takes care of them now.

        Args:
            crossing_id: the session that was referred.
            officer_id: who looks.

        """
        ...

    def case(self, crossing_id: str, officer_id: str) -> CaseFacts | None:
        """Return what was found of a traveller, None unless an officer takes care of them now.

        Args:
            crossing_id: the session that was referred.
            officer_id: who looks.

        """
        ...

    def take_case(self, crossing_id: str, officer_id: str, from_officer_id: str) -> str | None:
        """Say that an officer takes care of a traveller; return who does from now on.

        The first officer has the case. None unless one takes care of the traveller now.

        Args:
            crossing_id: the session that was referred.
            officer_id: who takes it.
            from_officer_id: from whom, "" for a case that nobody has.

        """
        ...
