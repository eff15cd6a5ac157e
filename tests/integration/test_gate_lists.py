"""A whole lane with its lists: who is listed is referred like anybody else, an officer learns why.

What is old limits the lane by domain.md's degraded modes.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from egate.domain.policy.obligation import Obligation
from egate.domain.record import CrossingStatus
from egate.domain.session import model as m
from egate.emrtd.checks import CheckId, Outcome
from egate.gate import alarm_sound
from egate.lists.kinds import ListKind
from egate.lists.listed_document import ListedDocument
from egate.lists.source import RowStatus, SourceRow
from egate.ports.supervision import GateMode, GateState, OfficerOrder
from tests.gate_lane import QUICK, Hall, hall
from tests.gate_lists import Gate, Offers, Times, still_gate_of
from tests.gate_samples import DOCUMENT, face
from tests.list_samples import entry

LOST, OFFLOAD = ListKind.LOST_STOLEN_DOC, ListKind.OFFLOAD
OF_LISTS = {CheckId.DOCUMENT_STATUS: Obligation.MANDATORY, CheckId.WATCHLIST: Obligation.MANDATORY}
OTHERS = dict.fromkeys(
    (CheckId.AUTHORISATION, CheckId.STAY, CheckId.CLEARANCE), Obligation.EVALUATORY
)
POLICY = replace(QUICK, obligations={**QUICK.obligations, **OF_LISTS, **OTHERS})
ANNA = ListedDocument.of(DOCUMENT.document_code, DOCUMENT.issuing_state, DOCUMENT.document_number)
OFFICER = "SB-1107"
MINUTE, HOUR = 60.0, 3600.0


def listed(kind: ListKind) -> SourceRow:
    """Return a row that lists the passport which the lane's traveller presents."""
    return SourceRow(1, ANNA, entry(kind=kind, direction=None), RowStatus.LISTED)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm_sound, "_SOUND_SECONDS", 0.1)


@pytest.fixture
def offers(tmp_path: Path) -> Offers:
    made = Offers(tmp_path / "made", Times())
    made.publish_all()
    return made


@asynccontextmanager
async def lane(folder: Path, offers: Offers) -> AsyncIterator[tuple[Hall, Gate]]:
    """A lane whose clocks for lists are a test's, ready to serve."""
    (folder / "lane").mkdir(exist_ok=True)
    async with (
        still_gate_of(folder / "gate", offers, policy=POLICY) as gate,
        hall(folder / "lane", policy=POLICY, lists=gate.lists) as h,
    ):
        await h.until(lambda: gate.version(OFFLOAD) and not h.state.lane.conditions)
        yield h, gate


async def referred(h: Hall) -> str:
    """Let a traveller come who is referred, and return the crossing."""
    await h.walk_up()
    await h.present()
    await h.until_state(m.AwaitingOfficer)
    await asyncio.sleep(0.15)  # a sound would begin by now
    return h.gate.supervision.status().crossing_id


async def test_a_hit_looks_and_sounds_like_any_other_referral(
    tmp_path: Path, offers: Offers
) -> None:
    seen = []
    for kind in (None, LOST, OFFLOAD):
        folder = tmp_path / str(kind)
        folder.mkdir()
        if kind:
            offers.publish(kind, listed(kind))
        async with lane(folder, offers) as (h, _):
            if kind is None:
                h.comparison.evidence = face(0.1, FACE=Outcome.FAILED)
            await referred(h)
            status = h.gate.supervision.status()
            seen.append((status.message, h.barrier.sounds, h.barrier.positions, h.barrier.signals))
    assert seen[0] == seen[1] == seen[2]
    assert True not in seen[0][1]


async def test_an_officer_alone_learns_why_and_only_as_long_as_the_case_lasts(
    tmp_path: Path, offers: Offers, capfd: pytest.CaptureFixture[str]
) -> None:
    offers.publish(OFFLOAD, listed(OFFLOAD))
    async with lane(tmp_path, offers) as (h, gate):
        crossing = await referred(h)
        supervision = h.gate.supervision
        (hit,) = supervision.case_hits(crossing, OFFICER) or ()
        assert (hit.entry_id, hit.instruction) == ("E-1", "call the duty officer")
        assert supervision.case_hits(crossing.replace("7", "8"), OFFICER) is None
        status = supervision.status()
        assert status.findings == ("BACKGROUND.WATCHLIST",)
        (record,) = await h.records(1)
        told = {c.check_id: c.detail for c in record.checks}[CheckId.WATCHLIST]
        assert told == "OFFLOAD 2: E-1"
        assert [(used.name, used.version) for used in record.lists_used if used.version > 1] == [
            ("OFFLOAD", 2)
        ]
        assert "duty officer" not in repr(record) + repr(status)
        assert supervision.order(OfficerOrder.RESET, OFFICER)
        await h.until_state(m.Idle)
        assert supervision.case_hits(crossing, OFFICER) is None
        assert gate.lists.hits(m.SessionId(crossing)) == ()
    logged = "".join(capfd.readouterr())
    assert "alarm silent hit" in logged
    assert "case hits" in logged
    for secret in ("duty officer", "Emigration", "SB/2026", DOCUMENT.document_number):
        assert secret not in logged


async def test_lists_that_cannot_be_asked_are_no_hit_and_refer_everybody(
    tmp_path: Path, offers: Offers, capfd: pytest.CaptureFixture[str]
) -> None:
    offers.publish(OFFLOAD, listed(OFFLOAD))
    async with lane(tmp_path, offers) as (h, gate):
        (held,) = (each for each in gate.lists._held if each.kind is OFFLOAD)
        held.kept.close()  # as if the disk were gone
        await referred(h)
        assert h.gate.supervision.status().findings == ("BACKGROUND.WATCHLIST",)
        held._now = replace(held._now, kept=replace(held.kept, version=None))
    assert "alarm silent hit" not in "".join(capfd.readouterr())


async def test_a_lane_is_limited_by_the_age_of_its_lists_and_says_so(
    tmp_path: Path, offers: Offers
) -> None:
    async with lane(tmp_path, offers) as (h, gate):
        offers.away = True
        expected = (
            (16 * MINUTE, GateState.IDLE, GateMode.DEGRADED, ("lists_stale",)),
            (2 * HOUR, GateState.IDLE, GateMode.DEGRADED, ("lists_old",)),
            (24 * HOUR, GateState.OUT_OF_SERVICE, GateMode.DEGRADED, ("lists_unusable",)),
        )
        for seconds, state, mode, conditions in expected:
            gate.times.pass_by(seconds)
            await h.until(lambda seen=conditions: h.gate.supervision.status().conditions == seen)
            status = h.gate.supervision.status()
            assert (status.state, status.mode) == (state, mode)
        assert {each.age_seconds for each in status.lists} == {26 * HOUR + 16 * MINUTE}
        offers.away = False
        gate.turn.set()
        await h.until_state(m.Idle)
        assert not h.gate.supervision.status().conditions


async def test_by_stale_lists_a_foreigner_is_referred_and_the_record_says_why(
    tmp_path: Path, offers: Offers
) -> None:
    async with lane(tmp_path, offers) as (h, gate):
        offers.away = True
        gate.times.pass_by(20 * MINUTE)
        await h.until(lambda: h.gate.supervision.status().conditions)
        await referred(h)
        (record,) = await h.records(1)
        assert record.status is CrossingStatus.REFERRED
        assert record.findings == ("BACKGROUND.SERVICE",)
        assert record.fallback_reasons == ("lists_stale",)
