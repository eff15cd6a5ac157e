"""One crossing and one holder as officers see them: whole, whatever came first."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from egate.central.authorisations.acts import file_act
from egate.central.authorisations.limits import RulesInForce, judge_some
from egate.central.authorisations.rows import AuthorisationRow, Row
from egate.console.centre import open_centre_links
from egate.domain.decision import OfficerDecision
from egate.domain.evidence import StayGrant
from egate.domain.record import CrossingRecord, CrossingStatus, Direction, RecordVerdict
from egate.domain.time import UtcSeconds
from egate.ports.inquiries import (
    CrossingKept,
    CrossingSearch,
    HeldDocument,
    HolderKnown,
    HolderStay,
    StayKind,
)
from egate.ports.reporting import CentreUnavailable
from egate.reporting.inquiry_client import InquiryClient, InquiryRefused
from tests.authorisation_samples import RULES_FILE
from tests.centre_harness import Centre
from tests.crossing_histories import BEGUN
from tests.integration.test_centre_decisions import put
from tests.integration.test_centre_holders import PASSPORTS, succession
from tests.integration.test_centre_stays import Document, new_document
from tests.integration.test_desk_crossings import DOCUMENT, at_desk, made, send
from tests.unit.test_decision import CLEARED, OTHER_ID, decision

pytestmark = pytest.mark.asyncio(loop_scope="session")
OFFICER = "SB-1107"
REFERRAL = {"verdict": RecordVerdict.REFER, "status": CrossingStatus.REFERRED}
REFERRED = made(1, BEGUN, Direction.ENTRY, **REFERRAL)
CLEARANCE = decision(crossing_id=REFERRED.crossing_id)
SETTLED = at_desk(2, BEGUN, Direction.ENTRY, gate_seq=1, supersedes=REFERRED.crossing_id)


async def crossing(centre: Centre, crossing_id: str) -> CrossingKept | None:
    async with centre.linked() as link:
        return await InquiryClient(link).crossing(crossing_id, OFFICER)


async def holder(centre: Centre, state: str, number: str) -> HolderKnown:
    async with centre.linked() as link:
        return await InquiryClient(link).holder(state, number, OFFICER)


async def bring(centre: Centre, came: CrossingRecord | OfficerDecision) -> None:
    if isinstance(came, OfficerDecision):
        receipt = await put(centre, came)
    elif came.supersedes:
        receipt = await send(centre, came)
    else:
        receipt = await centre.submit(came)
    assert not receipt.refused


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_a_settled_referral_says_what_took_its_place(
    centre: Centre, order: tuple[int, ...]
) -> None:
    came = (REFERRED, CLEARANCE, SETTLED)
    for place in order:
        await bring(centre, came[place])
    referred = await crossing(centre, REFERRED.crossing_id)
    settled = await crossing(centre, SETTLED.crossing_id)
    assert referred is not None
    assert settled is not None
    assert (referred.record, settled.record) == (REFERRED, SETTLED)
    assert referred.superseded_by == (SETTLED.crossing_id,)
    assert settled.superseded_by == ()
    for each in (referred, settled):
        assert each.standing_id == SETTLED.crossing_id
        assert each.stay is not None
        assert each.stay.entry_id == SETTLED.crossing_id
        assert [kept.decision for kept in each.decisions] == [CLEARANCE]
        assert each.decisions[0].console_id == "BDDAC-DESK-1"
        assert not each.clock_suspect
    async with centre.linked() as link:
        search = CrossingSearch(issuing_state="IND", document_number=DOCUMENT.document_number)
        found = (await InquiryClient(link).find(search, OFFICER)).crossings
    assert {each.crossing_id: each.replaced for each in found} == {
        REFERRED.crossing_id: True,
        SETTLED.crossing_id: False,
    }


async def test_a_crossing_that_nothing_is_tied_to_stands_alone(centre: Centre) -> None:
    await centre.submit(replace(REFERRED, document=None))
    kept = await crossing(centre, REFERRED.crossing_id)
    assert kept is not None
    assert (kept.standing_id, kept.superseded_by) == (REFERRED.crossing_id, ())
    assert (kept.decisions, kept.stay) == ((), None)


async def test_a_later_decision_is_named_by_the_first(centre: Centre) -> None:
    await centre.submit(REFERRED)
    later = replace(CLEARANCE, decision_id=OTHER_ID)
    await put(centre, CLEARANCE)
    await put(centre, later)
    await put(centre, replace(CLEARANCE, superseded_by=OTHER_ID))
    kept = await crossing(centre, REFERRED.crossing_id)
    assert kept is not None
    named = [(each.decision.decision_id, each.superseded_by) for each in kept.decisions]
    assert named == [(CLEARED.decision_id, OTHER_ID), (OTHER_ID, "")]


async def test_what_has_not_come_is_not_found(centre: Centre) -> None:
    await send(centre, SETTLED)
    assert await crossing(centre, REFERRED.crossing_id) is None
    with pytest.raises(InquiryRefused, match="crossing_id"):
        await crossing(centre, "x")


async def test_a_wrong_clock_is_said(centre: Centre) -> None:
    ahead = UtcSeconds(REFERRED.occurred_at - 3600.0)
    await centre.submit(replace(REFERRED, recorded_at=ahead))
    kept = await crossing(centre, REFERRED.crossing_id)
    assert kept is not None
    assert kept.clock_suspect


def visit(
    number: int, day: int, way: Direction, document: Document, **more: object
) -> CrossingRecord:
    read = replace(DOCUMENT, issuing_state=document.issuing_state, document_number=document.number)
    return made(number, BEGUN + timedelta(days=day), way, document=read, **more)


def visa(document: Document) -> AuthorisationRow:
    return AuthorisationRow.of(
        {
            "kind": "visa_mrv",
            "number": f"V {document.number}",
            "issuing_state": document.issuing_state,
            "document_number": document.number,
            "valid_from": "2026-01-01",
            "category": "tourist",
        }
    )


async def come(centre: Centre, arriving: Sequence[CrossingRecord | Row]) -> None:
    for each in arriving:
        if isinstance(each, CrossingRecord):
            await centre.submit(each)
        else:
            await file_act(centre.database, [each], PASSPORTS)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_a_holder_is_known_by_the_old_passport_and_by_the_new(
    centre: Centre, order: tuple[int, ...]
) -> None:
    old, new = new_document("IND"), new_document("IND")
    entry, left = visit(1, 0, Direction.ENTRY, old), visit(2, 9, Direction.EXIT, new)
    all_of_it = (entry, left, succession(old, new), visa(new))
    await come(centre, [all_of_it[place] for place in order])
    by_old, by_new = [await holder(centre, "IND", each.number) for each in (old, new)]
    assert by_old.documents == (HeldDocument("IND", old.number), HeldDocument("IND", new.number))
    assert by_new.documents == by_old.documents[::-1]
    for known in (by_old, by_new):
        assert [each.crossing_id for each in known.crossings] == [
            left.crossing_id,
            entry.crossing_id,
        ]
        (stay,) = known.stays
        assert (stay.kind, stay.absence) == (StayKind.MATCHED, False)
        assert (stay.entry_id, stay.exit_id) == (entry.crossing_id, left.crossing_id)
        assert (stay.entry_at, stay.exit_at) == (entry.occurred_at, left.occurred_at)
        assert {each.subject for each in known.entries} == {"authorisations", "successions"}
        assert (known.more_stays, known.more_crossings, known.more_entries) == (False,) * 3
    assert by_old.entries == by_new.entries
    said = {each.subject: each for each in by_new.entries}["authorisations"]
    assert (said.columns["kind"], said.columns["category"]) == ("visa_mrv", "tourist")
    assert (said.source_system, said.legal_basis) == ("passports", "Passport Order 1973")
    for secret in (old.number, new.number, "tourist"):
        assert secret not in repr(by_new)


async def test_a_succession_that_was_withdrawn_connects_nothing(centre: Centre) -> None:
    old, new = new_document("IND"), new_document("IND")
    await come(centre, [visit(1, 0, Direction.ENTRY, old), succession(old, new)])
    await come(centre, [succession(old, new, status="withdrawn")])
    known = await holder(centre, "IND", new.number)
    assert known.documents == (HeldDocument("IND", new.number),)
    assert known.stays == known.crossings == ()
    retired = [each.retired_at is not None for each in known.entries]
    assert retired == [False, True]


async def judged(centre: Centre, crossing_id: str) -> None:
    rules = RulesInForce.from_file(RULES_FILE)
    query = "SELECT judged_by FROM stay WHERE first_id = $1"
    while await centre.database.fetchval(query, crossing_id) is None:
        await judge_some(centre.database, rules)


async def test_an_overstay_is_counted_to_the_exit(centre: Centre) -> None:
    document = new_document("IND")
    grant = StayGrant("VISA_MRV", "V-1", 30, "2026-11-03")
    entry = visit(1, 0, Direction.ENTRY, document, grant=grant)
    await centre.submit(entry)
    await judged(centre, entry.crossing_id)
    (open_one,) = (await holder(centre, "IND", document.number)).stays
    assert (open_one.kind, open_one.allowed_until) == (StayKind.OPEN, "2026-11-03")
    assert open_one.entry_port == "BDDAC"
    await centre.submit(visit(2, 9, Direction.EXIT, document))
    known = await holder(centre, "IND", document.number)
    (stay,) = known.overstays
    assert (stay.kind, stay.overstay_days) == (StayKind.MATCHED, 7)


async def test_a_citizen_is_away_and_may_stay_for_ever(centre: Centre) -> None:
    citizen, foreigner = new_document("BGD"), new_document("IND")
    away_ = visit(1, 0, Direction.EXIT, citizen)
    at_home = replace(DOCUMENT, document_number=foreigner.number, nationality="BGD")
    entry = made(2, BEGUN, Direction.ENTRY, document=at_home)
    await centre.submit(away_, entry)
    await judged(centre, entry.crossing_id)
    (absence,) = (await holder(centre, "BGD", citizen.number)).stays
    assert absence == HolderStay(
        StayKind.OPEN, True, "", None, away_.crossing_id, away_.occurred_at, "", "", False, 0
    )
    known = await holder(centre, "IND", foreigner.number)
    (stay,) = known.stays
    assert (stay.unlimited, stay.allowed_until, known.overstays) == (True, "", ())


async def test_a_holder_of_whom_nothing_is_known_is_no_error(centre: Centre) -> None:
    known = await holder(centre, "IND", "z 99-99999")
    assert known.documents == (HeldDocument("IND", "Z9999999"),)
    assert known.stays == known.crossings == known.entries == ()
    for state, number in (("", ""), ("IND", ""), ("ind", "Z1"), ("IND", "<<")):
        with pytest.raises(InquiryRefused, match=r"issuing_state|document_number"):
            await holder(centre, state, number)


async def test_of_a_long_history_the_newest_is_shown_and_the_rest_is_said(centre: Centre) -> None:
    document = new_document("IND")
    history = [visit(n, n, Direction.ENTRY, document) for n in range(1, 103)]
    await centre.submit(*history)
    await come(centre, [replace_number(visa(document), n) for n in range(101)])
    known = await holder(centre, "IND", document.number)
    assert (len(known.stays), known.more_stays) == (100, True)
    assert (len(known.crossings), known.more_crossings) == (50, True)
    assert (len(known.entries), known.more_entries) == (100, True)
    newest = [each.crossing_id for each in history[:-51:-1]]
    assert [each.crossing_id for each in known.crossings] == newest
    assert known.stays[0].entry_id == newest[0]


def replace_number(row: AuthorisationRow, number: int) -> AuthorisationRow:
    return AuthorisationRow.of(row.texts() | {"number": f"V {number}"})


async def test_the_console_s_links_are_one_channel_to_the_centre(centre: Centre) -> None:
    await centre.submit(REFERRED)
    tls = centre.tls("console", "hall-1")
    async with open_centre_links(centre.at.grpc, tls) as links:
        kept = await links.inquiry.crossing(REFERRED.crossing_id, OFFICER)
        assert kept is not None
        first, last = BEGUN.date(), (BEGUN + timedelta(days=1)).date()
        report = await links.statistics.report(first, last, "en")
        assert "totals" in report.tables
        with pytest.raises(CentreUnavailable):  # this centre keeps no pictures
            await links.images.of(REFERRED.crossing_id, OFFICER)
    with pytest.raises(CentreUnavailable):
        await links.inquiry.crossing(REFERRED.crossing_id, OFFICER)


async def test_a_centre_that_is_away_is_said_so(centre: Centre) -> None:
    async with open_centre_links("127.0.0.1:1", centre.tls("console", "hall-1")) as links:
        with pytest.raises(CentreUnavailable):
            await links.inquiry.holder("IND", "Z1", OFFICER)
