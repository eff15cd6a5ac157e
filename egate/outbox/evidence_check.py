"""Sees once an hour that the centre still has what this station sent, and signed for it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from egate.observability.logging import logger
from egate.outbox.station_evidence import AskEvidence, EvidencePart, EvidenceUnusable
from egate.ports.evidence import Evidence, EvidenceBroken
from egate.ports.reporting import CentreUnavailable

_LOOK_SECONDS: Final = 3600.0


class EvidenceCheck:
    """What it finds is noted in the station's evidence, and logged once; the station goes on.

    Args:
        ask: the station's evidence.
        centre: proves.
        sleep: waits so many seconds.

    """

    def __init__(
        self,
        ask: AskEvidence,
        centre: Evidence,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._ask = ask
        self._centre = centre
        self._sleep = sleep

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self._note(await self._fault())
            except CentreUnavailable:
                pass  # whoever sends the records says so
            except EvidenceUnusable as error:
                logger().error("evidence cannot be looked at", reason=str(error))
            await self._sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        """See that the newest tree continues those before, and prove what is not proven yet.

        Raises:
            EvidenceBroken: the centre has lost or changed something.
            CentreUnavailable: it cannot be asked now.
            EvidenceUnusable: the station's own database cannot.

        """
        newest = await self._centre.follow()
        asked: Mapping[int, bytes] = {}
        # What could not be proven comes again; what was, does not.
        while newest and (links := await self._next_links()) and links != asked:
            if lost := await self._first_lost(links, newest):
                raise EvidenceBroken(f"record {lost} is in no tree, and later ones are")
            asked = links

    async def _fault(self) -> str:
        try:
            await self.look()
        except EvidenceBroken as broken:
            return str(broken)
        return ""

    async def _next_links(self) -> Mapping[int, bytes]:
        return await self._ask(lambda evidence: evidence.proof.next_links())

    async def _first_lost(self, links: Mapping[int, bytes], newest: int) -> int:
        trees = await self._centre.trees_of(links)
        return await self._ask(lambda evidence: evidence.proof.note(links, trees, newest))

    async def _note(self, fault: str) -> None:
        await self._ask(lambda evidence: evidence.note(EvidencePart.PROOF, fault))
