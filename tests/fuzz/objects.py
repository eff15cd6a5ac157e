"""Damage to JSON that leaves it JSON: values of other kinds, keys lost, added and doubled."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any, Final

from tests.fuzz.text import NASTY, text_damaged

_AS_TEXT: Final = 0.3
_DEEPEST: Final = 12
_SMALL: Final = 300
_MOST_BYTES: Final = 200_000
_VALUES: Final = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, 10**400, 0.5, -0.0, 1e308, float("inf"),
    float("nan"), "", [], {}, [[]], [None], {"": None}, {"a": {}}, ["a"] * 300, "\ud800", "\0",
    [0] * 5000, {str(n): n for n in range(300)},
)  # fmt: skip


def json_damaged(random: Random, samples: Sequence[bytes]) -> bytes:
    """Return one of ``samples``, which are JSON, with some of its values changed."""
    sample = random.choice(samples)
    if random.random() < _AS_TEXT:
        return text_damaged(random, samples)
    try:
        value = json.loads(sample)
    except (ValueError, RecursionError):  # an entry of the corpus need not be JSON
        return text_damaged(random, samples)
    for _ in range(random.choice((1, 1, 2, 3))):
        value = _changed(random, value, 0)
    raw = json.dumps(value, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
    return raw[:_MOST_BYTES]


def _changed(random: Random, value: Any, depth: int) -> Any:  # noqa: ANN401 - a JSON value
    inside = depth < _DEEPEST and random.random() < 0.85
    if isinstance(value, dict) and value and inside:
        return _object_changed(random, dict(value), depth)
    if isinstance(value, list) and value and inside:
        changed = list(value)
        at = random.randrange(len(changed))
        match random.randrange(4):
            case 0:
                del changed[at]
            case 1:
                is_small = len(repr(changed[at])) < _SMALL
                changed[at:at] = [changed[at]] * random.choice((1, 3, 600 if is_small else 1))
            case _:
                changed[at] = _changed(random, changed[at], depth + 1)
        return changed
    return _other(random, value)


def _object_changed(random: Random, value: dict[str, Any], depth: int) -> dict[str, Any]:
    name = random.choice(list(value))
    match random.randrange(6):
        case 0:
            del value[name]
        case 1:
            value[random.choice(NASTY)] = value[name]
        case 2:
            value[name] = value[random.choice(list(value))]
        case _:
            value[name] = _changed(random, value[name], depth + 1)
    return value


def _other(random: Random, value: object) -> object:
    if isinstance(value, str) and random.random() < 0.6:
        at = random.randrange(len(value) + 1)
        nasty = random.choice(NASTY)
        return random.choice((nasty, value[:at] + nasty + value[at:], value[:at], value * 50))
    if isinstance(value, int) and random.random() < 0.5:
        return value + random.choice((-1, 1, 1000, 2**32))
    return random.choice(_VALUES)
