"""A policy from its file's content, checked key by key."""

import re
from collections.abc import Mapping
from typing import Final

from egate.domain.policy.alarms import USUAL_ALARMS, parse_alarms
from egate.domain.policy.eligibility import parse_eligibility
from egate.domain.policy.entries import PolicyInvalid, above_zero, exactly, table, whole
from egate.domain.policy.fallbacks import parse_fallbacks
from egate.domain.policy.list_limits import USUAL_LIST_LIMITS, parse_list_limits
from egate.domain.policy.obligation import Obligation
from egate.domain.policy.policy import SHORTEST_LOOK_SECONDS, Policy
from egate.domain.policy.profile import FaceProfile, parse_profile
from egate.domain.policy.rules import parse_obligations, parse_rules
from egate.domain.policy.waivers import parse_waivers
from egate.domain.session.flow import Condition, Service
from egate.emrtd.checks import LANE_CHECKS, CheckId

__all__ = ["PolicyInvalid", "parse_policy"]

_KEYS: Final = frozenset(
    {
        "version",
        "own_state",
        "placements",
        "seconds",
        "profiles",
        "eligibility",
        "obligations",
        "conditions",
    }
)
_MAY_HAVE: Final = frozenset({"rules", "waivers", "fallbacks", "alarms", "lists"})
_DURATIONS: Final = frozenset(
    {
        "mrz",
        "inspection",
        "entering",
        "passage",
        "release",
        "opening",
        "directing",
        "token",
        "look",
        "unwatched",
    }
)
# Policies that were signed before there was such a condition, or such a check, go on to hold: a
# gate that was updated serves with the policy that it has.
_USUAL_SERVICES: Final = {Condition.EVIDENCE_BROKEN: Service.FULL}
_USUAL_OBLIGATIONS: Final = {CheckId.OPTICAL_SEAL: Obligation.EVALUATORY}
_MOST_PLACEMENTS: Final = 10
_LONGEST_SECONDS: Final = 600  # longer is a slip of the pen
_LONGEST_RELEASE_SECONDS: Final = 15  # nobody stands longer between two closed barriers
_LONGEST_OPENING_SECONDS: Final = 5  # a decision of longer ago may meet another traveller
_LONGEST_LOOK_SECONDS: Final = 0.5  # somebody walks by in the meantime
_LONGEST_UNWATCHED_SECONDS: Final = 2  # somebody walks in and closes up in the meantime
_STATE: Final = re.compile("[A-Z]{3}")


def parse_policy(content: Mapping[str, object], profile: str) -> Policy:
    """Return the policy that ``content``, read from TOML, describes.

    Args:
        content: the whole file; every profile in it is checked.
        profile: which of its profiles the lane uses.

    Raises:
        PolicyInvalid: a key is unknown or missing, or a value is of the wrong kind.

    """
    exactly("", content, _KEYS, _MAY_HAVE)
    seconds = table("seconds", content["seconds"])
    exactly("seconds.", seconds, _DURATIONS)
    version = content["version"]
    if not isinstance(version, str) or not version:
        raise PolicyInvalid("version: is not a text")
    own_state = content["own_state"]
    if not isinstance(own_state, str) or not _STATE.fullmatch(own_state):
        raise PolicyInvalid("own_state: is not three capital letters (9303-3 section 5)")

    def duration(key: str, most: float = _LONGEST_SECONDS) -> float:
        return above_zero(f"seconds.{key}", seconds[key], most)

    inspection = duration("inspection")
    obligations = _obligations(content["obligations"])
    return Policy(
        version=version,
        own_state=own_state,
        eligibility=parse_eligibility(content["eligibility"]),
        obligations=obligations,
        rules=parse_rules(content.get("rules", []), obligations),
        waivers=parse_waivers(content.get("waivers", [])),
        fallbacks=parse_fallbacks(content.get("fallbacks", [])),
        services=_services(table("conditions", content["conditions"])),
        profile=_profile(table("profiles", content["profiles"]), profile, inspection),
        placements=whole("placements", content["placements"], _MOST_PLACEMENTS),
        mrz_seconds=duration("mrz"),
        inspection_seconds=inspection,
        entering_seconds=duration("entering"),
        passage_seconds=duration("passage"),
        release_seconds=duration("release", _LONGEST_RELEASE_SECONDS),
        opening_seconds=duration("opening", _LONGEST_OPENING_SECONDS),
        directing_seconds=duration("directing"),
        token_seconds=duration("token"),
        look_seconds=_look(duration("look", _LONGEST_LOOK_SECONDS)),
        unwatched_seconds=duration("unwatched", _LONGEST_UNWATCHED_SECONDS),
        alarms=parse_alarms(content["alarms"]) if "alarms" in content else USUAL_ALARMS,
        lists=parse_list_limits(content["lists"]) if "lists" in content else USUAL_LIST_LIMITS,
    )


def _look(seconds: float) -> float:
    if seconds < SHORTEST_LOOK_SECONDS:
        raise PolicyInvalid(f"seconds.look: is not at least {SHORTEST_LOOK_SECONDS:g}")
    return seconds


def _profile(profiles: Mapping[str, object], chosen: str, inspection: float) -> FaceProfile:
    found = {name: parse_profile(name, each) for name, each in profiles.items()}
    for name, each in found.items():
        if each.face_seconds * each.face_attempts >= inspection:
            raise PolicyInvalid(
                f"profiles.{name}.face_seconds: the attempts take longer than seconds.inspection"
            )
    if chosen not in found:
        raise PolicyInvalid(f"profiles.{chosen}: is missing")
    return found[chosen]


def _obligations(content: object) -> Mapping[CheckId, Obligation]:
    found = {**_USUAL_OBLIGATIONS, **parse_obligations("obligations", content)}
    for check_id in LANE_CHECKS:
        if check_id not in found:
            raise PolicyInvalid(f"obligations.{check_id}: is missing")
    return found


def _services(content: Mapping[str, object]) -> Mapping[Condition, Service]:
    may_lack = _USUAL_SERVICES.keys()
    exactly("conditions.", content, frozenset(Condition) - may_lack, may_lack)
    found = dict(_USUAL_SERVICES)
    for key, value in content.items():
        try:
            found[Condition(key)] = Service(str(value))
        except ValueError:
            words = ", ".join(Service)
            raise PolicyInvalid(f"conditions.{key}: is none of {words}") from None
    return found
