"""The centre's list of crossings, without personal data, for officers and the demo."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from egate.domain.record import CrossingStatus, RecordVerdict, StepDuration
from egate.ports.reporting import CentreUnavailable
from egate.reporting.identity import Role
from egate.reporting.link import Link
from egate.reporting.mapping import RecordMalformed, status_of, verdict_of
from egate.settings import Tls
from egate.wire.v1 import crossing_pb2 as wire
from egate.wire.v1 import crossing_pb2_grpc as wire_grpc

_DEADLINE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class CrossingSummary:
    """One record at the centre; no personal data."""

    crossing_id: str
    gate_id: str
    gate_seq: int
    verdict: RecordVerdict
    status: CrossingStatus
    findings: tuple[str, ...]
    steps: tuple[StepDuration, ...]
    passage_confirmed: bool
    prepared_crossing_id: str = ""


class CrossingList:
    """Asks the centre which crossings it has.

    Args:
        address: of the centre, as ``host:port``.
        tls: a certificate of an officer or a console.

    """

    def __init__(self, address: str, tls: Tls) -> None:
        self._link = Link(address, tls, Role.CENTRE)

    async def fetch(self, gate_id: str = "") -> tuple[Sequence[CrossingSummary], int]:
        """Return the crossings of ``gate_id``, of all gates when "", oldest first, and how many.

        Raises:
            CentreUnavailable: the centre is away or refuses; says which.

        """
        request = wire.ListCrossingsRequest(gate_id=gate_id)
        with self._link.failing_as(CentreUnavailable):
            stub = wire_grpc.CrossingServiceStub(await self._link.channel())
            answer = await stub.ListCrossings(request, timeout=_DEADLINE_SECONDS)
        try:
            return [_summary(crossing) for crossing in answer.crossings], answer.total
        except RecordMalformed as error:
            raise CentreUnavailable(f"an answer of another version: {error}") from error

    async def close(self) -> None:
        await self._link.close()


def _summary(crossing: wire.CrossingSummary) -> CrossingSummary:
    return CrossingSummary(
        crossing.crossing_id,
        crossing.gate_id,
        crossing.gate_seq,
        verdict_of(crossing.verdict),
        status_of(crossing.status),
        tuple(crossing.findings),
        tuple(StepDuration(step.step, step.seconds, step.gate_seconds) for step in crossing.steps),
        crossing.passage_confirmed,
        crossing.prepared_crossing_id,
    )
