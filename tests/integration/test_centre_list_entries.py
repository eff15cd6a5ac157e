"""Entries of lists: nobody approves what they proposed, and nothing is ever edited."""

import asyncio
import datetime as dt
from contextlib import suppress
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from egate.central.lists.acts import Act, ActRefused, Maker, Scope
from egate.central.lists.deciding import decide, withdraw
from egate.central.lists.entries import OffloadOrder, file_offload, propose_entry, revoke_entry
from egate.central.lists.looking import proposals, waiting
from egate.central.lists.offloads import offloads_of
from egate.central.lists.proposing import Proposal, Proposed, preview, propose
from egate.central.lists.settled import Settled, settle, settled
from egate.domain.authorisation.travel_authorisation import DocumentKey
from egate.lists.kinds import ListKind
from egate.lists.source import RefusedRow, RowStatus, SourceRow
from tests.centre_harness import Centre
from tests.list_samples import document, row

pytestmark = pytest.mark.asyncio(loop_scope="session")
MAKER, CHECKER = Maker("rahman", "order came in"), Maker("begum", "seen")
LOST = ListKind.LOST_STOLEN_DOC


def listed(number: str, entry_id: str = "E-1", kind: ListKind = LOST, **said: object) -> SourceRow:
    status = said.pop("status", RowStatus.LISTED)
    assert isinstance(status, RowStatus)
    return row(number, entry_id, status, kind=kind, **said)


async def imported(
    centre: Centre,
    *rows: SourceRow | RefusedRow,
    scope: Scope = Scope.NOTHING,
    kind: ListKind = LOST,
) -> Proposed:
    async with centre.database.acquire() as connection:
        return await propose(connection, Proposal(kind, Act.IMPORT, MAKER, scope), rows)


async def in_force(
    centre: Centre, *rows: SourceRow, scope: Scope = Scope.NOTHING, kind: ListKind = LOST
) -> None:
    proposed = await imported(centre, *rows, scope=scope, kind=kind)
    async with centre.database.acquire() as connection:
        assert proposed.proposal_id is not None
        await decide(connection, proposed.proposal_id, CHECKER, approved=True)


async def documents(centre: Centre) -> dict[tuple[str, str], str]:
    found = await centre.database.fetch("SELECT * FROM list_document_in_force")
    return {(each["entry_id"], each["number"]): each["status"] for each in found}


async def entries(centre: Centre) -> dict[str, Any]:
    found = await centre.database.fetch("SELECT * FROM list_in_force WHERE NOT revoked")
    return {each["entry_id"]: each for each in found}


async def test_what_is_proposed_is_in_force_when_another_person_approved_it(
    centre: Centre,
) -> None:
    proposed = await imported(centre, listed("A1"), listed("A2"))
    assert (proposed.preview.added, proposed.preview.new_entries) == (2, 1)
    assert await entries(centre) == {}
    assert await documents(centre) == {}
    async with centre.database.acquire() as connection:
        assert proposed.proposal_id is not None
        for _ in range(2):  # again, it is the same
            await decide(connection, proposed.proposal_id, CHECKER, approved=True)
    assert await documents(centre) == {("E-1", "A1"): "LISTED", ("E-1", "A2"): "LISTED"}
    (entry,) = (await entries(centre)).values()
    assert (entry["proposed_by"], entry["decided_by"]) == ("rahman", "begum")
    assert await centre.database.fetchval("SELECT changes FROM list_head") == 1


@pytest.mark.parametrize("officer_id", ["rahman", "Rahman"])
async def test_the_maker_is_not_the_checker(centre: Centre, officer_id: str) -> None:
    proposed = await imported(centre, listed("A1"))
    async with centre.database.acquire() as connection:
        with pytest.raises(ActRefused, match="who proposed"):
            await decide(connection, proposed.proposal_id, Maker(officer_id, "me"), approved=True)
        with pytest.raises(asyncpg.CheckViolationError, match="maker_is_not_checker"):
            await connection.execute(
                "INSERT INTO list_decision VALUES ($1, $2, 'rahman', true, '', $3)",
                proposed.proposal_id, LOST, officer_id,
            )  # fmt: skip
        with pytest.raises(asyncpg.ForeignKeyViolationError):  # nor by saying it was another
            await connection.execute(
                "INSERT INTO list_decision VALUES ($1, $2, 'nobody', true, '', $3)",
                proposed.proposal_id, LOST, officer_id,
            )  # fmt: skip
    assert await documents(centre) == {}


