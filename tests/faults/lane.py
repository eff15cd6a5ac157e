"""A lane whose only way to a running centre is a wire that goes wrong."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from egate.domain.evidence import BackgroundEvidence, TravelDocument
from egate.domain.record import CrossingRecord
from egate.domain.session import model as m
from egate.domain.session.crossing import LaneIdentity
from egate.gate.background.authorised import AuthorisationsAtGate
from egate.gate.background.checking import OF_LISTS, BackgroundChecking
from egate.gate.chip_reading import ChipInspection
from egate.outbox.backoff import delays
from egate.ports.supervision import OfficerOrder
from egate.reporting.authorisation_client import AuthorisationClient
from egate.reporting.client import CentreClient
from tests.authorisation_samples import RULES
from tests.centre_harness import Centre
from tests.faults.wire import Wire
from tests.gate_lane import IDENTITY, Background, Comparison, Hall, Procedure, hall
from tests.gate_samples import DOCUMENT, chip, results

CITIZEN = replace(DOCUMENT, issuing_state="BGD", nationality="BGD", document_number="A01234567")
_ANSWER_SECONDS = 1.0


def citizen(number: int) -> TravelDocument:
    """Return the passport of one who comes home; nobody comes home twice a day."""
    return replace(CITIZEN, document_number=f"B{number:08}")


@dataclass
class Lane:
    """A lane behind that wire."""

    hall: Hall
    wire: Wire
    centre: Centre
    gate_id: str

    async def comes(self, document: TravelDocument = DOCUMENT) -> m.State:
        """Let a traveller with ``document`` come, and return how the gate decided."""
        h = self.hall
        h.procedure.inspection = ChipInspection(replace(chip(), document=document), b"portrait")
        await h.until_state(m.Idle)
        await h.walk_up()
        await h.present()
        await h.until(lambda: isinstance(h.state, m.Passing | m.AwaitingOfficer), 15)
        return h.state

    async def passes(self, document: TravelDocument = DOCUMENT) -> None:
        assert isinstance(await self.comes(document), m.Passing)
        await self.leaves()

    async def leaves(self) -> None:
        """Let the traveller take the document and walk through."""
        await self.hall.chip_reader.remove()
        await self.hall.walk_through()
        await self.hall.until_state(m.Idle)

    async def is_referred(self, document: TravelDocument = DOCUMENT) -> set[str]:
        """Return why."""
        state = await self.comes(document)
        assert isinstance(state, m.AwaitingOfficer)
        await self.hall.go_back()
        self.hall.gate.supervision.order(OfficerOrder.RESET, "officer-1")
        return set(state.findings)

    async def records(self, count: int, seconds: float = 20) -> list[CrossingRecord]:
        """Return what the centre has of this gate, once there are so many, in their order."""
        async with asyncio.timeout(seconds):
            while True:
                found = await self.centre.records(self.gate_id)
                if len(found) >= count:
                    return found
                await asyncio.sleep(0.05)

    async def stored(self) -> int:
        """Return how many records of this gate the centre has."""
        query = "SELECT count(DISTINCT gate_seq) FROM crossing WHERE gate_id = $1"
        return int(await self.centre.database.fetchval(query, self.gate_id))

    async def arrived(self, count: int, seconds: float) -> None:
        """Wait until the centre has so many records of this gate."""
        async with asyncio.timeout(seconds):
            while await self.stored() < count:  # noqa: ASYNC110 - in the database
                await asyncio.sleep(0.05)


@asynccontextmanager
async def lane(
    centre: Centre,
    folder: Path,
    identity: LaneIdentity = IDENTITY,
    seed: int = 0,
    answer_seconds: float = _ANSWER_SECONDS,
) -> AsyncIterator[Lane]:
    """A lane that retries as a real one does; its lists know nothing against anybody.

    Args:
        centre: that runs.
        folder: of its journal.
        identity: its own.
        seed: of its wire and of its waits.
        answer_seconds: in which the centre has to say what it knows of a traveller.

    """
    chance = random.Random(seed)
    async with Wire(centre.at.grpc, seed) as wire:
        sink = CentreClient(wire.address, centre.tls("gate", identity.gate_id))
        asked = BackgroundChecking(
            (
                Background(BackgroundEvidence(results(OF_LISTS))),
                AuthorisationsAtGate(AuthorisationClient(sink.link, answer_seconds), RULES),
            )
        )
        ways = (Procedure(), lambda _: Comparison())
        try:
            async with hall(
                folder,
                centre=sink,  # type: ignore[arg-type]
                asked=asked,
                ways=ways,
                identity=identity,
                waits=lambda: delays(chance.random),
            ) as h:
                yield Lane(h, wire, centre, identity.gate_id)
        finally:
            await sink.close()
