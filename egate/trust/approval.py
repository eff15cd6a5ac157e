"""The second officer's word on a single certificate that chains to nothing.

A CSCA that came by courier proves nothing by itself. One officer states where it was
received; another, who compared its fingerprint with what the State published, approves.
"""

import unicodedata
from dataclasses import replace
from datetime import datetime
from typing import Final

from egate.trust.audit import Action, AuditEvent, Occasion
from egate.trust.entry import Entry, Pending
from egate.trust.store import StoreUpdate

MAX_OFFICER_CHARACTERS: Final = 100


class ApprovalRefused(Exception):
    """The certificate stays as it is; the message says why."""


def approve(change: StoreUpdate, fingerprint: str, occasion: Occasion) -> Entry:
    """Trust what waits under ``fingerprint`` from the next commit on.

    Args:
        change: of the store.
        fingerprint: SHA-256 of the certificate, hexadecimal; colons and spaces may stand in it.
        occasion: the second officer, and when.

    Raises:
        ApprovalRefused: nothing waits there, or he is the one who took it in.

    """
    pending = _waiting(change, fingerprint)
    taken = pending.occasion
    if is_same_officer(taken.officer, occasion.officer):
        raise ApprovalRefused(
            f"{occasion.officer} took it in at {_shown(taken.at)}: another officer must approve"
        )
    reason = (
        f"{taken.statement}: taken in by {taken.officer} at {_shown(taken.at)},"
        f" approved by {occasion.officer} at {_shown(occasion.at)}"
    )
    provenance = replace(pending.entry.provenance, trusted_by=reason, is_unanchored=False)
    entry = replace(pending.entry, provenance=provenance)
    change.put(entry)
    _record(change, Action.APPROVE, pending, occasion)
    return entry


def reject(change: StoreUpdate, fingerprint: str, occasion: Occasion) -> Entry:
    """Forget what waits under ``fingerprint``; whoever took it in may do that too.

    Raises:
        ApprovalRefused: nothing waits there.

    """
    pending = _waiting(change, fingerprint)
    change.remove_pending(pending.entry.fingerprint)
    _record(change, Action.REJECT, pending, occasion)
    return pending.entry


def is_same_officer(left: str, right: str) -> bool:
    """Return whether two signatures mean one officer: case, width and spaces say nothing."""
    return _folded(left) == _folded(right)


def _folded(officer: str) -> str:
    return "".join(unicodedata.normalize("NFKC", officer).casefold().split())


def _waiting(change: StoreUpdate, fingerprint: str) -> Pending:
    wanted = "".join(fingerprint.replace(":", " ").split()).lower()
    pending = change.find_pending(wanted)
    if pending is None:
        raise ApprovalRefused(f"nothing is pending under {wanted or 'that fingerprint'}")
    return pending


def _record(change: StoreUpdate, action: Action, pending: Pending, occasion: Occasion) -> None:
    detail: dict[str, object] = {
        "fingerprint": pending.entry.fingerprint,
        "country": pending.entry.country,
        "provenance": pending.occasion.statement,
        "taken_in_by": pending.occasion.officer,
        "taken_in_at": pending.occasion.at.isoformat(),
    }
    change.record(AuditEvent(occasion, action, detail))


def _shown(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
