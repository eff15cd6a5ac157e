"""Days that are over: their trees, who signs them, and what stations can prove by them."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import asyncpg
import grpc
import pytest
import pytest_asyncio
from cryptography import x509

from egate.central.evidence.closing import HeadSigner, close_next
from egate.central.evidence.trees import closed_trees
from egate.domain.evidence.merkle import MerkleTree, is_continued, is_included
from egate.domain.evidence.tree_head import TreeHead, day_entry
from egate.observability.logging import logger
from egate.ports.signing import SignerUnavailable
from egate.reporting.station_key import StationKey
from egate.reporting.tree_heads import HeadRefused, SignedHead
from tests.centre_harness import Centre
from tests.evidence_days import Days, signer_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def days(centre: Centre) -> Days:
    return Days(centre)


async def test_a_day_is_closed_when_it_is_over_and_what_came_later_is_of_the_next(
    days: Days,
) -> None:
    await days.take(1, 2, 3, ago=1)
    await days.take(4)
    (signed,) = await days.close()
    assert signed.head.day == await days.today() - timedelta(days=1)
    tree = MerkleTree(days.links[:3])
    assert (signed.head.number, signed.head.size, signed.head.root) == (1, 3, tree.root)
    days_tree = MerkleTree([day_entry(signed.head.day, 3, tree.root)])
    assert signed.head.days_root == days_tree.root
    assert await days.close() == [signed]


async def test_days_without_records_have_no_tree_and_days_that_were_missed_are_made_good(
    days: Days,
) -> None:
    await days.take(1, ago=9)
    await days.take(2, 3, ago=4)
    await days.take(4, ago=2)
    heads = await days.close()
    today = await days.today()
    assert [today - each.head.day for each in heads] == [timedelta(days=d) for d in (9, 4, 2)]
    assert [each.head.size for each in heads] == [1, 2, 1]


async def test_a_clock_that_jumped_leaves_nothing_out(days: Days) -> None:
    await days.take(1, ago=1)
    await days.take(2, ago=-3)  # the clock was ahead, and was set back
    await days.take(3, ago=1)
    await days.take(4, ago=-3)
    heads = await days.close()
    assert [each.head.size for each in heads] == [3, 1]
    assert heads[1].head.day == await days.today() + timedelta(days=3)


async def test_a_tree_waits_for_a_transaction_that_has_begun_to_write(days: Days) -> None:
    await days.take(1, 2, ago=1)
    other = await asyncpg.connect(days.centre.address.dsn)
    transaction = other.transaction()
    await transaction.start()
    await other.execute(
        "INSERT INTO chain_link (station_id, gate_seq, crossing_id, accepted_at, link, previous,"
        " digest, signature, key_id, fault) SELECT station_id, 3, crossing_id, accepted_at, link,"
        " previous, digest, signature, key_id, fault FROM chain_link WHERE gate_seq = 2"
    )
    with pytest.raises(asyncpg.LockNotAvailableError):
        await days.close()
    await transaction.commit()
    await other.close()
    (signed,) = await days.close()
    assert signed.head.size == 3


async def test_of_two_centres_that_close_a_day_one_head_is_kept(days: Days) -> None:
    await days.take(1, 2, ago=1)
    signer = signer_of(days.tls)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(4):
            tasks.create_task(close_next(days.centre.database, signer, logger()))
    (closed,) = await closed_trees(days.centre.database)
    assert closed.signed.head.size == 2


async def test_a_head_is_not_signed_with_a_certificate_that_is_of_another_key(days: Days) -> None:
    await days.take(1, ago=1)
    other = days.centre.tls("centre", "chattogram")
    sign = HeadSigner(StationKey(days.tls), other)
    with pytest.raises(SignerUnavailable):
        await close_next(days.centre.database, sign, logger())
    days.tls.certificate.write_bytes(b"half")
    with pytest.raises(SignerUnavailable):
        await close_next(days.centre.database, HeadSigner(StationKey(other), days.tls), logger())
    days.tls = other
    assert len(await days.close()) == 1


async def test_stations_get_the_newest_head_and_each_of_before(days: Days) -> None:
    await days.take(1, 2, ago=3)
    await days.take(3, ago=2)
    first, second = await days.close()
    for number, signed in ((0, second), (1, first), (2, second)):
        sent = (await days.head(number)).head
        assert (sent.number, sent.day) == (signed.head.number, signed.head.day.isoformat())
        assert (sent.size, sent.root) == (signed.head.size, signed.head.root)
        head = TreeHead(
            sent.number, date.fromisoformat(sent.day), sent.size, sent.root, sent.days_root
        )
        received = SignedHead(head, sent.signature, sent.certificate)
        received.check(x509.load_pem_x509_certificates(days.tls.ca.read_bytes()))


async def test_each_head_is_proven_to_continue_those_before(days: Days) -> None:
    for number in range(1, 6):
        await days.take(number, ago=20 - number)
    heads = [each.head for each in await days.close()]
    assert len(heads) == 5
    for later in heads:
        for earlier in heads[: later.number]:
            answer = await days.head(later.number, earlier.number)
            known = (earlier.number, earlier.days_root)
            assert is_continued(known, (later.number, later.days_root), answer.consistency)


@pytest.mark.parametrize(("number", "known"), [(2, 0), (1, 2), (2**64 - 1, 0), (0, 2)])
async def test_there_is_no_head_of_a_day_that_is_not_over(
    days: Days, number: int, known: int
) -> None:
    await days.take(1, ago=1)
    await days.close()
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await days.head(number, known)
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND


async def test_a_station_proves_that_its_records_are_in_the_trees(days: Days) -> None:
    await days.take(1, 2, 3, ago=3)
    await days.take(4, 5, ago=2)
    await days.take(6)
    heads = {each.head.number: each.head for each in await days.close()}
    found = await days.inclusions(1, 2, 3, 4, 5, 6, 7, 2**64 - 1)
    assert [(each.gate_seq, each.number) for each in found] == [
        *((1, 1), (2, 1), (3, 1)),
        *((4, 2), (5, 2)),
    ]
    for each in found:
        head = heads[each.number]
        link = days.links[each.gate_seq - 1]
        assert is_included(link, each.index, head.size, each.path, head.root)


async def test_what_was_written_into_a_closed_tree_later_has_no_proof(days: Days) -> None:
    unused = await days.centre.database.fetchval(
        "SELECT nextval(pg_get_serial_sequence('chain_link', 'position'))"
    )
    await days.take(1, 2, ago=3)
    await days.close()
    await days.inclusions(1)
    await days.centre.database.execute(
        "INSERT INTO chain_link OVERRIDING SYSTEM VALUE SELECT $1, station_id, 3,"
        " crossing_id, accepted_at, link, previous, digest, signature, key_id, fault"
        " FROM chain_link WHERE gate_seq = 2",
        unused,
    )
    assert [(each.gate_seq, each.index) for each in await days.inclusions(2, 3)] == [(3, 0)]


async def test_a_station_asks_for_its_own_alone(days: Days) -> None:
    await days.take(1, ago=1)
    await days.close()
    other = days.centre.tls("gate", "BDDAC-B-07")
    assert not await days.inclusions(1, tls=other)
    officer = days.centre.tls("officer", "dip-7")
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await days.inclusions(1, tls=officer)
    assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_a_station_asks_for_two_hundred_at_once_and_not_for_more(days: Days) -> None:
    assert not await days.inclusions(*range(200))
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await days.inclusions(*range(201))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_head_of_which_anything_was_changed_is_not_genuine(days: Days) -> None:
    await days.take(1, ago=1)
    (signed,) = await days.close()
    authorities = x509.load_pem_x509_certificates(days.tls.ca.read_bytes())
    signed.check(authorities)
    for changes in (
        {"number": 2},
        {"day": signed.head.day - timedelta(days=1)},
        {"size": 2},
        {"root": bytes(32)},
        {"days_root": bytes(32)},
    ):
        changed = replace(signed, head=replace(signed.head, **changes))
        with pytest.raises(HeadRefused, match="signature"):
            changed.check(authorities)
    late = replace(signed, head=replace(signed.head, day=date(9999, 1, 1)))
    with pytest.raises(HeadRefused, match="over"):
        late.check(authorities)
    with pytest.raises(HeadRefused, match="no certificate"):
        replace(signed, certificate=b"none").check(authorities)
