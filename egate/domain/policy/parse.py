"""A policy from its file's content, checked key by key."""

from collections.abc import Mapping
from typing import Final

from egate.domain.policy.entries import PolicyInvalid, above_zero, exactly, table, whole
from egate.domain.policy.policy import Obligation, Policy
from egate.domain.policy.profile import FaceProfile, parse_profile
from egate.emrtd.checks import LANE_CHECKS, CheckId

__all__ = ["PolicyInvalid", "parse_policy"]

_KEYS: Final = frozenset({"version", "placements", "seconds", "profiles", "obligations"})
_DURATIONS: Final = frozenset({"mrz", "inspection", "passage"})
_MOST_PLACEMENTS: Final = 10
_LONGEST_SECONDS: Final = 600  # longer is a slip of the pen


def parse_policy(content: Mapping[str, object], profile: str) -> Policy:
    """Return the policy that ``content``, read from TOML, describes.

    Args:
        content: the whole file; every profile in it is checked.
        profile: which of its profiles the lane uses.

    Raises:
        PolicyInvalid: a key is unknown or missing, or a value is of the wrong kind.

    """
    exactly("", content, _KEYS)
    seconds = table("seconds", content["seconds"])
    exactly("seconds.", seconds, _DURATIONS)
    version = content["version"]
    if not isinstance(version, str) or not version:
        raise PolicyInvalid("version: is not a text")
    inspection = above_zero("seconds.inspection", seconds["inspection"], _LONGEST_SECONDS)
    return Policy(
        version=version,
        obligations=_obligations(table("obligations", content["obligations"])),
        profile=_profile(table("profiles", content["profiles"]), profile, inspection),
        placements=whole("placements", content["placements"], _MOST_PLACEMENTS),
        mrz_seconds=above_zero("seconds.mrz", seconds["mrz"], _LONGEST_SECONDS),
        inspection_seconds=inspection,
        passage_seconds=above_zero("seconds.passage", seconds["passage"], _LONGEST_SECONDS),
    )


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


def _obligations(content: Mapping[str, object]) -> Mapping[CheckId, Obligation]:
    exactly("obligations.", content, frozenset(check_id.value for check_id in LANE_CHECKS))
    found = {}
    for key, value in content.items():
        try:
            found[CheckId(key)] = Obligation(str(value))
        except ValueError:
            words = ", ".join(Obligation)
            raise PolicyInvalid(f"obligations.{key}: is none of {words}") from None
    return found
