"""What a supervisor sees of thresholds and their changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

from egate.domain.policy.changes import Change
from egate.domain.policy.policy import Policy
from egate.domain.policy.profile import MOST
from egate.domain.time import UtcSeconds
from egate.policy_files.changing import ChangeState
from egate.ports.policy_changes import SignedChange

_OBLIGATIONS: Final = "obligations."


class KeyState(StrEnum):
    """How it stands with an officer's signing key."""

    NONE = "none"
    STRANGE = "strange"
    """Not in the folder of public keys, or another one is."""
    BELIEVED = "believed"


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number of a profile.

    Args:
        key: of the policy, as ``profiles.standard.min_similarity``.
        name: the last part of it.
        normal: as the policy's file has it.
        now: as it holds; another one while a change does.
        most: that it may be; None where there is no limit.

    """

    key: str
    name: str
    normal: float
    now: float
    most: float | None

    @property
    def is_counted(self) -> bool:
        """Whether it is a whole number, from 1 on."""
        return isinstance(self.normal, int)

    @property
    def is_changed(self) -> bool:
        return self.now != self.normal


@dataclass(frozen=True, slots=True)
class SeenChange:
    """A change as a supervisor sees it.

    Args:
        change: what, for how long, why, and who proposed it.
        normal: what the policy's file has in its place; None if it has no such key any more.
        signed_by: the officers whose signatures fit.
        state: how it stands.
        signed: as gates take it.

    """

    change: Change
    normal: object
    signed_by: tuple[str, ...]
    state: ChangeState
    signed: SignedChange

    @property
    def approved_by(self) -> tuple[str, ...]:
        return tuple(each for each in self.signed_by if each != self.change.proposed_by)


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it at one moment.

    Args:
        version: of the policy.
        profiles: their thresholds, by name.
        changes: the newest first.

    """

    version: str
    profiles: Mapping[str, Sequence[Threshold]]
    changes: Sequence[SeenChange]

    def in_states(self, *states: ChangeState) -> list[SeenChange]:
        return [each for each in self.changes if each.state in states]

    @property
    def waiting(self) -> list[SeenChange]:
        return self.in_states(ChangeState.PENDING)

    @property
    def active(self) -> list[SeenChange]:
        return self.in_states(ChangeState.HOLDS, ChangeState.TO_COME)

    @property
    def past(self) -> list[SeenChange]:
        return self.in_states(ChangeState.ENDED, ChangeState.OF_ANOTHER_POLICY)


def thresholds_of(policy: Policy, at: UtcSeconds) -> Sequence[Threshold]:
    """Return every threshold of the profile that ``policy`` is for."""
    normal, now = policy.profile, policy.in_force(at).profile
    prefix = f"profiles.{normal.name}"
    of_faces = [
        Threshold(f"{prefix}.{name}", name, getattr(normal, name), getattr(now, name), most)
        for name, most in MOST.items()
    ]
    of_pictures = [
        Threshold(
            f"{prefix}.quality.{limit.name}",
            limit.name,
            getattr(normal.quality, limit.name),
            getattr(now.quality, limit.name),
            None,
        )
        for limit in fields(normal.quality)
    ]
    return [*of_faces, *of_pictures]


def value_at(content: Mapping[str, Any], key: str) -> object:
    """Return what the policy has at ``key``, None if it has no such key."""
    found: Any = content
    for part in key.split(".", 1) if key.startswith(_OBLIGATIONS) else key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