async def test_a_refused_proposal_changes_nothing(centre: Centre) -> None:
    proposed = await imported(centre, listed("A1"))
    async with centre.database.acquire() as connection:
        await decide(connection, proposed.proposal_id, CHECKER, approved=False)
        with pytest.raises(ActRefused, match="decided before"):
            await decide(connection, proposed.proposal_id, CHECKER, approved=True)
        with pytest.raises(ActRefused, match="decided before"):
            await decide(connection, proposed.proposal_id, Maker("x", "y"), approved=False)
        with pytest.raises(ActRefused, match="none of that number"):
            await decide(connection, 10**9, CHECKER, approved=True)
    assert await documents(centre) == {}
    assert await centre.database.fetchval("SELECT count(*) FROM list_head") == 0


async def test_a_maker_takes_an_own_proposal_back_and_it_stays_to_be_read(centre: Centre) -> None:
    proposed = await imported(centre, listed("A1"))
    async with centre.database.acquire() as connection:
        for _ in range(2):  # again, it is the same
            await withdraw(connection, proposed.proposal_id, MAKER)
        with pytest.raises(ActRefused, match="took it back"):
            await decide(connection, proposed.proposal_id, CHECKER, approved=True)
        with pytest.raises(ActRefused, match="took it back"):
            await decide(connection, proposed.proposal_id, MAKER, approved=False)
        assert await proposals(connection, None, decided_too=False) == []
        assert await waiting(connection) == {}
        (seen,) = await proposals(connection, None, decided_too=True)
        with pytest.raises(ActRefused, match="none of that number"):
            await withdraw(connection, 10**9, MAKER)
    assert seen.decided
    assert (seen.decided.withdrawn, seen.decided.approved) == (True, False)
    assert (seen.decided.officer_id, seen.decided.reason) == ("rahman", MAKER.reason)
    assert await documents(centre) == {}
    assert await centre.database.fetchval("SELECT count(*) FROM list_head") == 0


async def test_nobody_takes_back_what_is_anothers_or_was_decided(centre: Centre) -> None:
    proposed = await imported(centre, listed("A1"))
    async with centre.database.acquire() as connection:
        with pytest.raises(ActRefused, match="did not propose"):
            await withdraw(connection, proposed.proposal_id, CHECKER)
        with pytest.raises(asyncpg.CheckViolationError, match="maker_alone_withdraws"):
            await connection.execute(
                "INSERT INTO list_decision VALUES ($1, $2, 'rahman', true, '', 'rahman', now(),"
                " true)",
                proposed.proposal_id, LOST,
            )  # fmt: skip
        assert await waiting(connection) == {"rahman": 1}
        await decide(connection, proposed.proposal_id, CHECKER, approved=True)
        with pytest.raises(ActRefused, match="decided before"):
            await withdraw(connection, proposed.proposal_id, MAKER)
    assert await documents(centre) == {("E-1", "A1"): "LISTED"}


async def test_of_taking_back_and_approving_one_alone_happens(centre: Centre) -> None:
    for number in range(10):
        proposed = await imported(centre, listed(f"A{number}", f"E-{number}"))
        said: list[str] = []

        async def taking_back(proposal_id: int | None, said: list[str]) -> None:
            async with centre.database.acquire() as connection:
                with suppress(ActRefused):
                    await withdraw(connection, proposal_id, MAKER)
                    said.append("withdrawn")

        async def approving(proposal_id: int | None, said: list[str]) -> None:
            async with centre.database.acquire() as connection:
                with suppress(ActRefused):
                    await decide(connection, proposal_id, CHECKER, approved=True)
                    said.append("approved")

        async with asyncio.TaskGroup() as tasks:
            for act in (taking_back, approving)[:: 1 if number % 2 else -1]:
                tasks.create_task(act(proposed.proposal_id, said))
        assert len(said) == 1
        is_listed = (f"E-{number}", f"A{number}") in await documents(centre)
        assert is_listed is (said == ["approved"])


