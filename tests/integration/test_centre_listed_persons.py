"""Whom a desk finds on lists by name at the centre: the very ones that a gate finds."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio

from egate.central.database import Pool
from egate.central.lists.acts import Act, ActRefused, Maker, Scope
from egate.central.lists.deciding import decide
from egate.central.lists.entries import revoke_entry
from egate.central.lists.persons import ListedPersons
from egate.central.lists.proposing import Proposal, propose
from egate.central.lists.settled import Settled, settle
from egate.lists.kinds import ListKind
from egate.lists.listed_person import ListedPerson
from egate.lists.person_search import MatchKind, PersonFound, PersonQuery, find_persons
from egate.lists.source import SourceRow
from egate.observability.logging import logger
from egate.reporting.list_entry_client import ListActRefused, ListEntryClient
from egate.wire.v1 import list_entry_pb2 as wire
from tests.centre_harness import Centre
from tests.integration.test_centre_list_entry_service import refused, stub
from tests.list_samples import KARIM, KEY, NOW, Versions, document, gate, of_persons, take

pytestmark = pytest.mark.asyncio(loop_scope="session")
WANTED = ListKind.WANTED
MAKER, CHECKER = Maker("rahman", "order came in"), Maker("begum", "seen")
PERSONS = [
    KARIM,
    ListedPerson(("Mst. Rahima Begum",), "1990-05-06", "BGD"),
    ListedPerson(("আনিসুর রহমান", "Anis"), "1974-03-09", "BGD"),
    ListedPerson(("Quixano Alonso de la Mancha", "Don Quixano"), "1991", "ESP"),
    ListedPerson(("Жангир Турсунбеков",), None, "KGZ"),
    ListedPerson(("MÜLLER JÜRGEN",), "1980-02-11", "DEU"),
]
ASKED = [
    ("CHOWDHURY", "MD ABDUL KARIM", "1974-08-12", "BGD"),  # the same, in another order
    ("CHAUDHURY", "MOHAMMAD ABDUL KARIM", "1974-12-08", "BGD"),  # spelt otherwise, day and month
    ("KARIM", "KALA", "1974-08-12", ""),  # an alias
    ("CHOWDHURY", "MD ABDUL KARIM", "1980-08-13", "BGD"),  # born in another year
    ("RAHIMA", "BEGUM", "1990-XX-XX", "BGD"),
    ("RAHMAN", "ANISUR", "1974-03-09", "BGD"),  # listed in Bangla
    ("QUIXANO", "ALONSO DE LA MANCHA", "1991-06-30", "ESP"),
    ("TURSUNBEKOV", "ZHANGIR", "", "KGZ"),  # listed in Cyrillic, without a birth
    ("MUELLER", "JUERGEN", "1980-02-11", "DEU"),  # as a zone prints it
    ("MULLER", "JURGEN", "1980-02-11", "AUT"),
    ("HOSSAIN", "KAMAL", "1974-08-12", "BGD"),
]


def rows_of(persons: Iterable[ListedPerson], **changes: object) -> list[SourceRow]:
    changes = {"kind": WANTED, **changes}
    return [of_persons(f"E-{at}", person, **changes) for at, person in enumerate(persons)]


async def listed(centre: Centre, rows: list[SourceRow]) -> None:
    async with centre.database.acquire() as connection:
        proposal = Proposal(rows[0].entry.kind, Act.IMPORT, MAKER, Scope.ENTRIES)
        made = await propose(connection, proposal, rows)
        await decide(connection, made.proposal_id or 0, CHECKER, approved=True)


@pytest_asyncio.fixture(loop_scope="session")
async def lists(centre: Centre) -> AsyncIterator[ListEntryClient]:
    async with centre.linked() as link:
        yield ListEntryClient(link)


def question(asked: tuple[str, str, str, str], **changes: str) -> wire.FindPersonsRequest:
    primary, secondary, born, nationality = asked
    fields = {
        "primary_identifier": primary,
        "secondary_identifier": secondary,
        "date_of_birth": born,
        "nationality": nationality,
        "document_type": "P",
        "issuing_state": "BGD",
        "document_number": "X9",
        "direction": "exit",
        "day": NOW.date().isoformat(),
    }
    return wire.FindPersonsRequest(**fields | changes)


async def ids(
    lists: ListEntryClient, asked: tuple[str, str, str, str], **changes: str
) -> list[str]:
    return [
        each.entry.rows[0].entry_id for each in await lists.find_persons(question(asked, **changes))
    ]


@contextmanager
def at_gate(
    folder: Path, rows: list[SourceRow]
) -> Iterator[dict[tuple[str, str, str, str], list[PersonFound]]]:
    take(
        gate(folder / "gate", WANTED), Versions(folder / "made", WANTED).publish(rows) / "snapshot"
    )
    kept = gate(folder / "gate", WANTED).open()
    yield {
        asked: find_persons(
            PersonQuery(
                (f"{asked[0]} {asked[1]}",), asked[2] or None, asked[3], document("X9"),
                None, NOW.date(),
            ),
            {WANTED: kept}, KEY, NOW,
        )
        for asked in ASKED
    }  # fmt: skip
    kept.close()


async def test_the_centre_finds_whom_a_gate_finds(
    centre: Centre, lists: ListEntryClient, tmp_path: Path
) -> None:
    await listed(centre, rows_of(PERSONS))
    with at_gate(tmp_path, rows_of(PERSONS)) as gates:
        for asked, expected in gates.items():
            found = await lists.find_persons(question(asked))
            said = [(each.entry.rows[0].entry_id, each.score, each.exact) for each in found]
            assert said == [
                (each.entry.entry_id, each.score, each.kind is MatchKind.EXACT) for each in expected
            ], asked
    assert [len(each) for each in gates.values()] == [1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0]
    (karim,) = await lists.find_persons(question(ASKED[0]))
    assert [row.date_of_birth for row in karim.entry.rows] == ["1974-08-12"]
    assert (karim.entry.list, karim.exact) == ("WANTED", True)


async def test_what_is_approved_revoked_or_settled_counts_for_the_next_question(
    centre: Centre, lists: ListEntryClient
) -> None:
    assert await ids(lists, ASKED[0]) == []
    rows = rows_of(PERSONS)
    await listed(centre, rows)
    await listed(centre, rows_of([KARIM], kind=ListKind.BLACKLIST_BD))
    assert await ids(lists, ASKED[0]) == ["E-0", "E-0"]  # of two lists
    cleared = Settled(
        "0197f000-0000-7000-8000-000000000001", WANTED, "E-0", rows[0].entry.revision,
        document("X9"), "rahman",
    )  # fmt: skip
    async with centre.database.acquire() as connection:
        await settle(connection, cleared)
        gone = await revoke_entry(connection, ListKind.BLACKLIST_BD, "E-0", MAKER)
        assert await ids(lists, ASKED[0], document_number="") == ["E-0", "E-0"]
        await decide(connection, gone.proposal_id or 0, CHECKER, approved=True)
    assert await ids(lists, ASKED[0]) == []  # settled for X9
    assert await ids(lists, ASKED[0], document_number="X8") == ["E-0"]
    assert await ids(lists, ASKED[0], direction="entry", document_number="X8") == []
    late = (NOW + dt.timedelta(days=500)).date().isoformat()
    assert await ids(lists, ASKED[0], day=late, document_number="X8") == []


async def test_what_cannot_be_compared_is_never_nobody(
    centre: Centre, lists: ListEntryClient
) -> None:
    await listed(centre, rows_of(PERSONS))
    for wrong in (
        {"primary_identifier": "…", "secondary_identifier": ""},
        {"primary_identifier": "A" * 300},
        {"date_of_birth": "12.08.1974"},
        {"direction": "up"},
        {"day": "today"},
        {"document_type": "?"},
    ):
        with pytest.raises(ListActRefused) as said:
            await ids(lists, ASKED[0], **wrong)
        assert "KARIM" not in str(said.value)
        assert "AAAA" not in str(said.value)


async def test_consoles_and_officers_alone_ask(centre: Centre) -> None:
    async with stub(centre, "gate", "BDDAC-A-01") as other:
        with refused(grpc.StatusCode.PERMISSION_DENIED):
            await other.FindPersons(question(ASKED[0]), timeout=5)


async def test_a_question_waits_for_the_first_reading_and_not_for_later_ones(
    centre: Centre,
) -> None:
    await listed(centre, rows_of(PERSONS))
    persons = ListedPersons(centre.database, logger())
    asked = PersonQuery(("KARIM MD ABDUL CHOWDHURY",), "1974-08-12", "BGD", None, None, NOW.date())
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(persons.find(asked))
        reading = tasks.create_task(persons.keep_ready())
        (found,) = await first
        assert found.is_exact
        reading.cancel()  # from here on nothing new is read
        await listed(centre, rows_of([KARIM], kind=ListKind.BLACKLIST_BD))
        assert len(await persons.find(asked)) == 1


@pytest.mark.parametrize("most", [0, 2000])
async def test_what_changed_lies_over_what_was_read_before(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Whether it is little, or all is read anew."""
    monkeypatch.setattr("egate.central.lists.persons.MOST_CHANGES", most)
    monkeypatch.setattr("egate.central.lists.persons._PATIENCE_SECONDS", 60)  # none of it is old
    persons = ListedPersons(centre.database, logger())

    async def found(name: str) -> list[str]:
        asked = PersonQuery((name,), "1974-08-12", "BGD", None, None, NOW.date())
        return [each.entry.entry_id for each in await persons.find(asked)]

    another = ListedPerson(("Jamal Uddin Sarker",), "1974-08-12", "BGD")
    await listed(centre, rows_of(PERSONS))
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(persons.keep_ready())
        assert await found("KARIM KALA") == ["E-0"]
        await listed(centre, rows_of([another]))  # E-0 names somebody else now
        assert (await found("KARIM KALA"), await found("JAMAL UDDIN SARKER")) == ([], ["E-0"])
        await listed(centre, rows_of([KARIM, KARIM]))
        assert await found("KARIM KALA") == ["E-0", "E-1"]
        async with centre.database.acquire() as connection:
            gone = await revoke_entry(connection, WANTED, "E-1", MAKER)
            await decide(connection, gone.proposal_id or 0, CHECKER, approved=True)
        assert await found("KARIM KALA") == ["E-0"]
        reading.cancel()


