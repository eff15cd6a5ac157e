"""The Special Branch's own system, as the centre sees it: it is told of every crossing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CrossingMessage:
    """One record that the centre accepted.

    Args:
        position: grows from message to message of one gate.
        crossing_id: the same in a repeated message, so that its receiver can drop it.
        accepted_at: when the centre took it.
        payload: the encoded record; holds personal data, and no image.

    """

    position: int
    crossing_id: str
    accepted_at: datetime
    payload: bytes = field(repr=False)


class SpecialBranchAway(Exception):
    """The system took nothing that is sure to last; send again later. Says why in one line."""


class SpecialBranch(Protocol):
    async def deliver(self, messages: Sequence[CrossingMessage]) -> None:
        """Hand over ``messages`` in their order; return once they are durable there.

        Raises:
            SpecialBranchAway: nothing is known about them; send all again.

        """
        ...
