"""Temporary changes of a lane's policy, as they come from the console of its hall."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

MAX_CHANGE_BYTES: Final = 4096
MAX_SIGNATURES: Final = 20


@dataclass(frozen=True, slots=True)
class SignedChange:
    """The file of a change, and who signed it.

    Args:
        content: of the file, as it was signed.
        signatures: an officer and the value of their signature each.

    """

    content: bytes
    signatures: Sequence[tuple[str, bytes]]


class TakesChanges(Protocol):
    """What lets changes of the policy into a lane."""

    async def take(self, change: SignedChange) -> str:
        """Take a change in, unless it is there; return why not in one line, "" when it is."""
        ...
