"""One thing that ``egate doctor`` looked at."""

from collections.abc import Callable
from dataclasses import dataclass

from egate.domain.policy.parse import PolicyInvalid


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; ``detail`` says what to mend when it is not ok."""

    name: str
    ok: bool
    detail: str


class Amiss(Exception):
    """A check that failed; the message says what to mend."""


def checked(name: str, look: Callable[[], str]) -> Check:
    """Return ``look``'s answer as the check ``name``: well, or what it found amiss."""
    try:
        return Check(name, ok=True, detail=look())
    except (Amiss, PolicyInvalid) as error:
        return Check(name, ok=False, detail=str(error))
