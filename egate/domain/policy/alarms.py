"""Which alarms are told to officers alone, from the policy's ``[alarms]``."""

from dataclasses import dataclass
from typing import Final

from egate.domain.policy.entries import PolicyInvalid, exactly, table, texts
from egate.domain.session.alarm import Alarm
from egate.emrtd.checks import CheckId

_KEYS: Final = frozenset({"silent", "hits"})
_BY_NAME: Final = {alarm.name.lower(): alarm for alarm in Alarm}


@dataclass(frozen=True, slots=True)
class AlarmRules:
    """What is heard in the lane, and what is not.

    Args:
        silent: alarms without a sound in the lane; a silent hit always is one.
        hits: checks that a referral must not be told from any other by.

    """

    silent: frozenset[Alarm] = frozenset({Alarm.SILENT_HIT})
    hits: frozenset[CheckId] = frozenset({CheckId.WATCHLIST, CheckId.DOCUMENT_STATUS, CheckId.PAD})


USUAL_ALARMS: Final = AlarmRules()


def parse_alarms(content: object) -> AlarmRules:
    """Return the rules of a policy's ``[alarms]``.

    Raises:
        PolicyInvalid: a key or a value is unknown or missing, or a silent hit would be heard.

    """
    found = table("alarms", content)
    exactly("alarms.", found, _KEYS)
    silent = frozenset(_alarm(name) for name in texts("alarms.silent", found["silent"]))
    if Alarm.SILENT_HIT not in silent:
        raise PolicyInvalid("alarms.silent: lacks silent_hit, which the traveller must not hear")
    hits = frozenset(_check(name) for name in texts("alarms.hits", found["hits"]))
    return AlarmRules(silent, hits)


def _alarm(name: str) -> Alarm:
    if name not in _BY_NAME:
        words = ", ".join(sorted(_BY_NAME))
        raise PolicyInvalid(f"alarms.silent: {name!r} is none of {words}")
    return _BY_NAME[name]


def _check(name: str) -> CheckId:
    try:
        return CheckId(name)
    except ValueError:
        raise PolicyInvalid(f"alarms.hits: {name!r} is no check") from None