async def test_what_was_overtaken_cannot_be_approved(centre: Centre) -> None:
    await in_force(centre, listed("A1"))
    first = await imported(centre, listed("A1", instruction="first"))
    second = await imported(centre, listed("A1", instruction="second"))
    async with centre.database.acquire() as connection:
        await decide(connection, second.proposal_id, CHECKER, approved=True)
        with pytest.raises(ActRefused, match="changed since"):
            await decide(connection, first.proposal_id, CHECKER, approved=True)
    assert (await entries(centre))["E-1"]["instruction"] == "second"


@pytest.mark.parametrize("table", ["list_proposal", "list_decision", "list_entry"])
async def test_nothing_is_edited(centre: Centre, table: str) -> None:
    await in_force(centre, listed("A1"))
    for change in (f"UPDATE {table} SET list = list", f"DELETE FROM {table}"):  # noqa: S608
        with pytest.raises(asyncpg.PostgresError, match="only added to"):
            await centre.database.execute(change)


async def test_a_change_is_a_new_revision_and_the_old_one_stays(centre: Centre) -> None:
    await in_force(centre, listed("A1"))
    await in_force(centre, listed("A1", instruction="new"))
    kept = await centre.database.fetch("SELECT revision, base, instruction FROM list_entry")
    assert [tuple(each) for each in kept] == [(1, 0, "call the duty officer"), (2, 1, "new")]


async def test_a_preview_says_what_would_change_and_changes_nothing(centre: Centre) -> None:
    await in_force(centre, listed("A1"), listed("A2"), listed("B1", "E-2"))
    rows = [
        listed("A1", status=RowStatus.WITHDRAWN),
        listed("A2", status=RowStatus.RECOVERED),
        listed("A3"),
        listed("B1", "E-2", instruction="new"),
        listed("C1", "E-3"),
        RefusedRow(7, "document_number: missing"),
        listed("C2", "E-3", instruction="another"),
    ]
    async with centre.database.acquire() as connection:
        seen = await preview(connection, LOST, rows, Scope.NOTHING)
    assert (seen.rows, seen.added, seen.removed, seen.changed_documents) == (7, 2, 1, 1)
    assert (seen.new_entries, seen.changed_entries, seen.revoked_entries) == (1, 1, 0)
    assert [each.line for each in seen.refused_rows] == [7, 1]
    assert "another row" in seen.refused_rows[1].reason
    assert len(await documents(centre)) == 3
    assert await centre.database.fetchval("SELECT count(*) FROM list_proposal") == 1


async def test_a_file_with_refused_rows_is_no_proposal_unless_told_so(centre: Centre) -> None:
    rows = [listed("A1"), RefusedRow(2, "no")]
    assert (await imported(centre, *rows)).proposal_id is None
    told = Proposal(LOST, Act.IMPORT, MAKER, Scope.NOTHING, without_refused=True)
    async with centre.database.acquire() as connection:
        assert (await propose(connection, told, rows)).proposal_id is not None


async def test_the_same_file_again_is_nothing(centre: Centre) -> None:
    rows = [listed("A1"), listed("A2"), listed("A2"), listed("A3", status=RowStatus.WITHDRAWN)]
    await in_force(centre, *rows)
    with pytest.raises(ActRefused, match="nothing would change"):
        await imported(centre, *rows)


