"""How a lane is laid out, and what stands against its full service."""

from enum import StrEnum


class Flow(StrEnum):
    """Which way a traveller takes through the lane (9303 has no words for it; Frontex's do)."""

    ONE_STEP = "one_step"
    """Document and face at one place before one barrier."""
    TWO_STEP = "two_step"
    """Document before the entry barrier, face between the two barriers."""
    KIOSK = "kiosk"
    """First half of a segregated lane: the document; a token for the gate, no barrier."""
    TOKEN_GATE = "token_gate"  # noqa: S105 - a layout
    """Second half of a segregated lane: the token of a kiosk stands for the document's chip."""

    @property
    def has_mantrap(self) -> bool:
        """Whether a traveller can stand between two closed barriers."""
        return self is Flow.TWO_STEP

    @property
    def compares_face_at_once(self) -> bool:
        """Whether the camera sees the traveller from the beginning."""
        return self in {Flow.ONE_STEP, Flow.TOKEN_GATE}


class LaneMode(StrEnum):
    """What an officer ordered the lane to do."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    MAINTENANCE = "maintenance"
    FEEDER = "feeder"
    """The gate prepares each case, the desk decides."""


class Condition(StrEnum):
    """What the gate notices about itself and its surroundings; the policy says what it means."""

    CENTRE_AWAY = "centre_away"
    LISTS_STALE = "lists_stale"
    LISTS_OLD = "lists_old"
    LISTS_UNUSABLE = "lists_unusable"
    NO_OFFICER = "no_officer"
    DISK_FILLING = "disk_filling"
    DISK_FULL = "disk_full"
    CLOCK_DRIFTING = "clock_drifting"
    CLOCK_WRONG = "clock_wrong"
    DOCUMENT_LEFT = "document_left"
    ITEM_LEFT = "item_left"
    WAY_OUT_BLOCKED = "way_out_blocked"
    EVIDENCE_BROKEN = "evidence_broken"


class Service(StrEnum):
    """What a condition leaves of the lane's service."""

    FULL = "full"
    CITIZENS_ARRIVING = "citizens_arriving"
    """The gate admits its own citizens on arrival; everybody else is referred."""
    FEEDER = "feeder"
    """Nobody is admitted by the gate; it prepares the case."""
    CLOSING = "closing"
    """Whoever is in the lane is served to the end, nobody else."""
    CLOSED = "closed"
    """Nobody new is served, nobody is admitted any more."""
