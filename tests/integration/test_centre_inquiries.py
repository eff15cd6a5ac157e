"""What officers look up at the centre over mutual TLS: found, in pages, and never unseen."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from egate.central.document_key import document_key
from egate.domain.record import (
    CaptureMode,
    CrossingStatus,
    Direction,
    RecordVerdict,
)
from egate.domain.time import UtcSeconds
from egate.ports.inquiries import CrossingFound, CrossingSearch
from egate.ports.reporting import CentreUnavailable
from egate.reporting.inquiry_client import InquiryClient, InquiryRefused
from egate.wire.v1 import inquiry_pb2 as wire
from egate.wire.v1 import inquiry_pb2_grpc as wire_grpc
from tests.centre_harness import GATE, Centre, raw, record

pytestmark = pytest.mark.asyncio(loop_scope="session")
SPARINGLY = settings(
    max_examples=settings.default.max_examples // 20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
OFFICER = "SB-1107"
BEGUN = record(0).occurred_at
ALL = CrossingSearch(since=UtcSeconds(BEGUN - 60.0), until=UtcSeconds(BEGUN + 86_400.0))
LOOKS = """
SELECT officer_id, peer, kind, crossing_id::text, document, criteria, shown
FROM inquiry ORDER BY inquiry_id
"""


@asynccontextmanager
async def asking(
    centre: Centre, role: str = "console", name: str = "hall-1"
) -> AsyncIterator[InquiryClient]:
    async with centre.linked(role, name) as link:
        yield InquiryClient(link)


def ids(found: tuple[CrossingFound, ...]) -> list[int]:
    return [int(each.crossing_id[-6:], 16) for each in found]


async def pages(
    client: InquiryClient, search: CrossingSearch, limit: int
) -> AsyncIterator[tuple[CrossingFound, ...]]:
    cursor = b""
    while True:
        page = await client.find(search, OFFICER, limit, cursor)
        yield page.crossings
        if not (cursor := page.cursor):
            return


def document(number: str, state: str = "UTO") -> dict[str, object]:
    made = record(1).document
    assert made is not None
    return {"document": replace(made, document_number=number, issuing_state=state)}


MIXED = (
    record(1),
    record(
        2, direction=Direction.EXIT, verdict=RecordVerdict.ADMIT, status=CrossingStatus.COMPLETED
    ),
    record(3, border_crossing_point="BDCGP", **document("X1")),
    record(4, verdict=RecordVerdict.NONE, status=CrossingStatus.ABANDONED, document=None),
)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [4, 3, 2, 1]),
        ({"direction": Direction.EXIT}, [2]),
        ({"verdicts": (RecordVerdict.REFER,)}, [3, 1]),
        ({"verdicts": (RecordVerdict.NONE, RecordVerdict.ADMIT)}, [4, 2]),
        ({"statuses": (CrossingStatus.ABANDONED, CrossingStatus.COMPLETED)}, [4, 2]),
        ({"border_crossing_point": "BDCGP"}, [3]),
        ({"gate_id": GATE}, [4, 3, 2, 1]),
        ({"gate_id": "BDDAC-A-02"}, []),
        ({"since": UtcSeconds(BEGUN + 3), "until": UtcSeconds(BEGUN + 4)}, [3]),
        ({"since": None, "issuing_state": "UTO", "document_number": "l898902-c3"}, [2, 1]),
        ({"since": None, "issuing_state": "UTO", "document_number": "X1"}, [3]),
        ({"since": None, "issuing_state": "IND", "document_number": "X1"}, []),
        ({"since": None, "crossing_id": MIXED[3].crossing_id}, [4]),
        ({"since": None, "crossing_id": MIXED[0].crossing_id, "direction": Direction.EXIT}, []),
        (
            {"crossing_id": MIXED[0].crossing_id, "issuing_state": "UTO", "document_number": "X1"},
            [],
        ),
        ({"since": None, "crossing_id": record(9).crossing_id}, []),
        (
            {"gate_id": GATE, "direction": Direction.ENTRY, "verdicts": (RecordVerdict.REFER,)},
            [3, 1],
        ),
    ],
)
async def test_all_that_is_asked_for_holds_together(
    centre: Centre, asked: dict[str, object], expected: list[int]
) -> None:
    await centre.submit(*MIXED)
    async with asking(centre) as client:
        page = await client.find(replace(ALL, **asked), OFFICER)  # type: ignore[arg-type]
    assert ids(page.crossings) == expected
    assert page.cursor == b""


async def test_what_is_found_says_who_crossed_where_and_how(centre: Centre) -> None:
    await centre.submit(MIXED[0], MIXED[3])
    async with asking(centre) as client:
        nobody, somebody = (await client.find(ALL, OFFICER)).crossings
    sent = MIXED[0]
    assert somebody == CrossingFound(
        crossing_id=sent.crossing_id,
        gate_id=GATE,
        border_crossing_point="BDDAC",
        direction=Direction.ENTRY,
        occurred_at=sent.occurred_at,
        verdict=RecordVerdict.REFER,
        status=CrossingStatus.REFERRED,
        capture_mode=CaptureMode.EGATE,
        findings=("BIOMETRIC.FACE",),
        document=sent.document,
        replaced=False,
    )
    assert nobody.document is None
    for secret in ("ERIKSSON", "L898902C3"):
        assert secret not in repr(somebody)
        assert secret not in repr(replace(ALL, document_number=secret))


async def test_what_a_newer_or_hostile_gate_says_spoils_no_list(centre: Centre) -> None:
    odd = raw(2, direction=77, verdict=78, status=79, capture_mode=0)
    long = record(3, **document("L" * 5000))
    await centre.submit(record(1), odd, long)
    async with asking(centre) as client:
        cut, odd_one, _ = (await client.find(ALL, OFFICER)).crossings
        assert (odd_one.direction, odd_one.verdict, odd_one.status) == (None, None, None)
        assert cut.document is not None
        assert len(cut.document.document_number) == 100
        with pytest.raises(InquiryRefused, match="newer version"):
            await client.crossing(odd_one.crossing_id, OFFICER)


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_pages_show_each_once_while_records_come_in(centre: Centre, limit: int) -> None:
    """Half of them at one moment, so that the id has to tell them apart."""
    before = [record(n, occurred_at=UtcSeconds(BEGUN + n // 4)) for n in range(1, 9)]
    await centre.submit(*before)
    later = (record(n, occurred_at=UtcSeconds(BEGUN + n % 5)) for n in itertools.count(20))
    seen: list[int] = []
    async with asking(centre) as client:
        async for page in pages(client, ALL, limit):
            assert len(page) <= limit
            seen += ids(page)
            await centre.submit(next(later))
    assert len(set(seen)) == len(seen)
    assert {n for n in seen if n < 20} == set(range(1, 9))


@SPARINGLY
@given(
    seconds=st.lists(st.integers(0, 5), min_size=1, max_size=12),
    order=st.randoms(use_true_random=False),
    limit=st.integers(1, 5),
)
async def test_the_order_of_arrival_is_no_matter(
    running: Centre, seconds: list[int], order: object, limit: int
) -> None:
    await running.database.execute("TRUNCATE crossing, crossing_registry, stay, gate_sequence")
    made = [record(n, occurred_at=UtcSeconds(BEGUN + s)) for n, s in enumerate(seconds, 1)]
    arriving = list(made)
    order.shuffle(arriving)  # type: ignore[attr-defined]
    for each in arriving:
        await running.submit(each)
    expected = sorted(made, key=lambda each: (each.occurred_at, each.crossing_id), reverse=True)
    async with asking(running) as client:
        found = [each async for page in pages(client, ALL, limit) for each in page]
    assert [each.crossing_id for each in found] == [each.crossing_id for each in expected]


def forged(cursor: bytes) -> Iterator[bytes]:
    for place in range(len(cursor)):
        yield cursor[:place] + bytes([cursor[place] ^ 1]) + cursor[place + 1 :]
    yield from (cursor[:-1], cursor + b"\0", b"\0", bytes(40), cursor[16:])


async def test_a_cursor_is_of_no_use_in_another_search(centre: Centre) -> None:
    await centre.submit(*(record(n) for n in range(1, 4)))
    async with asking(centre) as client, asking(centre, "officer", "SB-2000") as another:
        cursor = (await client.find(ALL, OFFICER, 1)).cursor
        assert ids((await client.find(ALL, OFFICER, 2, cursor)).crossings) == [2, 1]
        others = (
            (client, replace(ALL, direction=Direction.ENTRY), OFFICER),
            (client, replace(ALL, until=UtcSeconds(BEGUN + 9.0)), OFFICER),
            (client, CrossingSearch(issuing_state="UTO", document_number="L898902C3"), OFFICER),
            (client, ALL, "SB-1108"),
            (another, ALL, OFFICER),
        )
        for asks, search, officer in others:
            with pytest.raises(InquiryRefused, match="not of this search"):
                await asks.find(search, officer, 1, cursor)
        for each in forged(cursor):
            with pytest.raises(InquiryRefused, match="not of this search"):
                await client.find(ALL, OFFICER, 1, each)


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"since": None}, "since: missing"),
        ({"since": UtcSeconds(BEGUN - 93 * 86_400.0)}, "more than 92 days"),
        ({"since": None, "document_number": "X1"}, "issuing_state"),
        ({"since": None, "issuing_state": "UTO"}, "document_number"),
        ({"since": None, "issuing_state": "uto", "document_number": "X1"}, "issuing_state"),
        ({"issuing_state": "UTO", "document_number": "-"}, "document_number"),
        ({"issuing_state": "UTO", "document_number": "X" * 41}, "document_number"),
        ({"issuing_state": "UTO", "document_number": "X\0"}, "document_number"),
        ({"gate_id": "'; DROP TABLE crossing; --"}, "gate_id"),
        ({"gate_id": "\0"}, "gate_id"),
        ({"border_crossing_point": "Dhaka"}, "border_crossing_point"),
        ({"crossing_id": "1"}, "crossing_id"),
        ({"statuses": (CrossingStatus.COMPLETED,) * 17}, "statuses"),
        ({"until": UtcSeconds(-1e9)}, "until"),
        ({"until": UtcSeconds(1e30)}, "does not fit"),
        ({"gate_id": "\ud800"}, "does not fit"),
    ],
)
async def test_what_cannot_be_looked_for_is_refused_with_its_field(
    centre: Centre, asked: dict[str, object], fault: str
) -> None:
    async with asking(centre) as client:
        with pytest.raises(InquiryRefused, match=fault) as refused:
            await client.find(replace(ALL, **asked), OFFICER)  # type: ignore[arg-type]
    assert "DROP" not in str(refused.value)
    assert await centre.database.fetch(LOOKS) == []


async def test_one_page_has_at_most_a_hundred(centre: Centre) -> None:
    await centre.submit(*(record(n) for n in range(1, 103)))
    async with asking(centre) as client:
        for limit in (0, 101, 10_000):
            assert len((await client.find(ALL, OFFICER, limit)).crossings) == 100


async def test_who_looked_at_what_is_kept_and_nothing_personal(centre: Centre) -> None:
    await centre.submit(record(1))
    by_document = CrossingSearch(issuing_state="UTO", document_number="L898902C3", gate_id=GATE)
    async with asking(centre) as client, asking(centre, "officer", "SB-2000") as officer:
        await client.find(replace(ALL, statuses=(CrossingStatus.REFERRED,)), OFFICER)
        await client.find(by_document, OFFICER)
        await client.crossing(record(1).crossing_id, OFFICER)
        await client.crossing(record(2).crossing_id, OFFICER)
        await officer.holder("UTO", "L898902C3", "somebody-else")
    looks = [tuple(row) for row in await centre.database.fetch(LOOKS)]
    key = document_key("UTO", "L898902C3")
    hall, alone = "urn:egate:console:hall-1", "urn:egate:officer:SB-2000"
    since = datetime.fromtimestamp(BEGUN - 60.0, UTC)
    until = datetime.fromtimestamp(BEGUN + 86_400.0, UTC)
    asked = f"occurred_at >= {since}; occurred_at < {until}; status = ANY([2])"
    assert looks == [
        (OFFICER, hall, "crossings", None, None, asked, 1),
        (OFFICER, hall, "crossings", None, key, f"gate_id = {GATE}", 1),
        (OFFICER, hall, "crossing", record(1).crossing_id, None, "", 1),
        (OFFICER, hall, "crossing", record(2).crossing_id, None, "", 0),
        ("SB-2000", alone, "holder", None, key, "", 1),
    ]
    for secret in ("L898902C3", "ERIKSSON"):
        assert secret not in str(looks)
    for change in ("UPDATE inquiry SET officer_id = 'x'", "DELETE FROM inquiry"):
        with pytest.raises(Exception, match="only added to"):
            await centre.database.execute(change)


async def test_nobody_sees_what_could_not_be_written_down(centre: Centre) -> None:
    await centre.submit(record(1))
    async with asking(centre) as client:
        await centre.database.execute("ALTER TABLE inquiry ADD CONSTRAINT full_up CHECK (false)")
        try:
            for ask in (
                client.find(ALL, OFFICER),
                client.crossing(record(1).crossing_id, OFFICER),
                client.holder("UTO", "L898902C3", OFFICER),
            ):
                with pytest.raises(CentreUnavailable, match="the database is away; try again"):
                    await ask
        finally:
            await centre.database.execute("ALTER TABLE inquiry DROP CONSTRAINT full_up")


@pytest.mark.parametrize("role", ["gate", "centre"])
async def test_others_may_not_look(centre: Centre, role: str) -> None:
    async with asking(centre, role, GATE) as client:
        for ask in (
            client.find(ALL, OFFICER),
            client.crossing(record(1).crossing_id, OFFICER),
            client.holder("UTO", "L898902C3", OFFICER),
        ):
            with pytest.raises(CentreUnavailable, match="certificate"):
                await ask
    assert await centre.database.fetch(LOOKS) == []


@pytest.mark.parametrize("officer", ["", "x" * 65, "a\nb"])
async def test_who_names_no_officer_sees_nothing(centre: Centre, officer: str) -> None:
    async with asking(centre) as client:
        for ask in (
            client.find(ALL, officer),
            client.crossing(record(1).crossing_id, officer),
            client.holder("UTO", "L898902C3", officer),
        ):
            with pytest.raises(InquiryRefused, match="who looks"):
                await ask


async def test_a_search_that_takes_too_long_ends(centre: Centre) -> None:
    await centre.submit(record(1))
    async with asking(centre) as client, centre.database.acquire() as other:
        held = other.transaction()
        await held.start()
        await other.execute("LOCK TABLE crossing IN ACCESS EXCLUSIVE MODE")
        try:
            with pytest.raises(InquiryRefused, match="takes too long; narrow the search"):
                await client.find(ALL, OFFICER)
        finally:
            await held.rollback()
        assert ids((await client.find(ALL, OFFICER)).crossings) == [1]


async def test_many_who_look_at_once_are_all_answered(centre: Centre) -> None:
    await centre.submit(record(1))
    async with asking(centre) as client, asyncio.TaskGroup() as tasks:
        looks = [tasks.create_task(client.find(ALL, f"SB-{n}")) for n in range(40)]
    assert {tuple(ids(each.result().crossings)) for each in looks} == {(1,)}


async def test_a_raw_request_is_held_to_the_same_limits(centre: Centre) -> None:
    async with centre.linked() as link:
        stub = wire_grpc.InquiryServiceStub(await link.channel())
        for field in ("statuses", "verdicts"):
            request = wire.FindCrossingsRequest(officer_id=OFFICER)
            request.since.FromSeconds(1)
            getattr(request, field).append(2**20)
            with pytest.raises(Exception, match=f"{field}: not"):
                await stub.FindCrossings(request, timeout=5)
