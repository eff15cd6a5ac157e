"""Looks over a station's own chain after a start, a little at a time beside its work."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from egate.observability.logging import logger
from egate.outbox.station_evidence import (
    AskEvidence,
    EvidencePart,
    EvidenceUnusable,
    StationEvidence,
)

_PART: Final = 20
"""Three milliseconds of computing; nobody in a lane waits for longer."""
_PAUSE_SECONDS: Final = 0.05


async def watch_chain(
    ask: AskEvidence, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Look over the whole chain once, and note where it breaks, or that it does not.

    It does not stop the station: what the centre has of the chain is whole, and it raises an
    alarm when the next record does not continue it.

    Args:
        ask: the station's evidence.
        sleep: waits so many seconds.

    """
    try:
        while await ask(lambda evidence: evidence.audit.look(_PART)):
            await sleep(_PAUSE_SECONDS)
        await ask(_note)
    except EvidenceUnusable as error:
        logger().error("chain cannot be read", reason=str(error))


def _note(evidence: StationEvidence) -> None:
    found = evidence.audit.found
    fault = f"record {found.gate_seq} {found.fault}" if found else ""
    evidence.note(EvidencePart.CHAIN, fault)
