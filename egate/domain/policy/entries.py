"""Tables and numbers of the policy's file, each taken or refused in one line."""

import re
from collections.abc import Mapping, Sequence, Set
from typing import Final

_STATE: Final = re.compile("[A-Z]{1,3}")


class PolicyInvalid(Exception):
    """A policy cannot be used; the message names the key and the fault in one line."""


def exactly(
    prefix: str,
    table: Mapping[str, object],
    keys: Set[str],
    may_have: Set[str] = frozenset(),
) -> None:
    """Refuse a table that lacks one of ``keys``, or has one that is not of both sets."""
    for key in sorted(table.keys() - keys - may_have):
        raise PolicyInvalid(f"{prefix}{key}: unknown key")
    for key in sorted(keys - table.keys()):
        raise PolicyInvalid(f"{prefix}{key}: is missing")


def table(key: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise PolicyInvalid(f"{key}: is not a table")
    return value


def tables(key: str, value: object, most: int) -> Sequence[object]:
    """Return the members of an array of at most ``most`` tables."""
    if not isinstance(value, list):
        raise PolicyInvalid(f"{key}: is not an array of tables")
    if len(value) > most:
        raise PolicyInvalid(f"{key}: are more than {most}")
    return value


def text(key: str, value: object, most: int = 60) -> str:
    """Return one printable line of at most ``most`` characters, and not nothing."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise PolicyInvalid(f"{key}: is not a text on one line")
    if len(value) > most:
        raise PolicyInvalid(f"{key}: is longer than {most} characters")
    return value


def texts(key: str, value: object) -> tuple[str, ...]:
    """Return a list of texts, none of them empty."""
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise PolicyInvalid(f"{key}: is not a list of texts")
    return tuple(value)


def state(key: str, value: object) -> str:
    """Return a State: one (Germany's) to three capital letters (9303-3 §5)."""
    if not isinstance(value, str) or not _STATE.fullmatch(value):
        raise PolicyInvalid(f"{key}: {value!r} is no State of 9303-3 section 5")
    return value


def number(key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PolicyInvalid(f"{key}: is not a number")
    return float(value)


def above_zero(key: str, value: object, most: float) -> float:
    """Return a number above 0 and at most ``most``."""
    found = number(key, value)
    if not 0 < found <= most:  # neither is what is not a number
        raise PolicyInvalid(f"{key}: is not above 0 and at most {most:g}")
    return found


def whole(key: str, value: object, most: int) -> int:
    """Return a whole number from 1 to ``most``."""
    if type(value) is not int or not 1 <= value <= most:
        raise PolicyInvalid(f"{key}: is not a whole number from 1 to {most}")
    return value
