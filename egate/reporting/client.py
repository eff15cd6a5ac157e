"""The centre, seen from a gate: sends batches of records over gRPC with mutual TLS."""

from collections.abc import Iterator, Sequence
from typing import Final

import grpc
from grpc import aio

from egate.domain.evidence.chain import HASH_BYTES
from egate.domain.service_span import ServiceSpan
from egate.observability.logging import logger
from egate.ports.reporting import CentreUnavailable, PendingRecord, Receipt, Standing
from egate.reporting.channel import (
    MAX_BATCH_BYTES,
    MAX_RECORD_BYTES,
    MAX_RECORDS,
)
from egate.reporting.identity import Role
from egate.reporting.link import Link
from egate.reporting.span_mapping import encode_span
from egate.settings import Tls
from egate.wire.v1 import crossing_pb2 as wire
from egate.wire.v1 import crossing_pb2_grpc as wire_grpc
from egate.wire.v1 import service_report_pb2 as report_wire
from egate.wire.v1 import service_report_pb2_grpc as report_grpc

_DEADLINE_SECONDS: Final = 10.0
_MAX_NUMBER: Final = 2**63 - 1
_MAX_LIFE: Final = 64


class CentreClient:
    """A ``StationSink`` and ``ServiceReports`` over one channel.

    It is opened again when the certificate files change.

    Args:
        address: of the centre, as ``host:port``.
        tls: our certificate, and the authority of the centre's.

    Raises:
        SettingsError: the files of ``tls`` are missing or do not fit together.

    """

    def __init__(self, address: str, tls: Tls) -> None:
        self._link = Link(address, tls, Role.CENTRE)

    @property
    def link(self) -> Link:
        """The connection, for who else talks to the centre; it ends with `close`."""
        return self._link

    async def submit(self, batch: Sequence[PendingRecord]) -> Receipt:
        """Send ``batch``, in several calls if it is large, and say what became of it.

        Raises:
            CentreUnavailable: nothing is known about the batch; send it again.

        """
        refused = {
            record.record_id: f"larger than {MAX_RECORD_BYTES} bytes"
            for record in batch
            if len(record.payload) > MAX_RECORD_BYTES
        }
        accepted: set[str] = set()
        for part in _parts([record for record in batch if record.record_id not in refused]):
            answer = await self._put(part)
            accepted |= {record.record_id for record in part} & set(answer.accepted)
            refused |= _refusals(part, answer)
        return Receipt(frozenset(accepted), refused)

    async def report(self, spans: Sequence[ServiceSpan]) -> None:
        """Send when this gate was in service.

        Raises:
            CentreUnavailable: nothing is known about them; send them again. Also by a
                centre of before it took any.

        """
        request = report_wire.ReportStatusRequest(spans=map(encode_span, spans))
        with self._link.failing_as(CentreUnavailable):
            stub = report_grpc.ServiceReportServiceStub(await self._link.channel())
            answer = await stub.ReportStatus(request, timeout=_DEADLINE_SECONDS)
        if answer.kept < len(spans):
            logger().error("times of service refused", count=len(spans) - answer.kept)

    async def standing(self, last_gate_seq: int) -> Standing:
        """Ask how far this station's records go; a centre of before it could be asked has none.

        Args:
            last_gate_seq: the last number that was given here.

        Raises:
            CentreUnavailable: nothing is known.

        """
        request = wire.GetStandingRequest(last_gate_seq=last_gate_seq)
        with self._link.failing_as(CentreUnavailable):
            stub = wire_grpc.CrossingServiceStub(await self._link.channel())
            try:
                answer = await stub.GetStanding(request, timeout=_DEADLINE_SECONDS)
            except aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.UNIMPLEMENTED:
                    raise
                return Standing(0)
        return _standing(answer)

    async def reach(self, seconds: float) -> None:
        """See that the centre is there and takes our certificate; nothing is sent.

        Args:
            seconds: it must answer within.

        Raises:
            CentreUnavailable: it did not, or refused us; says what to mend.

        """
        with self._link.failing_as(CentreUnavailable):
            stub = wire_grpc.CrossingServiceStub(await self._link.channel())
            try:
                await stub.PutBatch(wire.PutBatchRequest(), timeout=seconds)
            except aio.AioRpcError as error:
                # A batch of nothing is refused, by a centre that knows who sent it.
                if error.code() is not grpc.StatusCode.INVALID_ARGUMENT:
                    raise

    async def close(self) -> None:
        """End the connection; a call under way ends as ``CentreUnavailable``."""
        await self._link.close()

    async def _put(self, part: Sequence[PendingRecord]) -> wire.PutBatchResponse:
        request = wire.PutBatchRequest(
            records=[record.payload for record in part],
            links=[
                wire.ChainLink(previous=link.previous, signature=link.signature, key_id=link.key_id)
                for record in part
                if (link := record.link)
            ],
        )
        with self._link.failing_as(CentreUnavailable):
            stub = wire_grpc.CrossingServiceStub(await self._link.channel())
            return await stub.PutBatch(request, timeout=_DEADLINE_SECONDS)


def _standing(answer: wire.GetStandingResponse) -> Standing:
    is_sound = (
        max(answer.highest_gate_seq, answer.watermark) <= _MAX_NUMBER
        and len(answer.link) in (0, HASH_BYTES)
        and len(answer.database_life) <= _MAX_LIFE
    )
    if not is_sound:
        raise CentreUnavailable("the centre's answer is no standing of a station")
    return Standing(
        answer.highest_gate_seq,
        answer.link,
        answer.key_id,
        answer.database_life,
        answer.watermark,
    )


def _parts(batch: Sequence[PendingRecord]) -> Iterator[list[PendingRecord]]:
    part: list[PendingRecord] = []
    size = 0
    for record in batch:
        is_full = len(part) == MAX_RECORDS or size + len(record.payload) > MAX_BATCH_BYTES
        # A call has links for all of its records or for none.
        if part and (is_full or (part[0].link is None) != (record.link is None)):
            yield part
            part, size = [], 0
        part.append(record)
        size += len(record.payload)
    if part:
        yield part


def _refusals(part: Sequence[PendingRecord], answer: wire.PutBatchResponse) -> dict[str, str]:
    if any(refusal.index >= len(part) for refusal in answer.refused):
        raise CentreUnavailable("the centre's answer names a record that was not sent")
    return {part[refusal.index].record_id: refusal.reason for refusal in answer.refused}
