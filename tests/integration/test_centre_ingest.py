"""What the centre stores, what it refuses, and why: over mutual TLS into PostgreSQL."""

import grpc
import pytest
from grpc import aio

from egate.central.bodies import keys_of
from egate.central.key_ring import Sealed
from egate.domain.evidence import TravelDocument
from egate.domain.record import (
    RecordVerdict,
)
from egate.domain.time import UtcSeconds
from egate.ports.reporting import Receipt
from egate.reporting.mapping import encode
from egate.wire.v1 import crossing_pb2 as wire
from tests.centre_harness import Centre, raw, record

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_record_is_kept_byte_for_byte(centre: Centre) -> None:
    receipt = await centre.submit(record(1))
    assert receipt == Receipt(frozenset({record(1).crossing_id}), {})
    row = await centre.database.fetchrow("SELECT * FROM crossing")
    assert await centre.payloads() == [encode(record(1))]
    assert row["issuing_state"] == "UTO"
    assert row["occurred_at"].timestamp() == record(1).occurred_at
    assert row["clock_suspect"] is False


async def test_sending_again_changes_nothing(centre: Centre) -> None:
    for _ in range(3):
        receipt = await centre.submit(record(1), record(2), record(1))
        assert receipt.accepted == {record(1).crossing_id, record(2).crossing_id}
        assert not receipt.refused
    assert await centre.store.total() == 2
    assert await centre.store.conflicts() == 0


async def test_a_known_id_with_other_content_is_kept_aside(centre: Centre) -> None:
    await centre.submit(record(1))
    receipt = await centre.submit(record(1, verdict=RecordVerdict.ADMIT), record(2))
    assert receipt.accepted == {record(2).crossing_id}
    assert receipt.refused == {record(1).crossing_id: "conflict"}
    async with centre.database.acquire() as connection:
        aside = await connection.fetchrow("SELECT * FROM crossing_conflict")
        place = Sealed.CROSSING_CONFLICT, aside["crossing_id"], aside["key_id"], aside["payload"]
        kept = keys_of(connection).unseal(*place)
    assert kept == encode(record(1, verdict=RecordVerdict.ADMIT))
    assert (
        await centre.database.fetchval("SELECT verdict FROM crossing WHERE gate_seq = 1")
        == wire.VERDICT_REFER
    )


async def test_two_contents_of_one_id_in_one_batch_conflict(centre: Centre) -> None:
    request = wire.PutBatchRequest(records=[encode(record(1)), encode(record(1, attempts=2))])
    answer = await centre.call(request, "gate")
    assert len(answer.accepted) == len(answer.refused) == 1
    assert await centre.store.total() == 1


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"\xff\xff\xff", "not a crossing record"),
        (b"", "crossing_id"),
        (raw(2, crossing_id="0197f000-0000-4000-8000-000000000002"), "crossing_id"),
        (raw(2, crossing_id="0197F000-0000-7000-8000-000000000002"), "crossing_id"),
        (raw(2, gate_id="BDDAC-A-02"), "gate_id: not the gate of the certificate"),
        (raw(2, gate_seq=0), "gate_seq"),
        (raw(2, gate_seq=2**63), "gate_seq"),
        (raw(2, border_crossing_point="Dhaka"), "border_crossing_point"),
        (raw(2, direction=0), "direction"),
        (raw(2, status=0), "status"),
        (raw(2, status=-1), "status"),
        (raw(2, verdict=2**20), "verdict"),
        (raw(2, occurred_at=None), "occurred_at"),
        (raw(2, signer="x" * 70_000), "larger than 65536 bytes"),
        (encode(record(2, findings=("A\nB",))), "findings"),
        (encode(record(2, occurred_at=UtcSeconds(-1.0))), "occurred_at"),
    ],
)
async def test_one_bad_record_blocks_no_other(centre: Centre, payload: bytes, reason: str) -> None:
    request = wire.PutBatchRequest(records=[encode(record(1)), payload, encode(record(3))])
    answer = await centre.call(request, "gate")
    assert set(answer.accepted) == {record(1).crossing_id, record(3).crossing_id}
    assert [refusal.index for refusal in answer.refused] == [1]
    assert answer.refused[0].reason.startswith(reason)
    assert await centre.store.total() == 2


@pytest.mark.parametrize(
    ("issuing_state", "document_number"), [("1A2", "L1"), ("UTO", "L\0"), ("UTO", "L" * 41)]
)
async def test_a_document_that_says_nonsense_cannot_keep_its_record_from_the_centre(
    centre: Centre, issuing_state: str, document_number: str
) -> None:
    document = TravelDocument("P", issuing_state, document_number, *[""] * 6)
    made = record(1, document=document)
    assert (await centre.submit(made)).accepted == {made.crossing_id}
    row = await centre.database.fetchrow("SELECT * FROM crossing")
    assert await centre.payloads() == [encode(made)]
    assert row["issuing_state"] == (issuing_state if issuing_state == "UTO" else None)
    assert row["doc_key"] == row["crossing_id"]


async def test_what_a_newer_gate_knows_is_kept(centre: Centre) -> None:
    newer = wire.CrossingRecord.FromString(raw(1, status=99))
    newer.checks.add(check_id="NEW.CHECK", outcome=wire.OUTCOME_FAILED)
    receipt = await centre.submit(newer.SerializeToString() + b"\xfa\x07\x03abc")
    assert not receipt.refused
    assert await centre.store.total() == 1


@pytest.mark.parametrize(
    ("occurred_at", "recorded_at"),
    [(60.0, 70.0), (4_102_444_800.0, 4_102_444_801.0), (1_790_000_010.0, 1_790_000_000.0)],
)
async def test_a_wrong_clock_is_a_remark_and_no_reason(
    centre: Centre, occurred_at: float, recorded_at: float
) -> None:
    made = record(1, occurred_at=UtcSeconds(occurred_at), recorded_at=UtcSeconds(recorded_at))
    assert (await centre.submit(made)).accepted == {made.crossing_id}
    assert await centre.database.fetchval("SELECT clock_suspect FROM crossing") is True


@pytest.mark.parametrize(
    "records", [[], [b"x"] * 201, [b"x" * 60_000] * 18], ids=["none", "too many", "too large"]
)
async def test_the_limits_of_a_batch(centre: Centre, records: list[bytes]) -> None:
    with pytest.raises(aio.AioRpcError) as caught:
        await centre.call(wire.PutBatchRequest(records=records), "gate")
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_the_client_keeps_the_limits(centre: Centre) -> None:
    large = [record(number, signer="x" * 20_000) for number in range(1, 61)]
    small = [record(number) for number in range(61, 361)]
    too_large = record(999, signer="x" * 70_000)
    receipt = await centre.submit(*large, *small, too_large)
    assert receipt.accepted == {made.crossing_id for made in (*large, *small)}
    assert receipt.refused == {too_large.crossing_id: "larger than 65536 bytes"}


async def test_the_watermark_waits_for_what_is_missing(centre: Centre) -> None:
    async def marked(*numbers: int) -> int:
        request = wire.PutBatchRequest(records=[encode(record(number)) for number in numbers])
        return (await centre.call(request, "gate")).watermark

    assert await marked(2) == 0
    assert await marked(1) == 2
    assert await marked(5, 6, 3) == 3
    assert await marked(5) == 3
    assert await marked(4) == 6
    other = wire.PutBatchRequest(records=[b"refused"])
    assert (await centre.call(other, "gate")).watermark == 6
