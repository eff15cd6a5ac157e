"""What waits for a checker: how many proposals each officer may decide about, on every page."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from egate.console.access.officer import Officer, Permission
from egate.console.supervision.threshold_views import SeenChange
from egate.console.supervision.thresholds import ThresholdRefused, Thresholds
from egate.ports.reporting import CentreUnavailable
from egate.reporting.list_entry_client import ListActRefused

LISTS: Final = "/lists"
THRESHOLDS: Final = "/thresholds"
_EVERY_SECONDS: Final = 5.0
_PATIENCE_SECONDS: Final = 2.0


class CountsProposals(Protocol):
    """The centre's lists as far as this goes."""

    async def waiting(self) -> Mapping[str, int]:
        """Return how many proposals of each maker wait; raises ``CentreUnavailable``."""
        ...


class ToCheck:
    """Counts what waits; while the far end is away, what was last known of it.

    Args:
        thresholds: of the hall; None where no policy is at hand.
        lists: of the centre; None where the console knows its lanes alone.
        tell: called when a count is another one.

    """

    def __init__(
        self,
        thresholds: Thresholds | None,
        lists: CountsProposals | None,
        tell: Callable[[], None],
    ) -> None:
        self._thresholds = thresholds
        self._lists = lists
        self._tell = tell
        self._changes: tuple[frozenset[str], ...] = ()
        self._proposals: Mapping[str, int] = {}

    def of(self, officer: Officer) -> Mapping[str, int]:
        """Return for each page of proposals that ``officer`` checks how many are not their own."""
        own = officer.officer_id.lower()
        found = {}
        if self._thresholds and officer.may(Permission.CHANGE_THRESHOLDS):
            found[THRESHOLDS] = sum(own not in signers for signers in self._changes)
        if self._lists and officer.may(Permission.CHANGE_LISTS):
            found[LISTS] = sum(n for maker, n in self._proposals.items() if maker.lower() != own)
        return found

    async def keep_counting(self) -> None:
        """Count again and again until cancelled: others propose and decide elsewhere."""
        while True:
            await self.count_changes()
            await self.count_proposals()
            await asyncio.sleep(_EVERY_SECONDS)

    async def count_changes(self) -> None:
        """Count changes of thresholds now, as after an act of this console's own."""
        if self._thresholds is None:
            return
        try:
            waiting = await self._thresholds.waiting()
        except ThresholdRefused:
            return  # the page of thresholds says so, and the log
        changes = tuple(sorted(map(_signers, waiting), key=sorted))
        if changes != self._changes:
            self._changes = changes
            self._tell()

    async def count_proposals(self) -> None:
        """Count proposals about lists now; nobody waits long for a centre that does not answer."""
        if self._lists is None:
            return
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                proposals = await self._lists.waiting()
        except (CentreUnavailable, ListActRefused, TimeoutError):
            return
        if proposals != self._proposals:
            self._proposals = proposals
            self._tell()


def _signers(seen: SeenChange) -> frozenset[str]:
    return frozenset(each.lower() for each in (seen.change.proposed_by, *seen.signed_by))
