"""The Special Branch's own system, as the centre sees it: told of every crossing, and asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from egate.domain.evidence import TravelDocument


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


@dataclass(frozen=True, slots=True)
class PersonQuery:
    """What an officer wants to know about the person of a case.

    Args:
        officer_id: who asks.
        crossing_id: of the case.
        document: whose it is; holds personal data.

    """

    officer_id: str
    crossing_id: str
    document: TravelDocument = field(repr=False)


@dataclass(frozen=True, slots=True)
class PersonHit:
    """An entry of the Special Branch that may be of that person.

    Args:
        reference: of the entry in the Special Branch's files.
        category: in the Special Branch's own words.
        instruction: what the officer is to do.

    """

    reference: str = field(repr=False)
    category: str = field(repr=False)
    instruction: str = field(repr=False)


class SpecialBranchAway(Exception):
    """The system took nothing that is sure to last, or gave no answer. Says why in one line."""


class SpecialBranch(Protocol):
    """A system that is told."""

    async def deliver(self, messages: Sequence[CrossingMessage]) -> None:
        """Hand over ``messages`` in their order; return once they are durable there.

        Raises:
            SpecialBranchAway: nothing is known about them; send all again.

        """
        ...


class PersonFiles(Protocol):
    """A system that can be asked about persons."""

    async def ask(self, query: PersonQuery, seconds: float) -> Sequence[PersonHit]:
        """Return what is known, the best first; nothing of it is kept.

        Args:
            query: about whom.
            seconds: how long the officer waits.

        Raises:
            SpecialBranchAway: no answer within ``seconds``.

        """
        ...
