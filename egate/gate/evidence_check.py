"""Sees once an hour that the centre still has what this gate sent, and signed for it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from egate.observability.logging import logger
from egate.outbox.chain_proof import ChainProof
from egate.ports.evidence import Evidence, EvidenceBroken
from egate.ports.reporting import CentreUnavailable

_LOOK_SECONDS: Final = 3600.0


class EvidenceCheck:
    """What it finds is logged as an error, once for each fault; a lane goes on.

    Args:
        proof: which records are proven.
        evidence: the centre's.
        sleep: waits so many seconds.

    """

    def __init__(
        self,
        proof: ChainProof,
        evidence: Evidence,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._proof = proof
        self._evidence = evidence
        self._sleep = sleep
        self._told = ""

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.look()
            except CentreUnavailable:
                pass  # the forwarder says so
            except EvidenceBroken as broken:
                self._tell(str(broken))
            else:
                self._told = ""
            await self._sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        """See that the newest tree continues those before, and prove what is not proven yet.

        Raises:
            EvidenceBroken: the centre has lost or changed something.
            CentreUnavailable: it cannot be asked now.

        """
        newest = await self._evidence.follow()
        asked: Mapping[int, bytes] = {}
        # What could not be proven comes again; what was, does not.
        while newest and (links := self._proof.next_links()) and links != asked:
            trees = await self._evidence.trees_of(links)
            if lost := self._proof.note(links, trees, newest):
                raise EvidenceBroken(f"record {lost} is in no tree, and later ones are")
            asked = links

    def _tell(self, fault: str) -> None:
        if fault != self._told:
            logger().error("evidence broken", reason=fault)
        self._told = fault
