"""What is not held against some travellers while the centre cannot be asked."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from egate.domain.policy.case import Case
from egate.domain.policy.entries import PolicyInvalid, exactly, table, tables, text, texts
from egate.domain.policy.period import moment
from egate.domain.policy.rules import When, parse_when
from egate.domain.session.flow import Condition
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import CheckId, Outcome

_KEYS: Final = frozenset({"name", "condition", "when", "checks", "from"})
_MAY_HAVE: Final = frozenset({"until"})
_MOST: Final = 20
# The age of lists is weighed by [conditions]; what nobody answered for is weighed here.
_CONDITIONS: Final = frozenset({Condition.CENTRE_AWAY})
_OF_THE_CENTRE: Final = frozenset({CheckId.AUTHORISATION, CheckId.STAY, CheckId.CLEARANCE})


@dataclass(frozen=True, slots=True)
class Fallback:
    """Checks that may stay undetermined for some travellers under a condition.

    Args:
        name: as records name it.
        condition: under which the answers were given.
        when: whose they are.
        checks: of those that the centre answers.
        begins: first moment.
        ends: first moment after it; None until further notice.

    """

    name: str
    condition: Condition
    when: When
    checks: frozenset[CheckId]
    begins: UtcSeconds
    ends: UtcSeconds | None = None

    def covers(self, check_id: CheckId, outcome: Outcome, case: Case, own_state: str) -> bool:
        """Say whether ``outcome`` of ``check_id`` does not count in ``case``.

        What failed always counts. Like a rule that loosens, it holds for what the chip's State
        signed and nothing else.
        """
        return (
            outcome is Outcome.UNDETERMINED
            and check_id in self.checks
            and self.condition in case.fallback_reasons
            and case.is_signed
            and self.when.holds(case, own_state)
            and self.begins <= case.began_at
            and (self.ends is None or case.began_at < self.ends)
        )

    def __str__(self) -> str:
        return f"fallback {self.name} ({self.condition})"


def parse_fallbacks(content: object) -> tuple[Fallback, ...]:
    """Return the fallbacks of the policy's ``[[fallbacks]]``.

    Raises:
        PolicyInvalid: a key is unknown or missing, a value is of the wrong kind, or a check is
            not one that the centre answers.

    """
    found: dict[str, Fallback] = {}
    for number, each in enumerate(tables("fallbacks", content, _MOST), 1):
        fallback = _fallback(f"fallbacks.{number}", each)
        if fallback.name in found:
            raise PolicyInvalid(f"fallbacks.{number}.name: another fallback has it")
        found[fallback.name] = fallback
    return tuple(found.values())


def _fallback(key: str, content: object) -> Fallback:
    found = table(key, content)
    exactly(f"{key}.", found, _KEYS, _MAY_HAVE)
    begins, ends = _period(key, found)
    return Fallback(
        name=text(f"{key}.name", found["name"]),
        condition=_condition(f"{key}.condition", found["condition"]),
        when=parse_when(f"{key}.when", found["when"]),
        checks=_checks(f"{key}.checks", found["checks"]),
        begins=begins,
        ends=ends,
    )


def _period(key: str, found: Mapping[str, object]) -> tuple[UtcSeconds, UtcSeconds | None]:
    begins = moment(f"{key}.from", found["from"])
    ends = moment(f"{key}.until", found["until"]) if "until" in found else None
    if ends is not None and not begins < ends:
        raise PolicyInvalid(f"{key}.until: is not after from")
    return _utc(begins), None if ends is None else _utc(ends)


def _utc(at: dt.datetime) -> UtcSeconds:
    return UtcSeconds(at.timestamp())


def _condition(key: str, value: object) -> Condition:
    if not isinstance(value, str) or value not in _CONDITIONS:
        raise PolicyInvalid(f"{key}: is none of {', '.join(sorted(_CONDITIONS))}")
    return Condition(value)


def _checks(key: str, value: object) -> frozenset[CheckId]:
    names = texts(key, value)
    if not names or not set(names) <= set(_OF_THE_CENTRE):
        raise PolicyInvalid(f"{key}: are not of {', '.join(sorted(_OF_THE_CENTRE))}")
    return frozenset(CheckId(name) for name in names)