async def test_what_a_whole_list_leaves_out_leaves_it(centre: Centre) -> None:
    kind = ListKind.WANTED
    await in_force(centre, *(listed(n, f"E-{n}", kind) for n in ("A1", "B1")), kind=kind)
    await in_force(centre, listed("B2", "E-B1", kind), scope=Scope.LIST, kind=kind)
    assert set(await entries(centre)) == {"E-B1"}
    assert await documents(centre) == {
        ("E-A1", "A1"): "WITHDRAWN", ("E-B1", "B1"): "WITHDRAWN", ("E-B1", "B2"): "LISTED"
    }  # fmt: skip
    await in_force(centre, listed("A1", "E-A1", kind), kind=kind)  # and may come again
    assert (await documents(centre))["E-A1", "A1"] == "LISTED"


async def test_a_dead_document_stays_dead(centre: Centre) -> None:
    await in_force(centre, listed("A1"), listed("A2"))
    again = await imported(centre, listed("B1", "E-2"), scope=Scope.LIST)
    assert (again.preview.stays_for_good, again.preview.removed) == (2, 0)
    assert again.preview.revoked_entries == 0
    await in_force(centre, listed("A1", status=RowStatus.RECOVERED))
    assert await documents(centre) == {("E-1", "A1"): "RECOVERED", ("E-1", "A2"): "LISTED"}
    await in_force(centre, listed("A1", status=RowStatus.WITHDRAWN))
    assert (await documents(centre))["E-1", "A1"] == "WITHDRAWN"


async def test_an_entry_is_revoked_by_two_people_too(centre: Centre) -> None:
    await in_force(centre, listed("A1"), listed("A2"))
    async with centre.database.acquire() as connection:
        proposed = await revoke_entry(connection, LOST, "E-1", Maker("rahman", "mistake"))
        assert (proposed.preview.removed, proposed.preview.revoked_entries) == (2, 1)
        assert set(await entries(centre)) == {"E-1"}
        await decide(connection, proposed.proposal_id, CHECKER, approved=True)
        with pytest.raises(ActRefused, match="no entry"):
            await revoke_entry(connection, LOST, "E-1", MAKER)
    assert await entries(centre) == {}
    assert set((await documents(centre)).values()) == {"WITHDRAWN"}


@pytest.mark.parametrize("court", ["", " "])
async def test_nobody_is_banned_from_leaving_without_a_court(centre: Centre, court: str) -> None:
    kind = ListKind.EXIT_BAN
    async with centre.database.acquire() as connection:
        with pytest.raises(ActRefused, match="court"):
            await propose_entry(connection, kind, [listed("A1", "E-1", kind, court=court)], MAKER)
        rows = [listed("A1", "E-1", kind, court="High Court Division")]
        assert await propose_entry(connection, kind, rows, MAKER)
        with pytest.raises(asyncpg.CheckViolationError, match="exit_ban_has_a_court"):
            await connection.execute(
                "INSERT INTO list_entry SELECT list, entry_id, 9, base, proposal_id, revoked,"
                " legal_basis, order_reference, authority, '', valid_from, valid_to, direction,"
                " action, instruction, contact, port, persons FROM list_entry"
            )


async def test_one_entry_is_proposed_by_its_rows_and_nothing_else(centre: Centre) -> None:
    kind = ListKind.WANTED
    async with centre.database.acquire() as connection:
        rows = [listed("A1", "E-1", kind), listed("A2", "E-2", kind)]
        with pytest.raises(ActRefused, match="not one entry"):
            await propose_entry(connection, kind, rows, MAKER)
        with pytest.raises(ActRefused, match="not one entry"):
            await propose_entry(connection, kind, [], MAKER)
        with pytest.raises(ActRefused, match="no good"):
            await propose_entry(connection, kind, [RefusedRow(1, "no good")], MAKER)
        rows = [listed("A1", "E-1", kind), listed("A2", "E-1", kind)]
        first = await propose_entry(connection, kind, rows, MAKER)
        await decide(connection, first.proposal_id, CHECKER, approved=True)
        second = await propose_entry(connection, kind, rows[1:], MAKER)
        assert (second.preview.removed, second.preview.changed_entries) == (1, 0)


