"""The background checks of one traveller: every part is asked at once, and answers in time."""

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

from egate.domain.evidence import BackgroundEvidence, CheckResult
from egate.emrtd.checks import CheckId, Outcome
from egate.gate.background.subject import BackgroundSubject

OF_LISTS: Final = (CheckId.DOCUMENT_STATUS, CheckId.WATCHLIST)


class BackgroundPart(Protocol):
    """One who answers some of the checks."""

    async def check(self, subject: BackgroundSubject) -> BackgroundEvidence:
        """Return the answer, each of this part's checks exactly once.

        It comes within the part's own time and says what could not be found out; whatever it
        raises is a bug and ends the gate.
        """
        ...


class BackgroundChecking:
    """Asks all parts beside each other, and joins what they say.

    Args:
        parts: of no two the same check.

    """

    def __init__(self, parts: Sequence[BackgroundPart]) -> None:
        self._parts = tuple(parts)

    async def check(self, subject: BackgroundSubject) -> BackgroundEvidence:
        """Return every background check exactly once; as late as the slowest part."""
        async with asyncio.TaskGroup() as tasks:
            asked = [tasks.create_task(part.check(subject)) for part in self._parts]
        answers = [each.result() for each in asked]
        return BackgroundEvidence(
            checks=tuple(check for each in answers for check in each.checks),
            lists_used=tuple(used for each in answers for used in each.lists_used),
            grant=next((each.grant for each in answers if each.grant), None),
            fallback_reasons=tuple(reason for each in answers for reason in each.fallback_reasons),
        )


class NothingConnected:
    """The answer of a lane that cannot ask.

    Args:
        checks: that it cannot answer.

    """

    def __init__(self, checks: Sequence[CheckId]) -> None:
        self._checks = tuple(checks)

    async def check(self, _: BackgroundSubject) -> BackgroundEvidence:
        """Return that nothing can be said."""
        return BackgroundEvidence(
            tuple(
                CheckResult(check_id, Outcome.NOT_SUPPORTED, "nobody to ask at this gate")
                for check_id in self._checks
            )
        )