async def test_a_list_of_which_a_person_cannot_be_read_is_never_nobody(centre: Centre) -> None:
    await listed(centre, rows_of(PERSONS))
    async with centre.database.acquire() as connection, connection.transaction():
        await connection.execute("ALTER TABLE list_entry DISABLE TRIGGER never_edited")
        await connection.execute(
            "UPDATE list_entry SET persons = jsonb_set(persons, '{0,date_of_birth}', '\"soon\"')"
        )
        await connection.execute("ALTER TABLE list_entry ENABLE TRIGGER never_edited")
    persons = ListedPersons(centre.database, logger())
    asked = PersonQuery(("HOSSAIN KAMAL",), None, "", None, None, NOW.date())
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(persons.keep_ready())
        with pytest.raises(ActRefused, match="WANTED: date_of_birth"):
            await persons.find(asked)
        reading.cancel()


class Lost:
    """A pool whose database is away for the first question."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._is_away = True

    async def fetch(self, question: str) -> Sequence[Any]:
        if self._is_away:
            self._is_away = False
            raise ConnectionResetError
        found: Sequence[Any] = await self._pool.fetch(question)
        return found

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the pool has
        return getattr(self._pool, name)


async def test_a_database_that_was_away_is_read_when_it_is_back(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("egate.central.lists.persons._LOOK_SECONDS", 0.01)
    await listed(centre, rows_of(PERSONS))
    persons = ListedPersons(Lost(centre.database), logger())
    asked = PersonQuery(("KARIM KALA",), "1974-08-12", "", None, None, NOW.date())
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(persons.keep_ready())
        await asyncio.sleep(0)  # it reads first
        assert len(await persons.find(asked)) == 1
        reading.cancel()
