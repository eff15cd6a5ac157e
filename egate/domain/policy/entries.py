"""Tables and numbers of the policy's file, each taken or refused in one line."""

from collections.abc import Mapping, Set


class PolicyInvalid(Exception):
    """A policy cannot be used; the message names the key and the fault in one line."""


def exactly(prefix: str, table: Mapping[str, object], keys: Set[str]) -> None:
    """Refuse a table that has other keys than ``keys``, or lacks one."""
    for key in sorted(table.keys() - keys):
        raise PolicyInvalid(f"{prefix}{key}: unknown key")
    for key in sorted(keys - table.keys()):
        raise PolicyInvalid(f"{prefix}{key}: is missing")


def table(key: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise PolicyInvalid(f"{key}: is not a table")
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
