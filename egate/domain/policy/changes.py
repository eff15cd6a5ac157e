"""Thresholds and obligations that are others for a while, and end by themselves."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from egate.domain.policy.case import PROOF
from egate.domain.policy.entries import PolicyInvalid, exactly, table, text
from egate.domain.policy.parse import parse_policy
from egate.domain.policy.period import Period, parse_period
from egate.domain.policy.policy import Policy

_KEYS: Final = frozenset(
    {"number", "policy_version", "key", "value", "from", "until", "reason", "proposed_by"}
)
_KEY: Final = re.compile(r"profiles\.[a-z0-9_]+(\.quality)?\.[a-z0-9_]+|obligations\.[A-Z0-9_.]+")
_OBLIGATIONS: Final = "obligations."
_MOST_DAYS: Final = 30
_MOST_NUMBERS: Final = 1_000_000
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One value that takes another's place for a while.

    Args:
        number: names it in the policy's version.
        policy_version: of the one policy that it changes.
        key: ``profiles.NAME.KEY``, ``profiles.NAME.quality.KEY`` or ``obligations.CHECK``.
        value: of the kind that the policy has there.
        period: while it holds.
        reason: why.
        proposed_by: the officer; another one approves.

    """

    number: int
    policy_version: str
    key: str
    value: object
    period: Period
    reason: str
    proposed_by: str

    def concerns(self, profile: str) -> bool:
        """Say whether a lane with ``profile`` notices it."""
        return self.key.startswith((_OBLIGATIONS, f"profiles.{profile}."))

    def made_to(self, content: Mapping[str, object]) -> Mapping[str, object]:
        """Return a policy's ``content`` with this value in its place.

        Raises:
            PolicyInvalid: there is no such key.

        """
        if self.key.startswith(_OBLIGATIONS):
            head, _, rest = self.key.partition(".")
            return _put(content, (head, rest), self.value)
        return _put(content, self.key.split("."), self.value)


def parse_change(content: Mapping[str, object]) -> Change:
    """Return the change that ``content``, read from TOML, describes.

    Raises:
        PolicyInvalid: a key is unknown or missing, a value is of the wrong kind, it holds
            for more than 30 days, or what it changes may not be changed for a while.

    """
    exactly("", content, _KEYS)
    number = content["number"]
    if type(number) is not int or not 1 <= number <= _MOST_NUMBERS:
        raise PolicyInvalid(f"number: is not a whole number from 1 to {_MOST_NUMBERS}")
    key = text("key", content["key"], _LONGEST)
    if not _KEY.fullmatch(key):
        raise PolicyInvalid("key: is neither of a profile nor an obligation")
    if key.removeprefix(_OBLIGATIONS) in PROOF:
        raise PolicyInvalid("key: may not be changed: it shows whose document it is")
    return Change(
        number=number,
        policy_version=text("policy_version", content["policy_version"], _LONGEST),
        key=key,
        value=content["value"],
        period=parse_period("change", content, _MOST_DAYS),
        reason=text("reason", content["reason"], _LONGEST),
        proposed_by=text("proposed_by", content["proposed_by"]),
    )


def parse_changed_policy(
    content: Mapping[str, object], profile: str, changes: Iterable[Change]
) -> Policy:
    """Return the policy of ``content`` with what ``changes`` make of it while they hold.

    A change to another version of the policy, or to a profile that the lane does not use,
    is left aside.

    Raises:
        PolicyInvalid: the policy or a change of it cannot be used, or two change one key
            at the same time.

    """
    policy = parse_policy(content, profile)
    chosen = sorted(
        (c for c in changes if c.policy_version == policy.version and c.concerns(profile)),
        key=lambda change: change.number,
    )
    moments = sorted({m for c in chosen for m in (c.period.begins, c.period.ends)})
    variants = []
    for begins, ends in pairwise(moments):
        holding = [c for c in chosen if c.period.holds(begins)]
        if holding:
            variants.append((Period(begins, ends), _variant(content, policy, holding)))
    return replace(policy, variants=tuple(variants))


def _variant(content: Mapping[str, object], policy: Policy, changes: Sequence[Change]) -> Policy:
    by_key: dict[str, int] = {}
    version = policy.version
    for change in changes:
        if change.key in by_key:
            raise PolicyInvalid(
                f"change {change.number}: changes {change.key} while {by_key[change.key]} does"
            )
        by_key[change.key] = change.number
        version += f"+change-{change.number}"
        try:
            content = change.made_to(content)
            changed = parse_policy(content, policy.profile.name)
        except PolicyInvalid as error:
            raise PolicyInvalid(f"change {change.number}: {error}") from error
        policy = changed
    return replace(policy, version=version)


def _put(content: Mapping[str, object], path: Sequence[str], value: object) -> Mapping[str, object]:
    head, *rest = path
    if head not in content:
        raise PolicyInvalid(f"{head}: there is no such key")
    inner = _put(table(head, content[head]), rest, value) if rest else value
    return {**content, head: inner}