@pytest.mark.parametrize("officer_id", ["", "a b", "x" * 65, "rahman\n"])
async def test_who_acts_has_a_name(officer_id: str) -> None:
    with pytest.raises(ActRefused, match="officer_id"):
        Maker(officer_id, "why")


@pytest.mark.parametrize("reason", ["", " ", "x" * 301, "a\nb"])
async def test_who_acts_says_why(reason: str) -> None:
    with pytest.raises(ActRefused, match="reason"):
        Maker("rahman", reason)


ORDER = OffloadOrder(
    decision_id="0197f000-0000-7000-8000-000000000001",
    document=document("A1"),
    port="BDDAC",
    legal_basis="Emigration Act 1982 s. 7",
    order_reference="case 12",
    authority="SB",
    officer_id="rahman",
    second_officer_id="begum",
    valid_from=dt.date(2026, 11, 22),
    valid_to=dt.date(2026, 11, 23),
)
KEY = DocumentKey("BGD", "a-1")


async def test_an_offload_of_two_officers_holds_at_once_and_once(centre: Centre) -> None:
    async with centre.database.acquire() as connection:
        filed = await file_offload(connection, ORDER)
        assert filed.approved
        assert await file_offload(connection, ORDER) == filed
        (offload,) = await offloads_of(connection, [KEY, DocumentKey("BGD", "-")])
    assert (offload.document, offload.port) == (KEY, "BDDAC")
    begins = dt.datetime(2026, 11, 21, 18, tzinfo=dt.UTC)  # midnight in Dhaka
    assert offload.begins == begins.timestamp()
    assert offload.ends == (begins + dt.timedelta(days=2)).timestamp()
    assert await offloads_of(centre.database, [DocumentKey("IND", "A1")]) == ()


async def test_an_offload_of_one_officer_waits_for_another(centre: Centre) -> None:
    async with centre.database.acquire() as connection:
        filed = await file_offload(connection, replace(ORDER, second_officer_id=""))
        assert not filed.approved
        assert await offloads_of(connection, [KEY]) == ()
        await decide(connection, filed.proposal_id, CHECKER, approved=True)
        assert len(await offloads_of(connection, [KEY])) == 1
        revoked = await revoke_entry(connection, ListKind.OFFLOAD, filed.entry_id, MAKER)
        await decide(connection, revoked.proposal_id, CHECKER, approved=True)
        assert await offloads_of(connection, [KEY]) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"second_officer_id": "rahman"},
        {"legal_basis": " "},
        {"valid_to": dt.date(2027, 1, 1)},
        {"officer_id": ""},
    ],
)
async def test_an_offload_that_can_be_no_entry_leaves_nothing(
    centre: Centre, change: dict[str, Any]
) -> None:
    async with centre.database.acquire() as connection:
        with pytest.raises(ActRefused):
            await file_offload(connection, replace(ORDER, **change))
    assert await centre.database.fetchval("SELECT count(*) FROM list_proposal") == 0


async def test_several_offloads_of_one_transaction(centre: Centre) -> None:
    async with centre.database.acquire() as connection, connection.transaction():
        for number in range(3):
            order = replace(ORDER, decision_id=f"d{number}", document=document(f"A{number}"))
            assert (await file_offload(connection, order)).approved
    assert len(await documents(centre)) == 3


async def test_a_person_who_was_cleared_is_kept_once(centre: Centre) -> None:
    kind = ListKind.BLACKLIST_FOREIGN
    decision = Settled("d-1", kind, "E-1", "0123456789abcdef", document("A1"), "rahman")
    async with centre.database.acquire() as connection:
        for _ in range(2):
            await settle(connection, decision)
        assert await settled(connection, kind) == (decision,)
        assert await settled(connection, ListKind.WANTED) == ()
        for change in ({"officer_id": ""}, {"entry_id": ""}, {"revision": "x" * 65}):
            with pytest.raises(ActRefused):
                await settle(connection, replace(decision, **change))
    assert await centre.database.fetchval("SELECT changes FROM list_head") == 1
