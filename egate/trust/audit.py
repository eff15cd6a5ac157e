"""Who did what to the trust store, and when: the trail an auditor follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Action(StrEnum):
    """What can be done to a store."""

    IMPORT = "import"
    APPROVE = "approve"
    REJECT = "reject"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Occasion:
    """The circumstances of a change.

    Args:
        at: UTC.
        officer: who does it, as he signs; "" if nobody is stated.
        statement: why, or where what is taken in was received; "" if not stated.
        is_unattended: a machine does it by itself, so that nobody gives his word for anything.

    """

    at: datetime
    officer: str = ""
    statement: str = ""
    is_unattended: bool = False


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One line of the trail.

    Args:
        occasion: when, by whom, why.
        action: what was done.
        detail: files with their SHA-256, counts, fingerprints; JSON values.
        version: the store it led to; "" before it is committed.

    """

    occasion: Occasion
    action: Action
    detail: Mapping[str, object] = field(default_factory=dict)
    version: str = ""
