"""The centre's own services over tables in memory: killed, started again, and watched."""

import asyncio
import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import grpc

from egate.central.admission import Admission
from egate.central.alarms import AlarmKind
from egate.central.evidence.signatures import SignatureCheck
from egate.central.group_commit import WORKERS, GroupCommit
from egate.central.ingest import CrossingService
from egate.central.store import Store
from egate.central.uuids import to_uuid
from egate.observability.logging import logger
from egate.reporting.guard import Guard
from egate.reporting.identity import Holder, holder_of
from egate.wire.v1 import crossing_pb2 as wire
from egate.wire.v1 import crossing_pb2_grpc as wire_grpc
from tests.simulation.identities import StationKey, gate_id
from tests.simulation.memory_database import MemoryPool
from tests.simulation.processes import Acts, Process
from tests.simulation.tables import Tables
from tests.simulation.world import BEGUN, World

_LOOK_SECONDS: Final = 600.0
"""Between two looks at who is revoked; the product's two seconds would be most of a day's work."""
_TOLD_SECONDS: Final = 2.0
"""In which the product has read who is revoked."""
_ON_THE_WAY: Final = dt.timedelta(seconds=31)
"""A question that was overtaken by records is no older; a little more than the product's time."""
_NAME: Final = "centre"


class CallRefused(Exception):
    """A service ended a call."""

    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(details)
        self.code, self.details = code, details


class Caller:
    """What a service sees of a call."""

    def __init__(self, certificate: bytes) -> None:
        self._certificate = certificate

    def auth_context(self) -> Mapping[str, list[bytes]]:
        return {"x509_pem_cert": [self._certificate]}

    async def abort(self, code: grpc.StatusCode, details: str = "") -> None:
        raise CallRefused(code, details)


class _Handlers:
    """The part of a gRPC server that services are added to."""

    def __init__(self) -> None:
        self.of: dict[str, Any] = {}

    def add_generic_rpc_handlers(self, _: object) -> None:
        """Take no handlers by this way; they come by the next one as well."""

    def add_registered_method_handlers(self, service: str, handlers: Mapping[str, Any]) -> None:
        self.of |= {f"/{service}/{name}": each for name, each in handlers.items()}


class Centre:
    """Its process, and the tables that outlive it.

    Args:
        world: of the day.
        gates: how many are enrolled.

    """

    def __init__(self, world: World, gates: int) -> None:
        self._world = world
        self._chance = world.chance(_NAME)
        self.acts = Acts()
        self.tables = Tables(lambda: world.utc)
        for station in range(1, gates + 1):
            self.tables.enrolled["gate", gate_id(station)] = None
            self.certify(StationKey(station))
        self.answered: dict[str, int] = {}
        """The highest watermark that each gate was told."""
        self.causes: set[tuple[str, str]] = set()
        """Kinds and subjects of alarms that have a cause."""
        self.crashes = 0
        self.start()

    def start(self) -> None:
        self.acts.revive()
        self.tables.roll_back()
        self.process = Process(self._world, _NAME, self.crash)
        pool = MemoryPool(self.tables, self.acts)
        store, handlers = Store(pool), _Handlers()
        commits = GroupCommit(store)
        service = CrossingService(store, commits, SignatureCheck(pool), logger())
        wire_grpc.add_CrossingServiceServicer_to_server(service, handlers)
        self._admission = Admission(pool, None)
        guard = Guard(self._admission)
        self._handlers = {name: guard._guarded(each) for name, each in handlers.of.items()}
        for _ in range(WORKERS):
            self.process.start(commits.run())
        self._looked_at = 0.0
        self.process.start(self._keep_looking())
        self._world.note(_NAME, "started")

    def crash(self) -> None:
        """Kill it now; it is started again by itself."""
        if not self.process.alive:
            return
        self.acts.cut()
        self.process.end()
        self.crashes += 1
        self._world.note(_NAME, "killed")
        self._world.later(self._chance.uniform(0.5, 60), self.start)

    async def answer(self, method: str, request: bytes, certificate: bytes) -> bytes:
        """Answer one call as the product's server would.

        Raises:
            CallRefused: it is refused.

        """
        handler = self._handlers[method]
        parsed = handler.request_deserializer(request)
        # What a look finds that begins or ends while a call is answered is for the next one.
        caller, known_at = holder_of(certificate), self._looked_at
        answer = await handler.unary_unary(parsed, Caller(certificate))
        self._watch_caller(caller, known_at)
        match answer:
            case wire.PutBatchResponse():
                self._watch_batch(caller.identity.name, answer)
            case wire.GetStandingResponse():
                self._watch_standing(caller.identity.name, parsed, answer)
        sent: bytes = handler.response_serializer(answer)
        return sent

    def certify(self, key: StationKey) -> None:
        """Know a station's certificate from its enrolment on."""
        holder = key.holder
        self.tables.certificates[holder.serial] = (holder.identity.name, holder.certificate)

    def revoke(self, key: StationKey) -> None:
        """Revoke the certificate that a station has now; told to the service at its next look."""
        holder = key.holder
        self.tables.revoked[holder.serial] = self.tables.now()
        self._world.later(_TOLD_SECONDS, lambda: self.process.start(self._look()))
        self.causes.add((AlarmKind.REVOKED_CERTIFICATE, f"gate {holder.identity.name}"))

    async def _keep_looking(self) -> None:
        while True:
            await self._look()
            await asyncio.sleep(_LOOK_SECONDS)

    async def _look(self) -> None:
        now = self._world.now
        if await self._admission._look_since(now):
            self._looked_at = now

    def _watch_batch(self, gate_id: str, answer: wire.PutBatchResponse) -> None:
        """See that what is answered is committed at this moment."""
        for crossing_id in answer.accepted:
            if not crossing_id or to_uuid(crossing_id) not in self.tables.crossings:
                self._world.broken(_NAME, f"{crossing_id} is acknowledged and not stored")
        here = self.tables.numbers.get(gate_id, frozenset())
        if not set(range(1, answer.watermark + 1)) <= here:
            self._world.broken(_NAME, f"watermark {answer.watermark} of {gate_id} over a gap")
        self.answered[gate_id] = max(self.answered.get(gate_id, 0), answer.watermark)
        refused = ", ".join(f"{each.crossing_id}: {each.reason}" for each in answer.refused)
        said = f"{len(answer.accepted)} accepted, up to {answer.watermark}"
        self._world.note(_NAME, f"{gate_id}: {said}" + (f", refused {refused}" if refused else ""))

    def _watch_caller(self, caller: Holder, known_at: float) -> None:
        """See that nobody was answered who was known as revoked by then."""
        revoked_at = self.tables.revoked.get(caller.serial)
        if revoked_at is not None and revoked_at.timestamp() - BEGUN < known_at:
            self._world.broken(_NAME, f"{caller.identity.name} is revoked and was answered")

    def _watch_standing(
        self, name: str, request: wire.GetStandingRequest, answer: wire.GetStandingResponse
    ) -> None:
        """See that somebody is told of a station that has lost records, but no fresh ones."""
        longer_here = self.tables.now() - _ON_THE_WAY
        behind = any(
            row["accepted_at"] < longer_here
            for number in range(request.last_gate_seq + 1, answer.highest_gate_seq + 1)
            for row in self.tables.links.get((name, number), ())
        )
        if behind and (AlarmKind.STATION_BEHIND, name) not in self.tables.alarms:
            self._world.broken(_NAME, f"{name} is behind, and nobody is told")
