"""The centre, seen from a gate: sends batches of records over gRPC with mutual TLS."""

from collections.abc import Iterator, Sequence
from typing import Final

from grpc import aio

from egate.ports.reporting import CentreUnavailable, PendingRecord, Receipt
from egate.reporting import credentials
from egate.reporting.channel import (
    MAX_BATCH_BYTES,
    MAX_RECORD_BYTES,
    MAX_RECORDS,
    explain,
    open_channel,
)
from egate.reporting.identity import Role
from egate.settings import SettingsError, Tls
from egate.wire.v1 import crossing_pb2 as wire
from egate.wire.v1 import crossing_pb2_grpc as wire_grpc

_DEADLINE_SECONDS: Final = 10.0


class CentreClient:
    """A ``RecordSink`` over one channel; opens it again when the certificate files change.

    Args:
        address: of the centre, as ``host:port``.
        tls: our certificate, and the authority of the centre's.

    Raises:
        SettingsError: the files of ``tls`` are missing or do not fit together.

    """

    def __init__(self, address: str, tls: Tls) -> None:
        self._address = address
        self._tls = tls
        self._stamp = credentials.stamp(tls)
        self._channel = open_channel(address, credentials.load(tls), Role.CENTRE)

    async def submit(self, batch: Sequence[PendingRecord]) -> Receipt:
        """Send ``batch``, in several calls if it is large, and say what became of it.

        Raises:
            CentreUnavailable: nothing is known about the batch; send it again.

        """
        await self._renew()
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

    async def close(self) -> None:
        """End the connection; a call under way ends as ``CentreUnavailable``."""
        await self._channel.close()

    async def _put(self, part: Sequence[PendingRecord]) -> wire.PutBatchResponse:
        request = wire.PutBatchRequest(records=[record.payload for record in part])
        stub = wire_grpc.CrossingServiceStub(self._channel)
        try:
            return await stub.PutBatch(request, timeout=_DEADLINE_SECONDS)
        except aio.AioRpcError as error:
            raise CentreUnavailable(explain(error, self._address, Role.CENTRE)) from error
        except aio.UsageError as error:
            raise CentreUnavailable(f"{self._address}: the connection is closed") from error

    async def _renew(self) -> None:
        now = credentials.stamp(self._tls)
        if now == self._stamp:
            return
        try:
            fresh = credentials.load(self._tls)
        except SettingsError:
            return  # half replaced; the old ones may still do
        self._stamp = now
        old, self._channel = (
            self._channel,
            open_channel(self._address, fresh, Role.CENTRE),
        )
        await old.close()


def _parts(batch: Sequence[PendingRecord]) -> Iterator[list[PendingRecord]]:
    part: list[PendingRecord] = []
    size = 0
    for record in batch:
        if part and (len(part) == MAX_RECORDS or size + len(record.payload) > MAX_BATCH_BYTES):
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
