"""A gate asks a running centre about visas and stays, over gRPC with mutual TLS."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from egate.domain.authorisation.travel_authorisation import DocumentKey
from egate.domain.evidence import StayGrant
from egate.domain.record import CrossingStatus, RecordVerdict
from egate.domain.session import model as m
from egate.emrtd.checks import CheckId, Outcome
from egate.ports.supervision import OfficerOrder
from tests.authorisation_samples import RULES
from tests.centre_harness import Centre
from tests.faults.lane import CITIZEN, Lane
from tests.faults.lane import lane as faulty_lane
from tests.faults.wire import ANSWERS_LOST, CUT, FAIR
from tests.gate_samples import DOCUMENT
from tests.integration.test_authorisation_service import ALL_SYSTEMS, know, renewed, visa

pytestmark = pytest.mark.asyncio(loop_scope="session")
OLDER = DocumentKey("UTO", "L11111111")
ANNAS = DocumentKey(DOCUMENT.issuing_state, DOCUMENT.document_number)


@asynccontextmanager
async def lane(centre: Centre, folder: Path) -> AsyncIterator[Lane]:
    await know(centre, *ALL_SYSTEMS)
    async with faulty_lane(centre, folder) as made:
        yield made


async def test_a_foreigner_with_a_good_visa_is_admitted_and_the_stay_begins(
    centre: Centre, tmp_path: Path
) -> None:
    async with lane(centre, tmp_path) as made:
        await know(centre, visa(ANNAS, kind="e_visa", number="EV1", valid_to="2099-12-31"))
        await made.passes()
        (record,) = await made.records(1)
        assert record.verdict is RecordVerdict.ADMIT
        assert record.grant is not None
        assert replace(record.grant, authorised_until="") == StayGrant("E_VISA", "EV1", 30, "")
        assert record.grant.authorised_until > "2026-01-01"
        assert record.fallback_reasons == ()
        details = {c.check_id: c.detail for c in record.checks}
        assert details[CheckId.AUTHORISATION] == f"rules {RULES.version}: e_visa"
        # The centre knows of it at once: the same passport a moment later is another's hands.
        assert await made.is_referred() == {CheckId.STAY}


async def test_a_foreigner_without_a_visa_is_referred(centre: Centre, tmp_path: Path) -> None:
    async with lane(centre, tmp_path) as made:
        await know(centre, visa(OLDER, valid_to="2099-12-31"))
        assert await made.is_referred() == {CheckId.AUTHORISATION}
        (record,) = await made.records(1)
        assert record.grant is None
        assert record.fallback_reasons == ()


async def test_a_visa_in_the_passport_before_admits(centre: Centre, tmp_path: Path) -> None:
    async with lane(centre, tmp_path) as made:
        await know(centre, visa(OLDER, valid_to="2099-12-31"), renewed(OLDER, ANNAS))
        await made.passes()


async def test_without_the_centre_citizens_come_home_and_it_learns_of_all_in_order(
    centre: Centre, tmp_path: Path
) -> None:
    async with lane(centre, tmp_path) as made:
        await know(centre, visa(ANNAS, valid_to="2099-12-31"))
        await made.wire.become(CUT)
        await made.passes(CITIZEN)
        assert await made.is_referred() == {CheckId.AUTHORISATION, CheckId.STAY}
        await made.passes(replace(CITIZEN, document_number="A07654321"))
        assert not await centre.database.fetch("SELECT 1 FROM crossing")
        await made.wire.become(FAIR)
        first, second, third = await made.records(3)
        assert [each.gate_seq for each in (first, second, third)] == [1, 2, 3]
        assert [each.status for each in (first, second, third)] == [
            CrossingStatus.COMPLETED,
            CrossingStatus.REFERRED,
            CrossingStatus.COMPLETED,
        ]
        assert all("centre_away" in each.fallback_reasons for each in (first, second, third))
        (stay,) = [c for c in first.checks if c.check_id is CheckId.STAY]
        assert stay.outcome is Outcome.UNDETERMINED
        assert stay.detail.startswith("fallback own citizens come home (centre_away); ")
        async with asyncio.timeout(20):
            while await made.comes() and not isinstance(made.hall.state, m.Passing):
                await made.hall.go_back()  # the channel waits a while before it tries again
                made.hall.gate.supervision.order(OfficerOrder.RESET, "officer-1")


async def test_a_centre_that_answers_too_late_is_as_one_that_is_away(
    centre: Centre, tmp_path: Path
) -> None:
    async with lane(centre, tmp_path) as made:
        await know(centre, visa(ANNAS, valid_to="2099-12-31"))
        await made.wire.become(ANSWERS_LOST)
        assert await made.is_referred() == {CheckId.AUTHORISATION, CheckId.STAY}
        await made.passes(CITIZEN)
        await made.wire.become(FAIR)
        late, home = await made.records(2)
        assert (late.verdict, home.verdict) == (RecordVerdict.REFER, RecordVerdict.ADMIT)
        assert "centre_away" in late.fallback_reasons
        assert "centre_away" in home.fallback_reasons
