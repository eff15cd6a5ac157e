"""A policy from its file's content, checked key by key."""

from collections.abc import Mapping
from typing import Final

from egate.domain.policy.policy import Obligation, Policy
from egate.emrtd.checks import LANE_CHECKS, CheckId

_KEYS: Final = frozenset({"version", "placements", "min_similarity", "seconds", "obligations"})
_DURATIONS: Final = frozenset({"mrz", "inspection", "face", "passage"})
_MOST_PLACEMENTS: Final = 10
_LONGEST_SECONDS: Final = 600


class PolicyInvalid(Exception):
    """A policy cannot be used; the message names the key and the fault in one line."""


def parse_policy(content: Mapping[str, object]) -> Policy:
    """Return the policy that ``content``, read from TOML, describes.

    Raises:
        PolicyInvalid: a key is unknown or missing, or a value is of the wrong kind.

    """
    _exactly("", content, _KEYS)
    seconds = _table(content, "seconds")
    _exactly("seconds.", seconds, _DURATIONS)
    version = content["version"]
    if not isinstance(version, str) or not version:
        raise PolicyInvalid("version: is not a text")
    placements = content["placements"]
    if type(placements) is not int or not 1 <= placements <= _MOST_PLACEMENTS:
        raise PolicyInvalid(f"placements: is not a whole number from 1 to {_MOST_PLACEMENTS}")
    similarity = _number("min_similarity", content["min_similarity"])
    if not 0 < similarity <= 1:
        raise PolicyInvalid("min_similarity: is not above 0 and at most 1")
    return Policy(
        version=version,
        obligations=_obligations(_table(content, "obligations")),
        min_similarity=similarity,
        placements=placements,
        mrz_seconds=_duration(seconds, "mrz"),
        inspection_seconds=_duration(seconds, "inspection"),
        face_seconds=_duration(seconds, "face"),
        passage_seconds=_duration(seconds, "passage"),
    )


def _obligations(table: Mapping[str, object]) -> Mapping[CheckId, Obligation]:
    _exactly("obligations.", table, frozenset(check_id.value for check_id in LANE_CHECKS))
    found = {}
    for key, value in table.items():
        try:
            found[CheckId(key)] = Obligation(str(value))
        except ValueError:
            words = ", ".join(Obligation)
            raise PolicyInvalid(f"obligations.{key}: is none of {words}") from None
    return found


def _exactly(prefix: str, table: Mapping[str, object], keys: frozenset[str]) -> None:
    for key in sorted(table.keys() - keys):
        raise PolicyInvalid(f"{prefix}{key}: unknown key")
    for key in sorted(keys - table.keys()):
        raise PolicyInvalid(f"{prefix}{key}: is missing")


def _table(content: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = content[key]
    if not isinstance(value, Mapping):
        raise PolicyInvalid(f"{key}: is not a table")
    return value


def _number(key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PolicyInvalid(f"{key}: is not a number")
    return float(value)


def _duration(table: Mapping[str, object], key: str) -> float:
    seconds = _number(f"seconds.{key}", table[key])
    if not 0 < seconds <= _LONGEST_SECONDS:  # longer is a slip of the pen
        raise PolicyInvalid(f"seconds.{key}: is not above 0 and at most {_LONGEST_SECONDS}")
    return seconds
