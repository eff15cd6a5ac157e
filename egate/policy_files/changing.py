"""What officers do with temporary changes: propose one, approve another's, see how each stands."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from egate.domain.policy.changes import Change, parse_change, parse_changed_policy
from egate.domain.policy.entries import PolicyInvalid
from egate.domain.policy.period import Period
from egate.domain.time import UtcSeconds
from egate.durable_files import put_file
from egate.policy_files.audit import Action, AuditEvent, append, read_trail
from egate.policy_files.changes import (
    FiledChange,
    as_toml,
    audit_file,
    change_file,
    changes_folder,
    is_approved,
    read_change,
)
from egate.policy_files.signatures import Signer, add_signature
from egate.settings import read_settings_file, toml_of

_PROFILES = "profiles."


class ChangeState(StrEnum):
    """How a change stands; the words are those of ``egate policy list``."""

    PENDING = "pending"
    TO_COME = "to come"
    HOLDS = "holds"
    ENDED = "ended"
    OF_ANOTHER_POLICY = "of another policy"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an officer wants changed.

    Args:
        key: of the policy, as ``profiles.standard.min_similarity``.
        value: of the kind that the policy has there.
        begins: first moment, with its offset.
        ends: first moment after it, with its offset.
        reason: why.

    """

    key: str
    value: object
    begins: dt.datetime
    ends: dt.datetime
    reason: str


def propose(
    file: Path, wanted: Wanted, signer: Signer, at: dt.datetime, others: Sequence[Change] = ()
) -> FiledChange:
    """File a change of the policy in ``file``, signed by who proposes it.

    Args:
        file: the policy.
        wanted: what, for how long, and why.
        signer: proposes it.
        at: now.
        others: that hold or will hold beside it, where they are known.

    Raises:
        PolicyInvalid: no gate would take it.
        AuditUnusable: the trail of changes was changed.
        SettingsError, SignaturesRefused: what is there cannot be read.
        OSError: it cannot be written.

    """
    version = toml_of(file, read_settings_file(file)).get("version")
    proposed = Change(
        number=_next_number(file),
        policy_version=str(version),
        key=wanted.key,
        value=wanted.value,
        period=Period(UtcSeconds(wanted.begins.timestamp()), UtcSeconds(wanted.ends.timestamp())),
        reason=wanted.reason,
        proposed_by=signer.officer,
    )
    content = as_toml(proposed, wanted.begins.isoformat(), wanted.ends.isoformat()).encode()
    target = change_file(changes_folder(file), proposed.number)
    see_that_it_holds(parse_change(toml_of(target, content)), file, others)
    target.parent.mkdir(exist_ok=True)
    put_file(target, content)
    add_signature(target, content, signer)
    filed = read_change(target)
    append(audit_file(file), _event(Action.PROPOSE, signer.officer, filed, at))
    return filed


def approve(
    file: Path, number: int, signer: Signer, at: dt.datetime, others: Sequence[Change] = ()
) -> FiledChange:
    """Sign what another officer proposed; with that, gates take it.

    Args:
        file: the policy.
        number: of the change.
        signer: approves it.
        at: now.
        others: that hold or will hold beside it, where they are known.

    Raises:
        PolicyInvalid: there is none, they proposed it, it is over, or no gate would take it.
        AuditUnusable: the trail of changes was changed.
        SettingsError, SignaturesRefused: what is there cannot be read.
        OSError: it cannot be written.

    """
    filed = read_change(change_file(changes_folder(file), number))
    if filed.change.proposed_by == signer.officer:
        raise PolicyInvalid(f"change {number}: {signer.officer} proposed it; another approves")
    see_that_it_holds(filed.change, file, others)
    add_signature(filed.file, filed.content, signer)
    append(audit_file(file), _event(Action.APPROVE, signer.officer, filed, at))
    return filed


def see_that_it_holds(change: Change, file: Path, others: Sequence[Change] = ()) -> None:
    """Refuse a change that no gate would take, or that changes nothing of the policy in ``file``.

    Args:
        change: to come.
        file: the policy.
        others: that two officers signed.

    Raises:
        PolicyInvalid: says why.
        SettingsError: the policy cannot be read.

    """
    content = toml_of(file, read_settings_file(file))
    if change.policy_version != content.get("version"):
        raise PolicyInvalid(f"change {change.number}: is of policy {change.policy_version}")
    profiles = content.get("profiles", {})
    _, profile, *_ = change.key.split(".")
    chosen = profile if change.key.startswith(_PROFILES) else next(iter(profiles), "standard")
    beside = [each for each in others if each.number != change.number]
    parse_changed_policy(content, chosen, [*beside, change])


def state_of(
    change: Change, officers: Collection[str], version: object, now: UtcSeconds
) -> ChangeState:
    """Return how a change stands.

    Args:
        change: of a policy.
        officers: whose signatures fit it.
        version: of the policy that is in force.
        now: UTC.

    """
    if change.policy_version != version:
        return ChangeState.OF_ANOTHER_POLICY
    if change.period.ends <= now:
        return ChangeState.ENDED
    if not is_approved(change, officers):
        return ChangeState.PENDING
    return ChangeState.HOLDS if change.period.holds(now) else ChangeState.TO_COME


def _next_number(file: Path) -> int:
    """Return a number that no change has, or had before its file was taken away."""
    return max((event.number for event in read_trail(audit_file(file))), default=0) + 1


def _event(action: Action, officer: str, filed: FiledChange, at: dt.datetime) -> AuditEvent:
    said = at.isoformat(timespec="seconds")
    return AuditEvent(said, officer, action, filed.change.number, filed.sha256)
